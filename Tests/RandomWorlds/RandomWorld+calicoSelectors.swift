extension RandomWorld.Builder {
  /// Labels that one place of a selector looks at, with values that they may have.
  typealias Vocabulary = [(key: String, values: [String])]

  /// Of pods and network sets: their own labels more often than those that Calico adds.
  static func endpointSelector(_ random: inout SplitMix64, depth: Int) -> ReferenceCalicoSelector {
    let own = RandomWorld.labelKeys.map { (key: $0, values: RandomWorld.labelValues + ["web", "db"]) }
    let added: Vocabulary = [
      ("projectcalico.org/namespace", ["shop", "data", "ops"]),
      ("projectcalico.org/orchestrator", ["k8s"]),
      ("projectcalico.org/serviceaccount", RandomWorld.serviceAccountNames + ["default"]),
      ("pcns.team", ["a", "b", "on"]), ("pcns.projectcalico.org/name", ["shop", "data"]),
      ("pcsa.role", RandomWorld.serviceAccountRoles),
    ]
    return tree(&random, [own[0]] + own + (random.chance(30) ? added : []), depth: depth, mayBeAll: depth > 1)
  }

  /// Of namespaces.
  static func namespaceTree(_ random: inout SplitMix64) -> ReferenceCalicoSelector {
    if random.chance(20) { return .all }
    return tree(
      &random,
      [
        ("team", ["a", "b", "on"]), ("env", ["prod", "dev"]),
        ("projectcalico.org/name", ["shop", "data", "ops"]),
        ("kubernetes.io/metadata.name", ["shop", "data", "ops"]),
      ], depth: random.pick([0, 0, 1, 2]), mayBeAll: true)
  }

  /// Of service accounts.
  static func serviceAccountTree(_ random: inout SplitMix64) -> ReferenceCalicoSelector {
    if random.chance(15) { return .all }
    return tree(
      &random, [("role", RandomWorld.serviceAccountRoles)], depth: random.pick([0, 0, 1]), mayBeAll: true)
  }

  private static func tree(
    _ random: inout SplitMix64, _ vocabulary: Vocabulary, depth: Int, mayBeAll: Bool
  ) -> ReferenceCalicoSelector {
    if depth == 0 {
      if mayBeAll, random.chance(8) { return .all }
      return leaf(&random, random.pick(vocabulary))
    }
    let operand = { (random: inout SplitMix64) in
      tree(&random, vocabulary, depth: depth - 1, mayBeAll: mayBeAll)
    }
    switch random.int(1...6) {
    case 1...2: return .not(operand(&random))
    case 3...4: return .allOf(random.several(2...3, operand))
    default: return .anyOf(random.several(2...3, operand))
    }
  }

  private static func leaf(
    _ random: inout SplitMix64, _ label: (key: String, values: [String])
  ) -> ReferenceCalicoSelector {
    let value = random.pick(label.values)
    // A part of the value, or a text that is none.
    let part = random.pick([String(value.prefix(1)), String(value.suffix(1)), value, "", "b", "x"])
    switch random.int(1...12) {
    case 1...4: return .label(label.key, .equals(value))
    case 5: return .label(label.key, .notEquals(value))
    case 6: return .has(label.key)
    case 7...8: return .label(label.key, .isIn(random.several(0...3) { $0.pick(label.values) }))
    case 9: return .label(label.key, .isNotIn(random.several(0...3) { $0.pick(label.values) }))
    case 10: return .label(label.key, .contains(part))
    case 11: return .label(label.key, .startsWith(part))
    default: return .label(label.key, .endsWith(part))
    }
  }
}
