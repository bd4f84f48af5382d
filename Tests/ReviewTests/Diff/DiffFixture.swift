import Dialects
import Kubernetes
import PolicyModel

@testable import Review

/// Two versions of a cluster from literal YAML. The paths of the inputs are `old.yaml` and `new.yaml`.
struct DiffFixture {
  let report: DiffReport

  init(_ before: [String], _ after: [String], profile: EngineProfile? = .kubernetes) {
    report = DiffReport(
      ClusterPair(Self.input("old.yaml", before), Self.input("new.yaml", after), profile: profile))
  }

  private static func input(_ path: String, _ documents: [String]) -> ClusterInput {
    let options = PolicySet.readerOptions(defaultNamespace: "default")
    let manifests = ManifestReader(options: options).readSequentially([
      ManifestText(path: path, documents.joined(separator: "\n---\n"))
    ])
    return ClusterInput(manifests, defaultNamespace: "default")
  }

  /// `+ shop/web -> shop/db TCP 80`, in the order of the report.
  var lines: [String] {
    report.rows.flatMap { row in
      row.traffic.parts.map { "\($0.opens ? "+" : "-") \(row.source) -> \(row.destination) \($0.text)" }
    }
  }

  /// Why each row changed.
  var effects: Set<DiffReport.Effect> { Set(report.rows.map(\.effect)) }

  /// The policies that are held responsible, in words.
  var responsible: [String] { report.groups.flatMap { $0.policies.map(\.text) } }
}
