package import Kubernetes

/// A document of source groups: who sends, where to, and what becomes of it.
///
/// The groups that a sender belongs to are asked in the order of their priorities, the rules of each in the order of
/// the text. The first enforced rule that matches decides, then the group's default action; a group without one hands
/// on to the next, and after the last group the default policy decides.
package struct SourceGroupPolicy: Sendable {
  package static let apiVersion = "merlon.dev/v1alpha1"
  package static let kind = "SourceGroupPolicy"

  package let name: String
  /// What becomes of connections that no group decides.
  package let defaultPolicy: Located<GroupAction>
  /// In the order in which they are asked: by priority, of which no two are equal.
  package let groups: [SourceGroup]
  package let location: SourceLocation

  package init(
    name: String, defaultPolicy: Located<GroupAction>, groups: [SourceGroup], location: SourceLocation
  ) {
    self.name = name
    self.defaultPolicy = defaultPolicy
    self.groups = groups
    self.location = location
  }
}

/// What rules, groups and documents do with a connection.
package enum GroupAction: String, Sendable, Hashable, CaseIterable {
  case allow
  case deny
}

/// Whether what is written happens.
package enum GroupMode: String, Sendable, Hashable, CaseIterable {
  case enforce
  /// What matches is noted, and the next rule is asked.
  case audit
}

/// Senders, and the rules for what they send.
package struct SourceGroup: Sendable {
  /// Unique in its document: at most 63 letters, digits, `-`, `_` and `.`.
  package let id: String
  /// Smaller numbers are asked first.
  package let priority: Int
  package let mode: GroupMode
  /// At least one; a sender belongs to the group when it is a member of any.
  package let sources: [Source]
  /// In the order in which they are asked.
  package let rules: [SourceGroupRule]
  /// What becomes of connections that no rule decides; nil for what the next group says.
  package let defaultAction: Located<GroupAction>?
  /// Where ``priority`` is written.
  package let priorityLocation: SourceLocation
  package let location: SourceLocation

  package init(
    id: String, priority: Int, mode: GroupMode, sources: [Source], rules: [SourceGroupRule],
    defaultAction: Located<GroupAction>?, priorityLocation: SourceLocation, location: SourceLocation
  ) {
    self.id = id
    self.priority = priority
    self.mode = mode
    self.sources = sources
    self.rules = rules
    self.defaultAction = defaultAction
    self.priorityLocation = priorityLocation
    self.location = location
  }
}

/// Where a group's senders may or may not go.
package struct SourceGroupRule: Sendable {
  /// Unique in its group.
  package let id: String
  package let action: GroupAction
  /// Never ``GroupMode/enforce`` in a group that is only audited.
  package let mode: GroupMode
  package let destinations: RuleDestinations
  /// At least one entry; what any of them matches.
  package let traffic: [Located<RuleTraffic>]
  /// Ports that the connection comes from; empty for any.
  package let sourcePorts: [Located<ClosedRange<UInt16>>]
  package let location: SourceLocation

  package init(
    id: String, action: GroupAction, mode: GroupMode, destinations: RuleDestinations,
    traffic: [Located<RuleTraffic>], sourcePorts: [Located<ClosedRange<UInt16>>] = [],
    location: SourceLocation
  ) {
    self.id = id
    self.action = action
    self.mode = mode
    self.destinations = destinations
    self.traffic = traffic
    self.sourcePorts = sourcePorts
    self.location = location
  }
}
