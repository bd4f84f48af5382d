internal import Kubernetes

/// A pod, as much as is kept of it: about 300 bytes with its names and addresses.
struct PodRecord: Sendable {
  struct Traits: OptionSet, Sendable {
    let rawValue: UInt8

    static let isFinished = Traits(rawValue: 1)
    static let isTerminating = Traits(rawValue: 2)
    static let usesHostNetwork = Traits(rawValue: 4)
  }

  /// With the addresses that are its own.
  var identity: Identity
  var serviceAccount: String
  /// All addresses that it says it has and that can be its own, ascending and without repetition.
  var addresses: [IPAddress]
  /// Those that select it by its labels, ascending; also when it is excluded.
  var selections: [Slot] = []
  /// Seconds since 1970; -1 when nobody knows.
  var createdAt: Int
  /// Into ``ClusterIdentities/labelSets``.
  var labels: Slot
  /// Into ``ClusterIdentities/namespaces``.
  var namespace: Slot
  /// Neighbours among the pods with the same labels.
  var next: Slot = -1
  var previous: Slot = -1
  /// The number of the listing in which it was last seen.
  var listing: UInt32 = 0
  var traits: Traits
  /// Whether it waits for ``ClusterIdentities/settle(at:)``.
  var isUnsettled = false

  /// Whether an address that it has is its own alone.
  var claimsAddresses: Bool { traits.isDisjoint(with: [.isFinished, .usesHostNetwork]) }

  /// Whether it wins an address against another pod that claims it: who stays before who is about to end, then the newer.
  ///
  /// Of pods created in one second, and of those that do not say when, the greater UID wins, so that the order in which they
  /// become known does not matter.
  func precedes(_ other: PodRecord) -> Bool {
    let (isEnding, isOtherEnding) = (traits.contains(.isTerminating), other.traits.contains(.isTerminating))
    if isEnding != isOtherEnding { return isOtherEnding }
    if createdAt != other.createdAt { return createdAt > other.createdAt }
    return identity.uid > other.identity.uid
  }
}

extension PodRecord.Traits {
  init(_ pod: ObservedPod) {
    self = []
    if pod.phase == .finished { insert(.isFinished) }
    if pod.isTerminating { insert(.isTerminating) }
    if pod.usesHostNetwork { insert(.usesHostNetwork) }
  }
}

/// A namespace that is known, or of which pods are.
struct NamespaceRecord: Sendable {
  let name: String
  /// Nil until it is known. Then with the label that says its name.
  var labels: Labels?
  var pods: [String: Slot] = [:]
  /// The selections that ask something of namespaces which this one meets, by what they ask of pods.
  var index = SelectorIndex()
  var selections: Set<Slot> = []
}

struct NodeRecord: Sendable {
  let node: ObservedNode
  /// With all of its addresses.
  let identity: Identity
  var selections: [Slot] = []
}
