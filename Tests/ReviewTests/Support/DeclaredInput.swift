import Dialects
import Kubernetes
import PolicyEngine
import PolicyModel

@testable import Review

/// An input that was read with what its objects say about who talks to whom.
struct DeclaredInput {
  let input: ClusterInput
  let cluster: Cluster

  /// - Parameter settings: the text of `merlon.yaml`.
  init(_ documents: [String], profile: EngineProfile = .kubernetes, settings: String = "") {
    let manifests = ManifestReader(options: Self.options).readSequentially([
      ManifestText(path: "world.yaml", documents.joined(separator: "\n---\n"))
    ])
    input = ClusterInput(
      manifests, defaultNamespace: "default",
      settings: Settings(SettingsText(ManifestText(path: "merlon.yaml", settings)))
    ).assumingDNS()
    cluster = input.cluster(profile)
  }

  static let options: ManifestReader.Options = {
    var options = PolicySet.readerOptions(defaultNamespace: "default")
    options.readsDeclarations = true
    return options
  }()

  /// `kind outcome: summary`, in the order of the text; needs of DNS only when asked for.
  func needs(_ kinds: Set<Need.Kind> = Set(Need.Kind.allCases).subtracting([.dns])) -> [String] {
    let compiled = CompiledPolicies(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
    let evaluator = NeedEvaluator(cluster, compiled, compiled.units())
    return NeedCollector.needs(input, cluster, compiled).filter { kinds.contains($0.kind) }.map { need in
      let outcome =
        switch evaluator.outcome(of: need) {
        case .met: "met"
        case .cut(let cut):
          "cut by \(cut.direction.name) of \(cut.policies.map(\.identity.name).joined(separator: "+"))"
        case .undefined: "undefined"
        }
      return "\(need.kind.rawValue) \(outcome): \(need.summary)"
    }
  }
}

/// A Deployment whose one container has these fields, YAML in flow style without braces.
func container(_ name: String, _ labels: String, _ fields: String, _ spec: String = "") -> String {
  deployment(name, labels, "\(spec.isEmpty ? "" : spec + ", ")containers: [{name: c, \(fields)}]")
}

/// An object of any kind; `rest` is what follows its metadata.
func object(_ apiVersion: String, _ kind: String, _ name: String, _ rest: String) -> String {
  let parts = name.split(separator: "/")
  let place = parts.count == 2 ? "namespace: \(parts[0]), name: \(parts[1])" : "name: \(name)"
  return "apiVersion: \(apiVersion)\nkind: \(kind)\nmetadata: {\(place)}\n\(rest)"
}
