package import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// What is wrong with policies that are valid one by one, computed from what exists.
struct Findings {
  private let cluster: Cluster
  private let compiled: CompiledPolicies
  /// Namespaces with pods of the input.
  private let populated: Set<Int>

  init(_ cluster: Cluster, _ compiled: CompiledPolicies) {
    self.cluster = cluster
    self.compiled = compiled
    populated = Set(
      cluster.world.endpoints.lazy.filter { !$0.isFinished && !AssumedPods.contains($0.location) }.map(
        \.namespace))
  }

  func all() -> [Diagnostic] {
    let found =
      (idlePolicies() + deadPeers()).map(\.diagnostic) + assumedNamespaces()
      + hostNetworkSubjects().map(\.diagnostic)
    // An engine may ask one policy in two tiers.
    var kept: [Diagnostic] = []
    for problem in found.sortedByLocation() where kept.last != problem { kept.append(problem) }
    return kept
  }

  /// A selector that matches nothing.
  struct Unmatched {
    let policy: PolicyIdentity
    /// An error when it is evidently a typing error, a note when the pods may well exist outside the input.
    let diagnostic: Diagnostic
    /// Whether something is nearly what it wants.
    let isNearMiss: Bool
  }

  /// Policies whose selector matches no pod: what they were meant for is as open as before.
  func idlePolicies() -> [Unmatched] {
    compiled.policies.indices.filter(compiled.selectsNothing).compactMap { number in
      let policy = compiled.policies[number]
      // The reason was said when the policy was read.
      if policy.subject.asksForUnseenLabels { return nil }
      let message = "\(policy.identity) selects nothing: \(Self.absence(of: policy.subject.description))"
      guard let selector = policy.subject.endpoints else {
        return Unmatched(
          policy: policy.identity,
          diagnostic: Diagnostic(.selectsNothing, .warning, message, at: policy.subjectLocation),
          isNearMiss: false)
      }
      return unmatched(policy, .selectsNothing, message, selector, at: policy.subjectLocation)
    }
  }

  /// Selectors of rules that match no pod: what they were meant to allow is denied.
  func deadPeers() -> [Unmatched] {
    compiled.deadPeers.compactMap { dead in
      let (policy, rule) = compiled.policyAndRule(dead.rule)
      let effect =
        switch rule.action {
        case .allow: "allows nobody"
        case .deny: "denies nobody"
        case .pass: "passes nobody on"
        case .log: "logs nobody"
        }
      guard case .anyOf(let peers) = rule.peers, case .endpoints(let selector) = peers[dead.peer].kind else {
        return nil
      }
      // A selector that finds addresses as well, as Calico's do in network sets, stands there as several peers.
      let place = peers[dead.peer].location
      if selector.asksForUnseenLabels { return nil }
      if peers.count(where: { $0.location == place }) > 1 { return nil }
      return unmatched(
        policy, .peerMatchesNothing,
        "\(policy.identity) \(rule.path) \(effect) with this peer: \(Self.absence(of: selector.description))",
        selector,
        at: peers[dead.peer].location)
    }
  }

  /// `there are no pods with app=web in namespace shop`.
  private static func absence(of words: String) -> String {
    "there are no \(words.hasPrefix("all ") ? words.dropFirst(4) : words[...])"
  }

  private func unmatched(
    _ policy: Policy, _ code: Diagnostic.Code, _ message: String, _ selector: EndpointSelector,
    at location: SourceLocation
  ) -> Unmatched {
    func found(_ severity: Diagnostic.Severity, _ rest: String = "") -> Unmatched {
      Unmatched(
        policy: policy.identity, diagnostic: Diagnostic(code, severity, message + rest, at: location),
        isNearMiss: false)
    }
    if let product = OperatorProducts.product(of: selector) {
      return found(.note, " in the input; such labels are on \(product)")
    }
    if let nearMiss = NearMiss.find(selector, in: cluster.world) {
      return Unmatched(
        policy: policy.identity,
        diagnostic: Diagnostic(
          code, .error, message, at: location,
          fix: "did you mean `\(nearMiss.suggestion)`? \(nearMiss.candidate) has it"), isNearMiss: true)
    }
    if isOutsideInput(selector) {
      return found(.note, " in the input, and nothing else of those namespaces is in it")
    }
    if let kind = makerOutsideInput(selector) {
      return found(.note, " in the input; an operator may make them from \(kind) objects")
    }
    return found(.warning)
  }

  /// Whether none of the namespaces the selector looks into has any endpoint in the input.
  private func isOutsideInput(_ selector: EndpointSelector) -> Bool {
    !cluster.world.namespaces.indices.contains {
      populated.contains($0) && selector.namespaces.contains(cluster.world.namespaces[$0])
    }
  }

  /// A custom kind of the input that the selector's label values are named after: its operator makes such pods.
  private func makerOutsideInput(_ selector: EndpointSelector) -> GroupKind? {
    let values = selector.pods.requirements.flatMap { requirement -> [String] in
      if case .isIn(let values) = requirement.value.test { values } else { [] }
    }
    return cluster.summary.passedOver.map(\.kind).first {
      $0.group.contains(".") && values.contains($0.kind.lowercased())
    }
  }

  private func assumedNamespaces() -> [Diagnostic] {
    let names = cluster.world.assumedNamespaces
    if names.isEmpty { return [] }
    let label = Namespace.nameLabel
    return [
      Diagnostic(
        .assumedNamespace, .note,
        "\(names.count == 1 ? "namespace" : "namespaces") \(names.joined(separator: ", ")) assumed: no manifest defines \(names.count == 1 ? "it" : "them"), so the only label is \(label)",
        at: nil)
    ]
  }

  /// Units on their node's network that policies are about.
  func hostNetworkSubjects() -> [(unit: ConnectivityUnit, diagnostic: Diagnostic)] {
    let units = compiled.units().filter { unit in
      unit.hostNetwork && (unit.isIngressIsolated || unit.isEgressIsolated)
    }
    return units.map { unit in
      (
        unit,
        Diagnostic(
          .hostNetworkSubject, .warning,
          "policies select \(cluster.world.namespaces[unit.namespace].name)/\(unit.name), but it uses its node's network: most engines do not police it",
          at: unit.location)
      )
    }
  }
}

extension Diagnostic.Code {
  /// A policy that selects no pod.
  package static let selectsNothing = Self(rawValue: "selects-nothing")
  /// A peer that matches no pod.
  package static let peerMatchesNothing = Self(rawValue: "peer-matches-nothing")
  /// A namespace that is only mentioned.
  package static let assumedNamespace = Self(rawValue: "assumed-namespace")
  /// A policy on pods that share their node's network.
  package static let hostNetworkSubject = Self(rawValue: "host-network-subject")
}
