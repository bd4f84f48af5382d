package import Gateway
package import Kubernetes
internal import Nftables
internal import SourceGroups

/// What becomes of a question for a name.
package enum NameDecision: String, Sendable, Hashable {
  /// It is answered, and the addresses are let in for who asks.
  case guarded
  /// It is answered; no rule is about names.
  case open
  case denied
}

extension Gateway {
  /// Whether somebody may be told the addresses of a name.
  ///
  /// The first rule about the name decides that is enforced, of the groups of who asks. Who is in a group with rules about names
  /// and asks for a name that none is about is denied: what such a group allows by name it allows by no other. Who is in no
  /// group is told as much as the default lets pass. O(patterns).
  package func judgement(of name: String, askedBy source: IPAddress) -> NameDecision {
    let groups = Set(groups(of: source))
    let entries = namesTable.entries(about: name, for: groups)
    if let decisive = entries.first(where: { $0.mode == .enforce }) {
      return decisive.action == .allow ? .guarded : .denied
    }
    if namesTable.entries.contains(where: {
      groups.contains($0.group) && $0.mode == .enforce && $0.action == .allow
    }) {
      return .denied
    }
    // Rules that are only audited note what goes to the addresses.
    if !entries.isEmpty { return .guarded }
    return groups.isEmpty && policy.defaultPolicy.value == .deny ? .denied : .open
  }

  /// The sets that pairs of who asks and what it is told belong into, of the family of who asks.
  func sets(for name: String, askedBy source: IPAddress) -> Set<SetName> {
    Set(namesTable.entries(about: name, for: Set(groups(of: source))).compactMap { $0.sets[source.family] })
  }
}
