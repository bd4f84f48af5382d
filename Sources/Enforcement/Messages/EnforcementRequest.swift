package import Gateway
package import Kubernetes
package import SourceGroups

/// What another process says to the one that writes the kernel, or asks it: one JSON object in a line each.
package enum EnforcementRequest: Sendable {
  /// What is to be enforced from now on, all of it.
  case state(EnforcedState)
  /// What became of some sources since a state or a delta.
  case delta(EnforcedDelta)
  /// How long ago it was known that what is enforced is true.
  case fresh(FreshnessReport)
  /// Whether somebody may be told the addresses of a name.
  case judge(name: String, source: IPAddress)
  /// Addresses that somebody is about to be told for a name, each with how long it counts.
  case admit(name: String, source: IPAddress, addresses: [(IPAddress, Duration)])
  case status
  case counters
  /// Denials after the one with a number.
  case denied(after: UInt64)
  case flows
}

/// What a control plane says is to be enforced.
package struct EnforcedState: Sendable {
  package let id: StateID
  package let policy: SourceGroupPolicy
  package let identities: [SourceKey: SourceIdentities]

  package init(
    _ id: StateID, _ policy: SourceGroupPolicy, _ identities: [SourceKey: SourceIdentities] = [:]
  ) {
    self.id = id
    self.policy = policy
    self.identities = identities
  }
}

/// What became of the sources of a state.
package struct EnforcedDelta: Sendable {
  /// What it is to be added to.
  package let since: StateID
  package let id: StateID
  package let changes: [SourceChange]
  /// How long ago the control plane heard of it; nil where it does not say.
  package let age: Duration?
}

/// Which state of a control plane something is: `1f2e-7-42`.
package struct StateID: Sendable, Hashable {
  /// The control plane's process.
  package let epoch: String
  package let revision: Int
  package let version: Int

  /// - Returns: nil for what is no id of a state.
  package init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, parts[0].utf8.count <= 64, let revision = Int(parts[1]),
      let version = Int(parts[2]), revision >= 0, version >= 0
    else { return nil }
    (epoch, self.revision, self.version) = (String(parts[0]), revision, version)
  }

  /// Of a policy that no control plane has.
  package static let file = StateID(epoch: "file", revision: 0, version: 0)

  private init(epoch: String, revision: Int, version: Int) {
    (self.epoch, self.revision, self.version) = (epoch, revision, version)
  }

  /// Whether who has this state knows all of the other: it is a later one of the same policy and process.
  package func includes(_ other: StateID) -> Bool {
    epoch == other.epoch && revision == other.revision && version >= other.version
  }
}

extension StateID: CustomStringConvertible {
  package var description: String { "\(epoch)-\(revision)-\(version)" }
}

/// How long ago each kind of each cluster showed that a state is true.
package struct FreshnessReport: Sendable {
  package struct Proof: Sendable, Hashable {
    package let integration: String
    package let kind: ObservedKind
    package let age: Duration
  }

  package let id: StateID
  package let proofs: [Proof]
}
