import Kubernetes
import PolicyModel

@testable import Dialects

/// What the reader makes of objects of `policy.networking.k8s.io`, in a form that a test can compare.
struct ClusterNetworkPolicyReading {
  let policies: [ClusterNetworkPolicy]
  let diagnostics: [Diagnostic]

  init(_ text: String) {
    var options = ManifestReader.Options()
    options.keptKinds = Set(ClusterNetworkPolicy.Kind.allCases.map(\.groupKind))
    let manifests = ManifestReader(options: options).readSequentially([ManifestText(path: "p.yaml", text)])
    var problems = manifests.diagnostics
    policies = manifests.foreign.compactMap { ClusterNetworkPolicy($0, &problems) }
    diagnostics = problems
  }

  /// A policy of a kind with a `spec` that starts in line 4.
  static func spec(_ spec: String, _ kind: ClusterNetworkPolicy.Kind = .clusterNetworkPolicy) -> Self {
    let name = kind == .baselineAdminNetworkPolicy ? "default" : "p"
    return Self(
      "apiVersion: \(kind.groupKind.group)/\(kind.version.rawValue)\nkind: \(kind.rawValue)\nmetadata: {name: \(name)}\n\(spec)\n"
    )
  }

  /// A policy with all that `spec` must have, and this text, which starts in line 5 at column 2.
  static func rules(_ rules: String, _ kind: ClusterNetworkPolicy.Kind = .clusterNetworkPolicy) -> Self {
    let start =
      switch kind {
      case .clusterNetworkPolicy: "tier: Admin, priority: 1, "
      case .adminNetworkPolicy: "priority: 1, "
      case .baselineAdminNetworkPolicy: ""
      }
    return spec("spec: {\(start)subject: {namespaces: {}},\n \(rules)}", kind)
  }

  /// An egress rule with one peer, which starts in line 5 at column 33 after `Accept`.
  static func peer(
    _ peer: String, action: String = "Accept", _ kind: ClusterNetworkPolicy.Kind = .clusterNetworkPolicy
  ) -> Self {
    rules("egress: [{action: \(action), to: [\(peer)]}]", kind)
  }

  /// An ingress rule from everywhere with one port entry, in line 6.
  static func port(
    _ entry: String, action: String? = nil, _ kind: ClusterNetworkPolicy.Kind = .clusterNetworkPolicy
  ) -> Self {
    let action = action ?? kind.name(of: .accept)
    return rules(
      "ingress: [{action: \(action), from: [{namespaces: {}}],\n \(kind.protocolsField): [\(entry)]}]", kind)
  }

  var isAccepted: Bool { policies.count == 1 && errors.isEmpty }
  var errors: [String] { texts(.error) }
  var warnings: [String] { texts(.warning) }
  var fixes: [String?] { diagnostics.map(\.fix) }

  private func texts(_ severity: Diagnostic.Severity) -> [String] {
    diagnostics.filter { $0.severity == severity }.map { problem in
      let place = problem.location.map { "\($0.line):\($0.column) " } ?? ""
      return "\(place)\(problem.message)"
    }
  }

  /// Each rule as `egress[0] web Accept: peers | protocols`.
  var ruleTexts: [String] {
    guard let policy = policies.first else { return [] }
    return [(Direction.ingress, policy.ingress), (.egress, policy.egress)].flatMap { direction, rules in
      rules.enumerated().map { index, rule in
        let name = rule.name.map { " \($0)" } ?? ""
        let peers = rule.peers.map { text($0.kind) }.joined(separator: " or ")
        return "\(direction.name)[\(index)]\(name) \(rule.action): \(peers) | \(text(rule.protocols))"
      }
    }
  }

  var subjectText: String? {
    switch policies.first?.subject.kind {
    case .namespaces(let selector): "namespaces \(text(selector))"
    case .pods(let pods): text(pods)
    case nil: nil
    }
  }

  private func text(_ peer: ClusterNetworkPolicy.Peer.Kind) -> String {
    switch peer {
    case .namespaces(let selector): "namespaces \(text(selector))"
    case .pods(let pods): text(pods)
    case .networks(let networks): "networks \(networks.map(\.value.description).joined(separator: " "))"
    case .nodes(let selector): "nodes \(text(selector))"
    case .domainNames(let names): "names \(names.map(\.text).joined(separator: " "))"
    }
  }

  private func text(_ pods: ClusterNetworkPolicy.NamespacedPod) -> String {
    let namespaces =
      switch pods.namespaceSelector {
      case .everyNamespace: "every namespace"
      case .matching(let selector): text(selector)
      }
    return "pods \(text(pods.podSelector)) in \(namespaces)"
  }

  private func text(_ selector: UnvalidatedSelector) -> String {
    switch selector {
    case .labels(let selector): "[\(selector.requirements.map(\.value.description).joined(separator: ","))]"
    case .unreadable: "unreadable"
    }
  }

  private func text(_ protocols: ClusterNetworkPolicy.Protocols) -> String {
    switch protocols {
    case .any: "any"
    case .anyOf(let matches):
      matches.map { match in
        switch match.kind {
        case .ports(let transport, let range): "\(transport.name) \(PortSet(range))"
        case .namedPort(let name): "named \(name)"
        case .unmatchable(.unknownProtocol(let name)): "unknown \(name)"
        case .unmatchable(.emptyRange(let start, let end)): "empty \(start)-\(end)"
        }
      }.joined(separator: ", ")
    }
  }
}
