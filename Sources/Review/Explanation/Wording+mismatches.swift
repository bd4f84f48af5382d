internal import Kubernetes
package import PolicyEngine
package import PolicyModel

extension Wording {
  /// Why a peer does not match the other end, in the manifest's words.
  ///
  /// - Parameter other: the end that the peer was compared with.
  package func text(_ mismatch: PeerMismatch, _ peer: Peer, other: Party) -> String {
    switch mismatch {
    case .notAPod:
      if let absence = absence(of: other) { return "the pod \(absence), so no selector matches it" }
      return other.endpoint == nil
        ? "selectors match pods only" : "the pod uses its node's network, so no selector matches it"
    case .namespaceName(let wanted):
      return "it is in namespace \(namespaceName(of: other)), the peer wants \(wanted)"
    case .namespaceLabel(let requirement, let actual):
      return "namespace \(namespaceName(of: other)): \(label(requirement, actual))"
    case .podLabel(let requirement, let actual): return label(requirement, actual)
    case .outsideBlock where other.isAddressAssumed:
      return
        "the address is not known, and a private one such as \(other.address.map(\.description) ?? "?") is outside the block"
    case .outsideBlock: return "address \(other.address.map(\.description) ?? "?") is outside the block"
    case .insideExcept(let cidr):
      return "address \(other.address.map(\.description) ?? "?") is in except \(cidr)"
    case .otherFamily:
      return "\(other.address.map(\.description) ?? "the address") is of the other address family"
    case .noAddress: return "it has no address"
    case .blocksDoNotMatchPods: return "blocks match outside addresses only"
    }
  }

  /// Why a port entry does not match.
  package func text(_ mismatch: PortMismatch, _ match: PortMatch, _ traffic: FlowTraffic) -> String {
    switch mismatch {
    case .transport: return "the flow is \(Self.text(traffic)), the entry wants \(match.transport.name)"
    case .number: return "the flow is \(Self.text(traffic)), the entry wants \(match)"
    case .nameNotDeclared:
      return "the destination has no \(match.transport.name) port named \(Self.name(of: match))"
    case .nameIs(let numbers):
      return
        "on the destination \(Self.name(of: match)) is \(numbers.map(String.init).joined(separator: ", "))"
    case .destinationIsNoPod: return "port names are looked up on pods, and the destination is none"
    }
  }

  /// `TCP 5432`, `icmp/8`.
  package static func text(_ traffic: FlowTraffic) -> String {
    switch traffic {
    case .port(let transport, let port): "\(transport.name) \(port)"
    case .other(let name): name
    }
  }

  private static func name(of match: PortMatch) -> String {
    if case .named(let name) = match.ports { name } else { "\(match)" }
  }

  /// `label app=cart, the peer wants app=carts`, with what is probably a typing error named as one.
  private func label(_ requirement: LabelRequirement, _ actual: String?) -> String {
    let has = actual.map { "label \(requirement.key)=\($0)" } ?? "no label \(requirement.key)"
    var text = "\(has), the peer wants \(requirement)"
    if case .isIn(let values) = requirement.operator, let actual,
      Suggestion.nearest(to: actual, among: values) != nil
    {
      text += " (a typing error?)"
    }
    return text
  }

  /// Why nothing can connect to or from a pod whatever rules say; nil for everything else.
  func absence(of party: Party) -> String? {
    guard let endpoint = party.endpoint, !party.isSelectable, !party.isNode else { return nil }
    return world.endpoints[endpoint].isFinished ? "has finished" : "has no address yet"
  }

  private func namespaceName(of party: Party) -> String {
    party.endpoint.map { world.namespaces[world.endpoints[$0].namespace].name } ?? "?"
  }
}
