internal import Kubernetes
internal import PolicyModel

/// Writes policies as `projectcalico.org/v3` NetworkPolicy, GlobalNetworkPolicy and Tier.
struct CalicoWriter {
  /// A tier with policies of its own.
  private enum OwnTier: String, CaseIterable {
    case admin = "merlon-admin"
    /// What is denied to pods that no policy closes: in `default` a policy would close them.
    case deny = "merlon-deny"
    case baseline = "merlon-baseline"

    /// `default` has 1,000,000.
    var order: Int {
      switch self {
      case .admin: 500
      case .deny: 600
      case .baseline: 2_000_000
      }
    }
  }

  /// Before all that allows in the tier `default`.
  private static let orderOfDenials = 100
  /// Before all others of a tier.
  private static let firstOrder = Int(Int32.min)
  /// The most rules of an object in a direction.
  private static let limit = 1024

  private let surroundings: Surroundings
  private var notes = WritingNotes()
  private var names = ObjectNames()
  private var objects: [WrittenObject] = []
  private var tiers: Set<OwnTier> = []

  init(_ surroundings: Surroundings) { self.surroundings = surroundings }

  mutating func write(_ policies: [PlainPolicy]) -> WrittenPolicies {
    let sayable = policies.tidied.compactMap { said($0) }
    writeOrdered(sayable.filter { $0.stage == .admin }, .admin)
    let normal = sayable.filter { $0.stage == .normal }
    let baseline = sayable.filter { $0.stage == .baseline }
    writeNormal(normal)
    if !baseline.isEmpty { writeOpenAllowances(normal) }
    writeOrdered(baseline, .baseline)
    for tier in OwnTier.allCases where tiers.contains(tier) {
      objects.append(
        WrittenObject(
          apiVersion: "projectcalico.org/v3", kind: "Tier", name: tier.rawValue,
          spec: .members(("order", .integer(tier.order)), ("defaultAction", "Pass"))))
    }
    return notes.written(objects)
  }

  private mutating func said(_ policy: PlainPolicy) -> PlainPolicy? {
    let keys = policy.subject.keysCalicoTakesOtherwise
    guard keys.isEmpty else {
      notes.leaveOut(
        policy, .labelNotSeen,
        "\(keys.joined(separator: ", ")) means something else in Calico: a policy of \(policy.subject) is left out"
      )
      return nil
    }
    let ends = CalicoRules(surroundings: surroundings, policy: policy)
    return policy.with(rules: policy.rules.flatMap { ends.sayable($0, &notes) })
  }

  // MARK: - Stages

  private mutating func writeNormal(_ policies: [PlainPolicy]) {
    let lists = AllowLists(policies)
    for policy in lists.policies { write(policy, policy.rules, tier: nil) }
    for policy in policies {
      let denials = policy.rules.filter { $0.action == .deny }
      let closed = denials.filter { lists.closure(of: policy.subject, $0.direction) == .whole }
      let open = denials.filter { lists.closure(of: policy.subject, $0.direction) != .whole }
      if !closed.isEmpty {
        write(policy, closed, tier: nil, order: Self.orderOfDenials, closing: [], "denied")
      }
      if !open.isEmpty { write(policy, open, tier: .deny, closing: [], "denied") }
    }
  }

  /// What is allowed to pods that are open, before policies of the baseline can deny it.
  private mutating func writeOpenAllowances(_ policies: [PlainPolicy]) {
    let lists = AllowLists(policies)
    for policy in policies {
      let open = policy.rules.filter {
        $0.action == .allow && lists.closure(of: policy.subject, $0.direction) != .whole
      }
      if open.isEmpty { continue }
      write(global: policy, open, tier: .baseline, order: Self.firstOrder, closing: [], "allowed")
    }
  }

  private mutating func writeOrdered(_ policies: [PlainPolicy], _ tier: OwnTier) {
    var widths: [Int: Int] = [:]
    for policy in policies {
      let count = Self.parts(rules(policy, policy.rules, in: nil)).count
      widths[policy.rank] = max(widths[policy.rank] ?? 1, count)
    }
    let places = Places(widths: widths, in: (Self.firstOrder + 1)...Int(Int32.max))
    for policy in policies {
      guard let place = places.first[policy.rank] else {
        notes.leaveOut(policy, .priorities, "no order is left for the policy: it is left out")
        continue
      }
      write(global: policy, policy.rules, tier: tier, order: place, closing: [])
    }
  }

  // MARK: - Objects

  private func rules(_ policy: PlainPolicy, _ rules: [PlainRule], in namespace: String?) -> [WrittenRule] {
    let ends = CalicoRules(surroundings: surroundings, policy: policy)
    return rules.flatMap { ends.written($0, in: namespace) }
  }

  private static func parts(_ rules: [WrittenRule]) -> [WrittenRules] {
    WrittenRules.parts(rules, limit: limit)
  }

  /// Writes an object in each namespace that the subject names, or a global one.
  ///
  /// - Parameters:
  ///   - tier: nil for `default`.
  ///   - closing: directions that the policy is about without rules too; nil for those that it closes.
  private mutating func write(
    _ policy: PlainPolicy, _ rules: [PlainRule], tier: OwnTier?, order: Int? = nil,
    closing: Set<Direction>? = nil, _ suffix: String = ""
  ) {
    guard case .named(let namespaces) = policy.subject.namespaces else {
      write(global: policy, rules, tier: tier, order: order, closing: closing ?? policy.isolates, suffix)
      return
    }
    for namespace in namespaces {
      let written = self.rules(policy, rules, in: namespace)
      write(
        policy, written, in: namespace, tier: tier, order: order, closing: closing ?? policy.isolates, suffix)
    }
  }

  private mutating func write(
    global policy: PlainPolicy, _ rules: [PlainRule], tier: OwnTier?, order: Int?, closing: Set<Direction>,
    _ suffix: String = ""
  ) {
    write(
      policy, self.rules(policy, rules, in: nil), in: nil, tier: tier, order: order, closing: closing, suffix)
  }

  private mutating func write(
    _ policy: PlainPolicy, _ rules: [WrittenRule], in namespace: String?, tier: OwnTier?, order: Int?,
    closing: Set<Direction>, _ suffix: String
  ) {
    var parts = Self.parts(rules)
    if parts.isEmpty, !closing.isEmpty { parts = [WrittenRules(ingress: [], egress: [])] }
    if !parts.isEmpty, let tier { tiers.insert(tier) }
    for (index, part) in parts.enumerated() {
      let types = Direction.allCases.filter { direction in
        closing.contains(direction) || !(direction == .ingress ? part.ingress : part.egress).isEmpty
      }
      objects.append(
        WrittenObject(
          apiVersion: "projectcalico.org/v3",
          kind: namespace == nil ? "GlobalNetworkPolicy" : "NetworkPolicy", namespace: namespace ?? "",
          name: names.name(
            policy.identity.adding(suffix), in: namespace ?? "", prefix: tier.map { "\($0.rawValue)." } ?? ""),
          spec: spec(
            policy.subject, part, types, isGlobal: namespace == nil, tier: tier?.rawValue ?? "default",
            order: order.map { tier == nil ? $0 : $0 + index })))
    }
  }

  private func spec(
    _ subject: PlainSelector, _ rules: WrittenRules, _ types: [Direction], isGlobal: Bool, tier: String,
    order: Int?
  ) -> DataValue {
    let members: [(String, DataValue?)] = [
      ("tier", .string(tier)), ("order", order.map { .integer($0) }),
      ("namespaceSelector", isGlobal ? .string(subject.calicoNamespaces) : nil),
      ("selector", .string(isGlobal ? subject.calicoPods : subject.calicoLabels)),
      ("serviceAccountSelector", subject.calicoServiceAccounts.map { .string($0) }),
      ("types", .list(types.map { .string($0 == .ingress ? "Ingress" : "Egress") })),
    ]
    return .object(
      members.compactMap { name, value in value.map { DataValue.Member(name, $0) } } + rules.members)
  }
}
