internal import Dialects
internal import Kubernetes
internal import PolicyModel

/// Rules and peers in the words of a NetworkPolicy, which mean the same in every dialect.
extension Rule {
  /// - Parameter namespace: the policy's own, which peers without a `namespaceSelector` look into.
  init(_ rule: NetworkPolicy.Rule, _ direction: Direction, in namespace: String) {
    self.init(
      direction: direction,
      peers: rule.peers.isEmpty ? [.anyone] : rule.peers.map { Peer($0, in: namespace) },
      ports: rule.ports.isEmpty ? .any : PortSet(rule.ports.map { .init($0) }), site: CallSite(rule.location))
  }
}

extension Peer {
  /// - Parameter namespace: see ``Rule/init(_:_:in:)``.
  init(_ peer: NetworkPolicy.Peer, in namespace: String) {
    switch peer.kind {
    case .block(let block):
      self = .cidr("\(block.cidr)", except: block.excepts.map { "\($0)" })
    case .pods(let podSelector, let namespaceSelector):
      self = .pods(
        Pods(
          podSelector.map { Selector($0) } ?? .everything,
          namespaceSelector.map { Namespaces($0) } ?? .named([namespace]), nil, CallSite(peer.location)))
    }
  }
}

extension Selector {
  init(_ selector: LabelSelector) {
    self.init(
      selector.requirements.map { requirement in
        let key = requirement.value.key
        switch requirement.value.operator {
        case .isIn(let values): return .isIn(key, Set(values).sorted())
        case .isNotIn(let values): return .isNotIn(key, Set(values).sorted())
        case .exists: return .exists(key)
        case .doesNotExist: return .doesNotExist(key)
        }
      })
  }
}

extension Namespaces {
  /// Namespaces by their names where the selector says no more.
  init(_ selector: LabelSelector) {
    let own = Selector(selector)
    switch own.requirements.first {
    case nil: self = .all
    case .isIn(Namespace.nameLabel, let names) where own.requirements.count == 1: self = .named(names)
    default: self = .labelled(own)
    }
  }
}

extension PortSet.Entry {
  init(_ port: NetworkPolicy.Port) {
    let transport = Transport(port.transport)
    switch port.ports {
    case .all: self = .all(transport)
    case .range(let range): self = .range(transport, range.lowerBound, range.upperBound)
    case .named(let name): self = .named(name, transport)
    }
  }
}
