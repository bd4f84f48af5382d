internal import Kubernetes
internal import PolicyModel

/// Writes policies as `policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy`.
///
/// The normal stage becomes the first places of the tier Baseline: what is denied, what is allowed, and the denial of
/// all else to those that are closed.
struct ClusterNetworkPolicyWriter {
  /// The places of the normal stage in the tier Baseline.
  private enum Priority {
    static let denials = 100
    static let allowances = 200
    static let closings = 201
    static let last = 1000
  }

  private let surroundings: Surroundings
  private var notes = WritingNotes()
  private var names = ObjectNames()
  private var objects: [WrittenObject] = []
  /// Those that some policy names.
  private var entities: [PlainPeer] = []

  init(_ surroundings: Surroundings) { self.surroundings = surroundings }

  mutating func write(_ policies: [PlainPolicy]) -> WrittenPolicies {
    let said = policies.tidied.filter { $0.isSaidByLabels(&notes) }
    writeOrdered(said.filter { $0.stage == .admin }, "Admin", from: 0)
    let first = writeNormal(said.filter { $0.stage == .normal })
    writeOrdered(said.filter { $0.stage == .baseline }, "Baseline", from: first)
    return notes.written(objects)
  }

  // MARK: - The normal stage

  /// - Returns: the first free place after it.
  private mutating func writeNormal(_ policies: [PlainPolicy]) -> Int {
    let before = objects.count
    entities = PlainRule.sorted(
      policies.flatMap(\.rules).flatMap(\.peers.simple).filter {
        if case .entity = $0 { true } else { false }
      })
    for policy in policies {
      let denials = policy.with(rules: policy.rules.filter { $0.action == .deny })
      write(denials, denials.rules.flatMap { rules($0, of: policy) }, at: Priority.denials, "denied")
    }
    let lists = AllowLists(policies)
    for policy in policies.map({ $0.with(rules: $0.rules.filter { $0.action == .allow }) }) {
      write(policy, policy.rules.flatMap { rules($0, of: policy) }, at: Priority.allowances)
    }
    var closed: Set<Closed> = []
    for policy in policies where !policy.isolates.isEmpty {
      if closed.insert(Closed(subject: policy.subject, directions: policy.isolates)).inserted {
        writeClosing(policy, lists)
      }
    }
    if objects.count == before { return 0 }
    notes.assume("no NetworkPolicy selects the pods of these policies: it would be asked before Baseline")
    return Priority.closings + 1
  }

  private struct Closed: Hashable {
    let subject: PlainSelector
    let directions: Set<Direction>
  }

  private mutating func writeClosing(_ policy: PlainPolicy, _ lists: AllowLists) {
    let directions = policy.directions.filter(policy.isolates.contains)
    let rules = directions.map { direction in
      PlainRule(
        direction: direction, action: .deny, peers: .anyone, traffic: .any, location: policy.location)
    }
    for rule in rules where !entities.isEmpty && !lists.allowsEverything(to: policy.subject, rule.direction) {
      notes.lose(
        .entity, .widens, "what only one engine knows cannot be denied: \(entities.text)", of: rule,
        in: policy,
        peers: entities)
    }
    if directions.contains(.ingress), !lists.allowsEverything(to: policy.subject, .ingress) {
      notes.lose(
        .outsideIngress, .widens,
        "what comes from nodes and from outside the cluster cannot be denied: only pods are kept out",
        of: rules[0], in: policy, peers: Self.beyondPods)
    }
    let ends = ClusterNetworkPolicyRules(surroundings: surroundings, policy: policy)
    write(
      policy, rules.flatMap { ends.rules($0, ofEverything: true, &notes) }, at: Priority.closings, "closed")
  }

  private static let beyondPods: [PlainPeer] = [.allNodes, .outside, .apiServer]

  // MARK: - The ordered stages

  private mutating func writeOrdered(_ policies: [PlainPolicy], _ tier: String, from first: Int) {
    var written: [(policy: PlainPolicy, parts: [WrittenRules])] = []
    var widths: [Int: Int] = [:]
    for policy in policies {
      let parts = WrittenRules.parts(policy.rules.flatMap { rules($0, of: policy) }, limit: Self.limit)
      if parts.isEmpty { continue }
      written.append((policy, parts))
      widths[policy.rank] = max(widths[policy.rank] ?? 0, parts.count)
    }
    let places = Places(widths: widths, in: first...Priority.last)
    for (policy, parts) in written {
      guard let place = places.first[policy.rank] else {
        notes.leaveOut(
          policy, .priorities, "the tier \(tier) has no priority left for it: the policy is left out",
          fix: "put policies whose order does not matter into one place")
        continue
      }
      for (index, part) in parts.enumerated() { write(policy, part, tier, at: place + index) }
    }
  }

  // MARK: - Objects

  /// The most rules of an object in a direction.
  private static let limit = 25

  private mutating func rules(_ rule: PlainRule, of policy: PlainPolicy) -> [WrittenRule] {
    ClusterNetworkPolicyRules(surroundings: surroundings, policy: policy).rules(rule, &notes)
  }

  /// Writes rules whose order has no meaning.
  private mutating func write(
    _ policy: PlainPolicy, _ rules: [WrittenRule], at priority: Int,
    _ suffix: String = ""
  ) {
    for part in WrittenRules.parts(rules, limit: Self.limit) {
      write(policy, part, "Baseline", at: priority, suffix)
    }
  }

  private mutating func write(
    _ policy: PlainPolicy, _ rules: WrittenRules, _ tier: String, at priority: Int, _ suffix: String = ""
  ) {
    let name = names.name(policy.identity.adding(suffix), in: "")
    objects.append(
      WrittenObject(
        apiVersion: "policy.networking.k8s.io/v1alpha2", kind: "ClusterNetworkPolicy", name: name,
        spec: .object(
          [
            DataValue.Member("tier", .string(tier)), DataValue.Member("priority", .integer(priority)),
            DataValue.Member("subject", ClusterNetworkPolicyRules.pods(policy.subject)),
          ] + rules.members)))
  }
}

extension AllowLists {
  /// Whether one policy allows all pods of a subject everything from or to anyone.
  func allowsEverything(to subject: PlainSelector, _ direction: Direction) -> Bool {
    allowances.contains {
      $0.rule.direction == direction && $0.rule.peers.isAnyone && $0.rule.traffic.isAny
        && $0.subject.contains(subject)
    }
  }
}
