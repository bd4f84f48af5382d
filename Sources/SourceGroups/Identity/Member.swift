package import Kubernetes

/// Who is behind addresses: an object of a cluster at one moment.
///
/// A class because identity is the point: all sets and versions that an object is in share one, and 100,000 pods in
/// 500 sets are kept once.
package final class Identity: Sendable {
  package enum Kind: UInt8, Sendable, Hashable {
    case pod
    case node
    /// What stands behind a Service.
    case endpoint
  }

  package let kind: Kind
  /// Of the pod or node. Of an endpoint, that of its pod, or where no pod is known, of its EndpointSlice.
  package let uid: String
  /// Of an endpoint that is no pod, that of its Service.
  package let name: NamespacedName
  /// Empty where it is not known, and for nodes.
  package let node: String
  /// Those that are its own, ascending and without repetition: an address that another pod has won is not among them.
  package let addresses: [IPAddress]
  /// Its number among the objects of its kind and cluster.
  let slot: Slot

  init(kind: Kind, uid: String, name: NamespacedName, node: String, addresses: [IPAddress], slot: Slot) {
    self.kind = kind
    self.uid = uid
    self.name = name
    self.node = node
    self.addresses = addresses
    self.slot = slot
  }
}

extension Identity {
  /// Whether both are one object, whatever became of it.
  package func isSameObject(as other: Identity) -> Bool {
    self === other || kind == other.kind && uid == other.uid && name == other.name
  }
}

extension Identity: Hashable {
  package static func == (left: Identity, right: Identity) -> Bool {
    left === right
      || left.isSameObject(as: right) && left.node == right.node && left.addresses == right.addresses
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(uid)
    hasher.combine(name)
  }
}

/// An object that a selection selects.
package struct Member: Sendable, Hashable {
  package let identity: Identity
  /// When it became one. Another pod of the same name is another member.
  package let since: Timestamp

  package init(identity: Identity, since: Timestamp) {
    self.identity = identity
    self.since = since
  }

  package var kind: Identity.Kind { identity.kind }
  package var uid: String { identity.uid }
  package var name: NamespacedName { identity.name }
  package var node: String { identity.node }
  package var addresses: [IPAddress] { identity.addresses }

}

/// An object that has the labels of a selection, and is not (or not with all of its addresses) a member.
package struct Exclusion: Sendable {
  package enum Reason: Sendable, Hashable {
    /// Its containers are gone.
    case finished
    /// Its addresses are its node's, and the source does not ask for such pods.
    case hostNetwork
    /// It has none of its own (of those that the source asks for) yet.
    case noAddress
    /// Another pod has the address now. The object is a member with its other addresses, when it has any.
    indirect case duplicateAddress(IPAddress, of: NamespacedName)
  }

  package let identity: Identity
  package let reason: Reason

  package init(identity: Identity, reason: Reason) {
    self.identity = identity
    self.reason = reason
  }

  package var uid: String { identity.uid }
  package var name: NamespacedName { identity.name }
}

extension Exclusion: Hashable {
  /// Whether they are about one object and say the same; what else is known of it does not matter.
  package static func == (left: Exclusion, right: Exclusion) -> Bool {
    left.reason == right.reason && left.identity.isSameObject(as: right.identity)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(reason)
  }
}

extension Member: Keyed {
  package var key: Int32 { identity.slot }
}

extension Exclusion: Keyed {
  package var key: Int32 { identity.slot }
}

extension Exclusion.Reason: CustomStringConvertible {
  /// For prose and JSON: `finished`, `10.0.0.1 belongs to shop/web-1`.
  package var description: String {
    switch self {
    case .finished: "finished"
    case .hostNetwork: "has its node's addresses"
    case .noAddress: "has no address of its own yet"
    case .duplicateAddress(let address, let winner): "\(address) belongs to \(winner)"
    }
  }
}
