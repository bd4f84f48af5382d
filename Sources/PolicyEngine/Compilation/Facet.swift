internal import Kubernetes
internal import PolicyModel

/// An endpoint as policies see it in one concrete case; endpoints that look the same share it.
///
/// Most endpoints have one facet. A host-network pod has one per reading, a dual-stack pod one per family, a pod
/// with an ambiguous port name one per reading of the name.
struct Facet: Sendable, Hashable {
  /// What is known of the address.
  enum Address: Sendable, Hashable {
    case atom(Int32)
    /// Any address of the facet's family where the world takes such addresses to lie.
    case unknown
    case none
  }

  enum Node: Sendable, Hashable {
    case known(Int32)
    /// One that is not in the input.
    case unlisted
  }

  let namespace: Int32
  /// Number of the visible labels.
  let labels: Int32
  /// Number of the visible port names.
  let ports: Int32
  let address: Address
  let family: AddressFamily?
  let isSelectable: Bool
  let isPoliced: Bool
  let isNode: Bool
  /// The node that it is a part of, where policies tell nodes apart; nil where they do not, and when nothing is
  /// known of any node.
  let node: Node?
  /// Which reading it stands for; nil when it stands for all.
  let reading: EngineProfile.HostNetworkReading?

  /// The family of an address that the input says.
  var knownFamily: AddressFamily? {
    if case .atom = address { family } else { nil }
  }

  /// Whether the addresses of both are known and of different families, so that no connection can exist.
  func cannotMeet(_ other: Facet) -> Bool {
    guard let own = knownFamily, let others = other.knownFamily else { return false }
    return own != others
  }

  /// Whether its addresses are a node's, whatever policies take it for.
  var isOnNodeNetwork: Bool { isNode || (reading == .asPods && isSelectable) }

  /// Where its address is taken to lie, if that is not known.
  var unknownAddress: UnknownAddress? {
    guard address == .unknown, let family else { return nil }
    return UnknownAddress(holder: reading == nil ? .pod : .node, family: family)
  }
}

/// A kind of addresses that are not known: whose they are, and of which family.
struct UnknownAddress: Sendable, Hashable {
  let holder: AssumedAddresses.Holder
  let family: AddressFamily

  /// Those of facets; see ``index``.
  static let all = [AssumedAddresses.Holder.pod, .node].flatMap { holder in
    AddressFamily.allCases.map { UnknownAddress(holder: holder, family: $0) }
  }

  /// Its place in ``all``.
  var index: Int { holder.rawValue * AddressFamily.allCases.count + Int(family.rawValue) }
}

/// Endpoints that no policy can tell apart.
struct EndpointClass: Sendable, Hashable {
  /// Indices of facets; at least one.
  let facets: [Int32]
}
