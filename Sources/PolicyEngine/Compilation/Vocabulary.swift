internal import Kubernetes
internal import PolicyModel

/// The attributes and values, port names, sets of addresses and names that some policy mentions. Nothing else
/// can matter.
struct Vocabulary: Sendable {
  struct Key: Sendable {
    let number: Int32
    /// Numbers of the mentioned values, from 1; 0 is any other value.
    var values: [String: Int32] = [:]
    /// Tests on parts of the value, each with a key number of its own: present where the test is met.
    var tests: [AttributeRequirement.Test: Int32] = [:]

    fileprivate mutating func add(_ mentioned: [String]) {
      for value in mentioned where values[value] == nil { values[value] = Int32(values.count + 1) }
    }
  }

  private(set) var keys: [Attribute: Key] = [:]
  /// How many key numbers there are.
  private(set) var keyCount: Int32 = 0
  private(set) var portNames: Set<String> = []
  /// Of each rule the addresses that it compares with, all blocks as one set where it makes no difference.
  private(set) var addressSets: Set<AddressSet> = []
  /// In the order of the text.
  private(set) var names: [NamedParty] = []
  /// Whether policies tell nodes apart.
  private(set) var looksAtNodes = false
  /// Whether policies tell a pod's own node from others.
  private(set) var looksAtPlacement = false
  /// Whether something of pods besides their labels is mentioned.
  private(set) var looksBeyondLabels = false

  private var knownNames: Set<NamedParty> = []

  /// - Parameters:
  ///   - domains: names that will be asked about.
  ///   - others: policies that are not asked themselves; the names that they mention will be asked about.
  init(_ policies: [Policy], domains: [String], namesOf others: [Policy] = [], _ world: World) {
    for policy in policies {
      if let selector = policy.subject.endpoints { add(selector.pods) }
      if policy.subject.nodes != nil { looksAtNodes = true }
      for rule in policy.rules {
        rule.forEachCondition { add(condition: $0) }
        addressSets.formUnion(world.addressSets(in: rule.peers))
        addressSets.formUnion(world.addressSets(in: rule.subject))
        for match in rule.traffic.portMatches + rule.sourcePorts.portMatches {
          portNames.formUnion(match.names)
        }
      }
    }
    for rule in others.lazy.flatMap(\.rules) { rule.forEachCondition { add(nameOf: $0) } }
    let places = Set(world.apiServerPlaces.map(\.isOutside))
    names.removeAll { if case .apiServer(let isOutside) = $0 { !places.contains(isOutside) } else { false } }
    for domain in domains {
      if let pattern = DomainPattern(ciliumMatchName: domain) { add(.domain(pattern)) }
    }
  }

  private mutating func add(condition: PeerCondition) {
    switch condition {
    case .endpoints(let selector): add(selector.pods)
    case .nodes(let selector, let placement):
      if placement != .anywhere { looksAtPlacement = true }
      if !selector.isEverything { looksAtNodes = true }
    case .domain, .apiServer, .special: add(nameOf: condition)
    case .addresses, .family, .outside, .all, .any, .not: break
    }
  }

  private mutating func add(nameOf condition: PeerCondition) {
    switch condition {
    case .domain(let pattern): add(.domain(pattern))
    case .apiServer:
      add(.apiServer(isOutside: true))
      add(.apiServer(isOutside: false))
    case .special(let name): add(.special(name))
    case .endpoints, .nodes, .addresses, .family, .outside, .all, .any, .not: break
    }
  }

  private mutating func add(_ name: NamedParty) {
    if knownNames.insert(name).inserted { names.append(name) }
  }

  private mutating func add(_ expression: LabelExpression) {
    expression.forEachRequirement { add($0) }
  }

  private mutating func add(_ requirement: AttributeRequirement) {
    switch requirement.attribute {
    case .namespaceLabel: return
    case .serviceAccountName, .serviceAccountLabel, .hostNetwork: looksBeyondLabels = true
    case .label, .unseenLabel: break
    }
    if keys[requirement.attribute] == nil { keys[requirement.attribute] = Key(number: nextKey()) }
    switch requirement.test {
    case .isIn(let values), .isNotIn(let values): keys[requirement.attribute]?.add(values)
    case .exists, .doesNotExist: break
    case .contains, .startsWith, .endsWith:
      if keys[requirement.attribute]?.tests[requirement.test] == nil {
        let number = nextKey()
        keys[requirement.attribute]?.tests[requirement.test] = number
      }
    }
  }

  private mutating func nextKey() -> Int32 {
    keyCount += 1
    return keyCount - 1
  }

  /// What policies can see of an endpoint's labels and service account: (key, value) numbers, ascending.
  func signature(of endpoint: Endpoint, in world: World) -> [UInt64] {
    var signature: [UInt64] = []
    for entry in endpoint.labels.entries {
      if let key = keys[.label(entry.key)] { append(key, .label(entry.key), entry.value, to: &signature) }
    }
    if looksBeyondLabels {
      for (attribute, key) in keys {
        if case .label = attribute { continue }
        guard let value = world.value(of: attribute, endpoint) else { continue }
        append(key, attribute, value, to: &signature)
      }
    }
    return signature.sorted()
  }

  private func append(_ key: Key, _ attribute: Attribute, _ value: String, to signature: inout [UInt64]) {
    signature.append(Self.word(key.number, key.values[value] ?? 0))
    for (test, number) in key.tests where AttributeRequirement(attribute, test).matches(value) {
      signature.append(Self.word(number, 0))
    }
  }

  static func word(_ key: Int32, _ value: Int32) -> UInt64 {
    UInt64(key) << 32 | UInt64(value)
  }
}
