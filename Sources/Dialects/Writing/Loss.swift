package import Kubernetes
package import PolicyModel

/// Something that policies mean and a dialect cannot say, and what was written instead.
package struct Loss: Sendable {
  /// A stable name, by which a user accepts losses of the kind.
  package struct Name: RawRepresentable, Sendable, Hashable, Comparable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package static func < (left: Name, right: Name) -> Bool { left.rawValue < right.rawValue }
  }

  /// What becomes of the connections that it is about.
  package struct Effect: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Some are let through that were meant to be denied.
    package static let widens = Effect(rawValue: 1)
    /// Some are denied that were meant to be let through.
    package static let narrows = Effect(rawValue: 2)
  }

  package let name: Name
  /// What cannot be said and what is written instead; one line without a full stop.
  package let message: String
  /// What the author could do, when there is one clear thing.
  package let fix: String?
  /// The policy that it is about.
  package let policy: PolicyIdentity
  package let location: SourceLocation
  /// Whose connections it is about.
  package let subject: EndpointSelector
  /// Which of these. All others mean what they were meant to.
  package let reach: Reach

  package var effect: Effect { reach.effect }

  package init(
    _ name: Name, _ reach: Reach, _ message: String, fix: String? = nil, policy: PolicyIdentity,
    at location: SourceLocation, subject: EndpointSelector
  ) {
    self.name = name
    self.message = message
    self.fix = fix
    self.policy = policy
    self.location = location
    self.subject = subject
    self.reach = reach
  }
}
