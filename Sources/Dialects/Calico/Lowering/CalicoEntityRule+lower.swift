internal import Kubernetes
internal import PolicyModel

extension CalicoEntityRule {
  /// Whom the end may be. Every criterion that is given must hold (SEMANTICS.md §3.2, §3.3).
  ///
  /// - Parameters:
  ///   - namespace: that of the policy; nil for a global one.
  ///   - family: the only one that the rule is rendered for, where its nets do not say it.
  func lower(namespace: String?, family: AddressFamily?, _ lowering: inout CalicoLowering) -> Peers {
    var criteria = [[PolicyModel.Peer]]()
    if case .endpoints(let peer) = peer {
      criteria = peer.lower(namespace: namespace, at: location, &lowering)
    }
    if let family { criteria.append([PolicyModel.Peer(.family(family), location: location)]) }
    switch criteria.count {
    case 0: return .anyone
    case 1: return .anyOf(criteria[0])
    default:
      return .anyOf([
        PolicyModel.Peer(
          .all(criteria.map { $0.count == 1 ? $0[0].kind : .any($0.map(\.kind)) }), location: location)
      ])
    }
  }
}

extension CalicoPeerCriteria {
  /// One list for each criterion; one element of each list must hold.
  fileprivate func lower(
    namespace: String?, at location: SourceLocation, _ lowering: inout CalicoLowering
  ) -> [[Peer]] {
    var criteria: [[Peer]] = []
    if let selection = CalicoSelection(self, namespace: namespace) {
      let place = (selector ?? notSelector)?.location ?? location
      let pods = selection.pods
      criteria.append(lowering.conditions(selection, pods).map { Peer($0, location: place) })
      lowering.noteUnknownServiceAccounts(
        in: pods, at: serviceAccounts?.selector?.location ?? place)
    }
    if !nets.isEmpty {
      criteria.append(
        nets.map { Peer(CalicoLowering.block($0.cidr, except: notNets.map(\.cidr)), location: $0.location) })
    } else {
      criteria += notNets.map { [Peer(.not(CalicoLowering.block($0.cidr)), location: $0.location)] }
    }
    if let notSelector {
      let selection = CalicoSelection(everythingWith: notSelector)
      let pods = selection.pods
      let excluded = lowering.conditions(selection, pods)
      lowering.noteUnknownServiceAccounts(in: pods, at: notSelector.location)
      criteria.append([
        Peer(.not(excluded.count == 1 ? excluded[0] : .any(excluded)), location: notSelector.location)
      ])
    }
    return criteria
  }
}
