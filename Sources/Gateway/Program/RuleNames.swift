internal import Kubernetes
internal import Nftables
internal import PolicyModel
internal import SourceGroups

/// Which sets have the addresses that answers for names gave.
///
/// A set is a set of pairs: who asked, and the address that it was told. So nobody may go where only another one was told to.
/// Rules that have the same names share a set, whatever else they say.
struct RuleNames: Sendable {
  /// By the texts of patterns, sorted.
  private var sets: [[String]: UInt64] = [:]
  private var taken: Set<UInt64> = []

  init(_ policy: SourceGroupPolicy) {
    for rule in policy.groups.flatMap(\.rules) {
      let patterns = Self.patterns(of: rule)
      if patterns.isEmpty || sets[patterns] != nil { continue }
      var hash = StableHash("names")
      patterns.forEach { hash.combine($0) }
      var identifier = hash.value
      while !taken.insert(identifier).inserted { identifier &+= 1 }
      sets[patterns] = identifier
    }
  }

  private static func patterns(of rule: SourceGroupRule) -> [String] {
    Set(rule.destinations.names.map { $0.value.description.lowercased() }).sorted()
  }

  /// The set of a rule's names; nil for a rule without names.
  func set(for rule: SourceGroupRule, _ family: AddressFamily) -> SetName? {
    sets[Self.patterns(of: rule)].map { SetName(family == .ipv4 ? "names4" : "names6", hash: $0) }
  }

  var all: [NamedSet] {
    AddressFamily.allCases.flatMap { family in
      sets.values.sorted().map {
        NamedSet(SetName(family == .ipv4 ? "names4" : "names6", hash: $0), GatewayTable.namesStorage(family))
      }
    }
  }
}
