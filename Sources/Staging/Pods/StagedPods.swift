internal import Kubernetes
package import PolicyEngine
package import PolicyModel

/// The pods of a world that can stand in a staging network, with an address for each, and why the others cannot.
package struct StagedPods: Sendable {
  /// In the order of the world's endpoints.
  package let pods: [StagedPod]
  package let omissions: [Omission]

  /// An endpoint that is not staged.
  package struct Omission: Sendable, Hashable {
    /// Index into ``World/endpoints``.
    package let endpoint: Int
    package let reason: Reason
  }

  package enum Reason: String, Sendable, Hashable {
    /// Its packets are its node's, and what policies do with them is left to engines (SEMANTICS.md §1.4).
    case hostNetwork = "it uses its node's network"
    case isFinished = "it has finished"
    case hasNoAddress = "it has no address yet"
    case sharesAddress = "another pod has its address, too"
    /// Loopback, link-local, multicast and the like cross no router.
    case cannotBeRouted = "no router forwards to its address"
    case noAddressLeft = "there is no address left for it"
  }

  /// Known addresses are kept. Others lie where the world takes them to lie, spread over what the blocks of `tiers` tell
  /// apart, so that each block holds some of them and not others.
  ///
  /// - Parameter replicas: how many pods are made of a template. With two, policies between replicas are staged.
  package init(_ world: World, tiers: [Tier], replicas: Int = 2) {
    var pods: [StagedPod] = []
    var omissions: [Omission] = []
    var taken: Set<IPAddress> = []
    var pool = AddressPool(world, tiers)
    for (number, endpoint) in world.endpoints.enumerated() {
      func omit(_ reason: Reason) { omissions.append(Omission(endpoint: number, reason: reason)) }
      if endpoint.isFinished {
        omit(.isFinished)
      } else if endpoint.hostNetwork {
        omit(.hostNetwork)
      } else {
        switch endpoint.addresses {
        case .none: omit(.hasNoAddress)
        case .known(let addresses):
          if !addresses.allSatisfy(AddressPool.routable.contains) {
            omit(.cannotBeRouted)
          } else if !taken.isDisjoint(with: addresses) {
            omit(.sharesAddress)
          } else {
            taken.formUnion(addresses)
            pods.append(StagedPod(endpoint: number, addresses: addresses))
          }
        case .unknown:
          let count = endpoint.kind == .pod ? 1 : replicas
          for replica in 0..<count {
            let addresses = pool.next()
            if addresses.isEmpty {
              omit(.noAddressLeft)
              break
            }
            pods.append(StagedPod(endpoint: number, replica: replica, addresses: addresses))
          }
        }
      }
    }
    self.pods = pods
    self.omissions = omissions
  }

  /// Every address of the network.
  package var addresses: AddressSet { AddressSet(pods.flatMap(\.addresses)) }
}
