package import Kubernetes
package import Nftables
package import PolicyModel
package import SourceGroups

/// What whoever answers questions for names must know: which sets an answer belongs into.
package struct NamesTable: Sendable {
  /// A rule about names.
  package struct Entry: Sendable {
    package let group: String
    package let rule: String
    package let action: GroupAction
    package let mode: GroupMode
    package let patterns: [DomainPattern]
    /// Of pairs of who asked and what it was told.
    package let sets: [AddressFamily: SetName]
  }

  /// In the order in which rules are asked.
  package let entries: [Entry]

  init(_ policy: SourceGroupPolicy, _ names: RuleNames) {
    entries = policy.groups.flatMap { group in
      group.rules.compactMap { rule in
        if rule.destinations.names.isEmpty { return nil }
        let sets = AddressFamily.allCases.compactMap { family in
          names.set(for: rule, family).map { (family, $0) }
        }
        return Entry(
          group: group.id, rule: rule.id, action: rule.action, mode: rule.mode,
          patterns: rule.destinations.names.map(\.value),
          sets: Dictionary(sets, uniquingKeysWith: { first, _ in first }))
      }
    }
  }

  /// Rules of some groups that are about a name, in the order in which they are asked. O(patterns).
  ///
  /// An answer for the name belongs into the sets of all of them, those of denying and of audited rules too.
  ///
  /// - Parameter groups: those that whoever asks may be a member of, ``Gateway/groups(of:)``.
  package func entries(about name: String, for groups: Set<String>) -> [Entry] {
    let name = DomainPattern.Name(name)
    return entries.filter { groups.contains($0.group) && $0.patterns.contains { $0.matches(name) } }
  }
}
