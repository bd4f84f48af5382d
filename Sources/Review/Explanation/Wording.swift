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
    if let domain = party.domain { return domain }
    switch party.entity {
    case .apiServer: return "entity/kube-apiserver"
    case .world: return "entity/world"
    case .special(let name): return "entity/\(name)"
    case nil: break
    }
    return party.address.map(\.description) ?? "an unknown address"
  }

  // MARK: - Assumptions

  /// `10.244.1.7`; `one such as 10.0.0.0` for one that is not known, with where it is taken to lie.
  private func text(_ address: IPAddress, of party: Party) -> String {
    if !party.isAddressAssumed { return "\(address)" }
    if party.isOutside || party.entity != nil { return "one such as \(address)" }
    let holder = party.isNode ? .node : party.endpoint.map { world.endpoints[$0].addressHolder } ?? .pod
    return world.assumedAddresses.isKnown(holder)
      ? "one of \(world.assumedAddresses[holder]) such as \(address)"
      : "one such as \(address) (no CIDR of \(holder == .node ? "nodes" : "pods") is known)"
  }

  /// What a situation takes for granted, as the continuation of "if" or "assuming".
  package func text(_ assumption: Assumption, in situation: Situation) -> String {
    switch assumption {
    case .sourceIs(let endpoint): "the source is \(name(endpoint))"
    case .destinationIs(let endpoint): "the destination is \(name(endpoint))"
    case .sourceAddress(let address):
      "the source's address is \(text(address, of: situation.source))"
    case .destinationAddress(let address):
      "the destination's address is \(text(address, of: situation.destination))"
    case .sourceNode(let node): "the source runs on node \(world.nodes[node].name)"
    case .destinationNode(let node): "the destination runs on node \(world.nodes[node].name)"
    case .sourceNodeIsUnlisted: "the source runs on a node that is not in the input"
    case .destinationNodeIsUnlisted: "the destination runs on a node that is not in the input"
    case .apiServerIsOutside(true): "the API server is outside the cluster"
    case .apiServerIsOutside(false): "the API server is part of the cluster"
    case .apiServerNode(let node): "the API server runs on node \(world.nodes[node].name)"
    case .apiServerNodeIsUnlisted(let labels):
      labels.entries.isEmpty
        ? "the API server runs on a node without the labels that policies ask for"
        : "the API server runs on a node with \(labels.entries.map { "\($0.key)=\($0.value)" }.joined(separator: ","))"
    case .sourcePort(let port): "the source's port is one such as \(port)"
    case .message(let message): "it is a message of type \(message.type) and code \(message.code)"
    case .hostNetwork(.asPods): "host-network pods are treated like other pods"
    case .hostNetwork(.asNodes): "host-network pods count as their node"
    case .sameNode(let isSame): isSame ? "both are on one node" : "they are on different nodes"
    case .ownNode(.exempt): "traffic to the pod's own node is not policed"
    case .ownNode(.policed): "traffic to the pod's own node is policed"
    case .portNames(.first): "a port name stands for the first port that has it"
    case .portNames(.all): "a port name stands for every port that has it, but those of init containers"
    case .portNames(.firstWithInit):
      "a port name stands for the first port that has it, those of init containers last"
    case .portNames(.allWithInit): "a port name stands for every port that has it"
    case .otherProtocols(.open): "isolated pods may use protocols other than TCP, UDP and SCTP"
    case .otherProtocols(.closed): "isolated pods may not use protocols other than TCP, UDP and SCTP"
    case .hairpin(nil): "the Service picks another pod than the source"
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
    guard verdict.outcome == .undefined, verdict.traces.count == 2 else {
      return reason(first, denying: verdict.denyingDirections)
    }
    let (allowing, denying) = (verdict.traces[0], verdict.traces[1])
    if Self.winner(of: allowing) != Self.winner(of: denying),
      differencesBesidesTies(allowing, denying).isEmpty,
      let tie = Self.tie(of: denying) ?? Self.tie(of: allowing)
    {
      return tie
    }
    if let pod = Self.unlistedPod(of: denying), differencesBesidesTies(allowing, denying).isEmpty {
      let ways = zip([allowing.egress, allowing.ingress], [denying.egress, denying.ingress])
        .filter { $0.isAllowed != $1.isAllowed }
        .map { "\($0.direction.name) \(reason($0)), or \(reason($1))" }
      return "\(pod) is the address of a pod that is not in the input, and it is a matter of its labels: "
        + ways.joined(separator: "; ")
    }
    if denying.situation.assumptions.contains(.otherProtocols(.closed)),
      denying.situation.assumptions.count == 1
    {
      return
        "engines differ: an end is isolated, and policies say nothing about \(Self.text(denying.situation.traffic))"
    }
    return
      "allowed if \(differences(of: allowing, from: denying)); denied if \(differences(of: denying, from: allowing)): \(reason(denying))"
  }

  private func differencesBesidesTies(_ trace: Trace, _ other: Trace) -> [Assumption] {
    trace.situation.assumptions.filter { !other.situation.assumptions.contains($0) }
  }

  /// The assumptions of one situation that the other does not share.
  package func differences(of trace: Trace, from other: Trace) -> String {
    let own = differencesBesidesTies(trace, other)
    if own.isEmpty, let tie = Self.winner(of: trace) { return tie }
    if own.isEmpty, let pod = Self.unlistedPod(of: trace) {
      return "the pod with address \(pod), which is not in the input, has such labels"
    }
    return (own.isEmpty ? trace.situation.assumptions : own).map { text($0, in: trace.situation) }.joined(
      separator: " and ")
  }

  /// The address of an end that is a pod and not in the input.
  private static func unlistedPod(of trace: Trace) -> IPAddress? {
    [trace.situation.source, trace.situation.destination].first(where: \.isUnlistedPod)?.address
  }

  /// - Parameter denying: the directions to name when it is denied; none for all that deny it in this trace.
  private func reason(_ trace: Trace, denying: [Direction] = []) -> String {
    let service = trace.situation.assumptions.filter { if case .servicePort = $0 { true } else { false } }
    let translation = service.map { text($0, in: trace.situation) + "; " }.joined()
    if trace.situation.lacksCommonFamily { return translation + reason(trace.egress) }
    if trace.isAllowed {
      return translation + "egress \(reason(trace.egress)); ingress \(reason(trace.ingress))"
    }
    let denied = [trace.egress, trace.ingress].filter {
      !$0.isAllowed && (denying.isEmpty || denying.contains($0.direction))
    }
    return translation + denied.map { "\($0.direction.name) \(reason($0))" }.joined(separator: "; ")
  }

  /// Policies of one rank that disagree, when that leaves it open; nil otherwise.
  private static func tie(of trace: Trace) -> String? {
    for direction in [trace.egress, trace.ingress] {
      guard let tier = direction.tiers.first(where: { !$0.tied.isEmpty }) else { continue }
      let rules = tier.tied.map { reference -> String in
        let (policy, rule) = tier[reference]
        return "\(policy.identity) \(rule.path) (\(rule.location.fileAndLine)) \(verb(rule.action))"
      }
      return
        "\(direction.direction.name): policies of the same priority disagree, and nobody says which goes first: \(rules.joined(separator: ", "))"
    }
    return nil
  }

  /// Which of the policies of one rank goes first in a trace; nil when none do.
  private static func winner(of trace: Trace) -> String? {
    for direction in [trace.egress, trace.ingress] {
      guard let tier = direction.tiers.first(where: { !$0.tied.isEmpty }) else { continue }
      switch tier.outcome {
      case .allowed(let rule), .denied(let rule), .passed(let rule):
        let (policy, _) = tier[rule]
        return "\(policy.identity) goes before others of the same priority"
      case .isolated, .isolatedHairpin, .otherProtocol, .exempt, .undecided: continue
      }
    }
    return nil
  }

  private static func verb(_ action: RuleAction) -> String {
    switch action {
    case .allow: "allows"
    case .deny: "denies"
    case .pass: "passes"
    case .log: "logs"
    }
  }

  /// The basis of one direction: `allowed by NetworkPolicy shop/db ingress[0] (db.yaml:12)`.
  package func reason(_ trace: DirectionTrace) -> String {
    switch trace.basis {
    case .samePod: return "not policed: a pod may always reach itself"
    case .noCommonFamily: return "no connection: the ends have no address family in common"
    case .closedEntity: return "denied: Cilium closes endpoints whose labels it does not know yet"
    case .hairpin: return Self.notPoliced(.hairpin)
    case .notPoliced: return "\(Self.notPoliced)"
    case .ownNode: return Self.notPoliced(.ownNode)
    case .noPolicy: return "\(Self.notIsolated)"
    case .tiers:
      guard let last = trace.tiers.last else { return "\(Self.notIsolated)" }
      return reason(last, trace)
    }
  }

  private func reason(_ tier: TierTrace, _ trace: DirectionTrace) -> String {
    let isolating = tier.policies.filter(\.isolates).map(\.policy)
    switch tier.outcome {
    case .allowed(let reference):
      let (policy, rule) = tier[reference]
      return Self.allowed(by: policy, rule)
    case .denied(let reference):
      let (policy, rule) = tier[reference]
      return Self.denied(by: policy, rule)
    case .isolated: return Self.denied(by: isolating)
    case .isolatedHairpin: return "denied: the pod reaches itself through a Service, and it is isolated"
    case .exempt(let basis): return "\(tier.name) tier: \(Self.notPoliced(basis))"
    case .otherProtocol(.open): return "open: policies say nothing about this protocol"
    case .otherProtocol(.closed):
      return "closed: isolated by \(Self.list(isolating)), and policies say nothing about this protocol"
    case .passed, .undecided: return Self.undecided(by: trace.policies.map(\.policy))
    }
  }

  static func notPoliced(_ basis: DirectionTrace.Basis) -> String {
    switch basis {
    case .ownNode: "not policed: node and pod on that node"
    case .hairpin: "not policed: the pod reaches itself through a Service"
    case .samePod, .noCommonFamily, .notPoliced, .noPolicy, .closedEntity, .tiers: "\(notPoliced)"
    }
  }

  /// The end is no pod that policies apply to: a node, an outside address, a finished pod.
  package static let notPoliced: StaticString = "not policed"
  /// Policies could apply, but none selects the pod for the direction.
  package static let notIsolated: StaticString = "open: no policy isolates it"
  /// It is open in some cases that an end stands for, and the input does not say which one holds.
  package static let unknown: StaticString = "depends on what the input does not say"
  /// What two ends may exchange is not what their directions say one by one.
  package static let placement: StaticString =
    "More than the two directions decides here: where the ends run, which addresses they have, or how host-network pods are treated. Each direction is shown as it is where the two run on different nodes."

  package static func allowed(by policy: Policy, _ rule: Rule) -> String {
    let narrowed =
      rule.applicationRules.isEmpty ? "" : ", narrowed to \(rule.applicationRules.joined(separator: ", "))"
    return "allowed by \(reference(policy, rule))\(narrowed)"
  }

  package static func denied(by policy: Policy, _ rule: Rule) -> String {
    "denied by \(reference(policy, rule))"
  }

  /// A rule denies some of the cases that an end stands for, and policies that isolate the subject the others.
  package static func denied(by policy: Policy, _ rule: Rule, orBy isolating: [Policy]) -> String {
    "denied in every case: in some by \(reference(policy, rule)), in others no rule matches in \(list(isolating))"
  }

  /// A rule that decides some of the cases that an end stands for.
  package static func undefined(by policy: Policy, _ rule: Rule) -> String {
    let what =
      rule.action == .deny ? "denied" : "allowed"
    return
      "depends on what the input leaves open: only in some cases \(what) by \(reference(policy, rule))"
  }

  /// `NetworkPolicy shop/db ingress[0] (db.yaml:12)`.
  static func reference(_ policy: Policy, _ rule: Rule) -> String {
    "\(policy.identity) \(rule.path) (\(rule.location.fileAndLine))"
  }

  /// Policies isolate the end and no rule of theirs matches; names the first three.
  package static func denied(by policies: [Policy]) -> String {
    "denied: no rule matches in \(list(policies))"
  }

  package static func perhapsClosed(by policies: [Policy]) -> String {
    "depends on what the input leaves open: closed in some cases by \(list(policies))"
  }

  package static func undecided(by policies: [Policy]) -> String {
    "open: no rule decides it in \(list(policies))"
  }

  private static func list(_ policies: [Policy]) -> String {
    list(policies.map { "\($0.identity) (\($0.location.fileAndLine))" })
  }

  /// The first three, and how many more there are.
  static func list(_ texts: [String]) -> String {
    let shown = texts.prefix(3)
    let more = texts.count - shown.count
    return shown.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }
}

extension Verdict {
  /// The directions that deny it in every situation; none when now one denies it, now the other.
  fileprivate var denyingDirections: [Direction] {
    (egress == .denied ? [.egress] : []) + (ingress == .denied ? [.ingress] : [])
  }
}
