import Dialects
import Kubernetes
import PolicyEngine
import PolicyModel

@testable import Review

/// A suggestion for literal manifests and a literal log.
struct SuggestionFixture {
  let suggestion: PolicySuggestion
  private let documents: [String]
  private let profile: EngineProfile
  private let settings: String

  /// - Parameters:
  ///   - lines: of a log.
  ///   - settings: the text of `merlon.yaml`.
  init(
    _ documents: [String], _ lines: [String], profile: EngineProfile = .kubernetes, settings: String = "",
    _ configure: (inout PolicySuggestion.Options) -> Void = { _ in }
  ) {
    var options = PolicySuggestion.Options()
    configure(&options)
    let input = DeclaredInput(documents, profile: profile, settings: settings)
    suggestion = PolicySuggestion(Self.log(lines), input.input, input.cluster, options)
    self.documents = documents
    self.profile = profile
    self.settings = settings
  }

  static func log(_ lines: [String]) -> FlowLog {
    FlowLog([RecordText(ManifestText(path: "flows.jsonl", lines.joined(separator: "\n")))])
  }

  /// The manifests with what was printed, read from text.
  var applied: ClusterFixture {
    let documents = documents + (policies.isEmpty ? [] : [suggestion.yaml])
    return ClusterFixture(documents, profile: profile, settings: settings)
  }

  /// Every policy, one document each.
  var policies: [String] { suggestion.parts.flatMap(\.policies) }

  /// The policy of a name, without its comments.
  func policy(_ name: String) -> String? {
    policies.first { $0.contains("\n  name: \(name)\n") }.map { text in
      text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("#") }.joined(separator: "\n")
    }
  }

  func findings(_ code: Diagnostic.Code) -> [String] {
    suggestion.findings.filter { $0.code == code }.map { "\($0.severity.rawValue): \($0.message)" }
  }

  /// The verdict on a flow with the policies as they were printed.
  func verdict(_ line: String) throws -> Outcome {
    let applied = applied
    return applied.evaluator.verdict(try FlowParser(applied.cluster.world).parse(line)).outcome
  }
}

/// A line of Hubble. Ends are `shop/web`, workloads by their pods' names, or addresses.
func hubble(
  _ source: String, _ destination: String, _ port: Int, _ transport: String = "TCP",
  verdict: String = "FORWARDED", direction: String = "INGRESS", time: String = "", rest: String = ""
) -> String {
  func end(_ text: String) -> String {
    let parts = text.split(separator: "/")
    return parts.count == 2
      ? "{\"namespace\":\"\(parts[0])\",\"pod_name\":\"\(parts[1])\"}" : "{\"labels\":[\"reserved:world\"]}"
  }
  func address(_ text: String, _ otherwise: String) -> String { text.contains("/") ? otherwise : text }
  return """
    {"flow":{\(time.isEmpty ? "" : "\"time\":\"\(time)\",")"verdict":"\(verdict)","drop_reason_desc":"POLICY_DENIED","IP":{"source":"\(address(source, "10.0.1.17"))","destination":"\(address(destination, "10.0.2.44"))"},"l4":{"\(transport)":{"source_port":43210,"destination_port":\(port)}},"source":\(end(source)),"destination":\(end(destination)),"Type":"L3_L4","traffic_direction":"\(direction)","is_reply":false\(rest)}}
    """
}
