package import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// How often and when something was seen.
package struct Sighting: Sendable {
  package private(set) var count: Int
  /// Nil where the log does not say when.
  package private(set) var first: Timestamp?
  package private(set) var last: Timestamp?
  /// Whether nobody but the source's side saw it: what the destination's side did is not in the log.
  private(set) var isOfSourceOnly: Bool
  /// Whether it was let through although policies would deny it if they were enforced.
  private(set) var isAudited: Bool

  init(_ entry: FlowLog.Entry) {
    count = entry.count
    first = entry.first
    last = entry.last
    isOfSourceOnly = entry.evidentDirection == .egress
    isAudited = entry.verdict == .audit
  }

  mutating func merge(_ other: Sighting) {
    count = count.addingWithoutOverflow(other.count)
    first = [first, other.first].compactMap(\.self).min()
    last = [last, other.last].compactMap(\.self).max()
    isOfSourceOnly = isOfSourceOnly && other.isOfSourceOnly
    isAudited = isAudited || other.isAudited
  }

  /// `seen once at 2026-08-20T10:15:02Z`.
  var words: String {
    var words = count == 1 ? "seen once" : "seen \(count) times"
    if let first, let last {
      words += first == last ? " at \(first)" : " from \(first) to \(last)"
    }
    if isOfSourceOnly { words += ", by the source's side only" }
    if isAudited { words += ", in audit mode" }
    return words
  }
}

/// A connection that was let through, between what policies tell apart.
struct ObservedConnection: Sendable {
  /// Replicas are one end, as are all addresses of the API server.
  enum End: Sendable, Hashable {
    /// Index into the workloads of the world.
    case workload(Int)
    /// Index into the nodes of the world.
    case node(Int)
    case address(IPAddress)
    case apiServer
    /// Anything outside: the log does not say which addresses.
    case world
    /// Something that no NetworkPolicy can name, with why.
    case unnameable(String)

    /// Why no rule can name it; nil where one can.
    var obstacle: String? {
      switch self {
      case .world: "the log does not say which addresses outside the cluster it was"
      case .unnameable(let reason): reason
      case .workload, .node, .address, .apiServer: nil
      }
    }

    var workload: Int? { if case .workload(let group) = self { group } else { nil } }
  }

  let source: End
  let destination: End
  /// The port is the pod's.
  let traffic: FlowTraffic
  /// What the ends are called.
  let sourceName: String
  let destinationName: String
  var sighting: Sighting
  /// What was seen, in the terms of the engine: one for each pair of replicas that rules tell apart.
  var flows: [ResolvedFlow]
  /// Names that answers gave to the destination's address.
  var domains: Set<String> = []

  /// Nil for protocols that NetworkPolicies do not speak of.
  var port: PlannedPolicy.Port? {
    if case .port(let transport, let number) = traffic {
      .init(transport: transport, number: number)
    } else {
      nil
    }
  }

  /// `TCP 8080`, `icmp/8`.
  var portText: String {
    switch traffic {
    case .port(let transport, let number): "\(transport.name) \(number)"
    case .other(let other): other.text
    }
  }
}
