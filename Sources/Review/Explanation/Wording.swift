internal import Kubernetes
package import PolicyEngine
package import PolicyModel

/// The words for what the engine found. One place, so that all commands say the same.
package struct Wording: Sendable {
  let world: World

  /// - Parameter world: where the numbers of traces are looked up; the one that the evaluator has.
  package init(_ world: World) {
    self.world = world
  }

  // MARK: - Names

  /// `shop/web`.
  package func name(_ endpoint: Int) -> String { world.qualifiedName(world.endpoints[endpoint]) }

  /// `shop/web (Deployment)`, `node/n1`, `203.0.113.5`.
  package func name(_ party: Party) -> String {
    if let endpoint = party.endpoint { return "\(name(endpoint)) (\(world.endpoints[endpoint].kind.name))" }
    if party.isNode, let node = party.node { return "node/\(world.nodes[node].name)" }
    return party.address.map(\.description) ?? "an unknown address"
  }

  // MARK: - Assumptions

  /// What a situation takes for granted, as the continuation of "if" or "assuming".
  package func text(_ assumption: Assumption, in situation: Situation) -> String {
    switch assumption {
    case .sourceIs(let endpoint): "the source is \(name(endpoint))"
    case .destinationIs(let endpoint): "the destination is \(name(endpoint))"
    case .sourceAddress(let address):
      "the source's address is \(situation.source.isAddressAssumed ? "one such as " : "")\(address)"
    case .destinationAddress(let address):
      "the destination's address is \(situation.destination.isAddressAssumed ? "one such as " : "")\(address)"
    case .hostNetwork(.asPods): "host-network pods are treated like other pods"
    case .hostNetwork(.asNodes): "host-network pods count as their node"
    case .sameNode(let isSame): isSame ? "both are on one node" : "they are on different nodes"
    case .ownNode(.exempt): "traffic to the pod's own node is not policed"
    case .ownNode(.policed): "traffic to the pod's own node is policed"
    case .portNames(.first): "a port name stands for the first port that has it"
    case .portNames(.all): "a port name stands for every port that has it"
    case .otherProtocols(.open): "isolated pods may use protocols other than TCP, UDP and SCTP"
    case .otherProtocols(.closed): "isolated pods may not use protocols other than TCP, UDP and SCTP"
    case .hairpin(.none): "the Service picks another pod than the source"
    case .hairpin(.bypassesPolicy): "the Service picks the source itself, and that is not policed"
    case .hairpin(.isPoliced): "the Service picks the source itself, and that is policed"
    case .blocksSeeServiceAddress(true): "blocks are compared with the Service's address"
    case .blocksSeeServiceAddress(false): "blocks are compared with the pod's address"
    case .servicePort(let service, let from, let to):
      "port \(from) of service/\(world.services[service].meta.qualifiedName) is port \(to) of the pod"
    }
  }

  // MARK: - Short reasons

  /// Why a flow got its outcome, in one line.
  package func reason(_ verdict: Verdict) -> String {
    guard let first = verdict.traces.first else { return "there is nothing behind one of the ends" }
    guard verdict.outcome == .undefined, verdict.traces.count == 2 else { return reason(first) }
    let (allowing, denying) = (verdict.traces[0], verdict.traces[1])
    if denying.situation.assumptions.contains(.otherProtocols(.closed)),
      denying.situation.assumptions.count == 1
    {
      return
        "engines differ: an end is isolated, and policies say nothing about \(Self.text(denying.situation.traffic))"
    }
    return
      "allowed if \(differences(of: allowing, from: denying)); denied if \(differences(of: denying, from: allowing)): \(reason(denying))"
  }

  /// The assumptions of one situation that the other does not share.
  package func differences(of trace: Trace, from other: Trace) -> String {
    let own = trace.situation.assumptions.filter { !other.situation.assumptions.contains($0) }
    return (own.isEmpty ? trace.situation.assumptions : own).map { text($0, in: trace.situation) }.joined(
      separator: " and ")
  }

  private func reason(_ trace: Trace) -> String {
    let service = trace.situation.assumptions.filter { if case .servicePort = $0 { true } else { false } }
    let translation = service.map { text($0, in: trace.situation) + "; " }.joined()
    if trace.isAllowed {
      return translation + "egress \(reason(trace.egress)); ingress \(reason(trace.ingress))"
    }
    let denied = [trace.egress, trace.ingress].filter { !$0.isAllowed }
    return translation + denied.map { "\($0.direction.name) \(reason($0))" }.joined(separator: "; ")
  }

  /// The basis of one direction: `allowed by NetworkPolicy shop/db ingress[0] (db.yaml:12)`.
  package func reason(_ trace: DirectionTrace) -> String {
    switch trace.basis {
    case .samePod: return "not policed: a pod may always reach itself"
    case .hairpin(.bypassesPolicy): return "not policed: the pod reaches itself through a Service"
    case .hairpin: return "denied: the pod reaches itself through a Service, and it is isolated"
    case .notPoliced: return "\(Self.notPoliced)"
    case .ownNode: return "not policed: node and pod on that node"
    case .notIsolated: return "\(Self.notIsolated)"
    case .otherProtocol(.open): return "open: policies say nothing about this protocol"
    case .otherProtocol(.closed):
      return
        "closed: isolated by \(Self.list(trace.policies.map(\.policy))), and policies say nothing about this protocol"
    case .rules:
      for policy in trace.policies {
        if let rule = policy.rules.first(where: \.isMatch) {
          return Self.allowed(by: policy.policy, rule.rule)
        }
      }
      return Self.denied(by: trace.policies.map(\.policy))
    }
  }

  /// The end is no pod that policies apply to: a node, an outside address, a finished pod.
  package static let notPoliced: StaticString = "not policed"
  /// Policies could apply, but none selects the pod for the direction.
  package static let notIsolated: StaticString = "open: no policy isolates it"

  package static func allowed(by policy: Policy, _ rule: Rule) -> String {
    "allowed by \(policy.identity) \(rule.path) (\(rule.location.fileAndLine))"
  }

  package static func undefined(by policy: Policy, _ rule: Rule) -> String {
    "depends on an address or port that the input leaves open: only for some of them allowed by \(policy.identity) \(rule.path) (\(rule.location.fileAndLine))"
  }

  /// Policies isolate the end and no rule of theirs matches; names the first three.
  package static func denied(by policies: [Policy]) -> String {
    "denied: no rule matches in \(list(policies))"
  }

  private static func list(_ policies: [Policy]) -> String {
    let shown = policies.prefix(3).map { "\($0.identity) (\($0.location.fileAndLine))" }
    let more = policies.count - shown.count
    return shown.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }
}
