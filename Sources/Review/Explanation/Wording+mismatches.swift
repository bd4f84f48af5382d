internal import Kubernetes
package import PolicyEngine
package import PolicyModel

extension Wording {
  /// Why a peer does not match the other end, in the manifest's words.
  ///
  /// - Parameter other: the end that the peer was compared with.
  package func text(_ mismatch: PeerMismatch, other: Party) -> String {
    switch mismatch {
    case .notAPod:
      if let absence = absence(of: other) { return "the pod \(absence), so no selector matches it" }
      return other.endpoint == nil
        ? "selectors match pods only" : "the pod uses its node's network, so no selector matches it"
    case .unlistedPod: return "no pod of the input has this address, so its labels are not known"
    case .namespaceName(let wanted):
      return "it is in namespace \(namespaceName(of: other)), the peer wants \(wanted)"
    case .attribute(let requirement, _) where requirement.attribute == .hostNetwork:
      return "the pod uses its node's network, so the selector does not match it"
    case .attribute(let requirement, let actual):
      guard case .namespaceLabel(let key) = requirement.attribute else { return label(requirement, actual) }
      let own = AttributeRequirement(.label(key), requirement.test)
      return "namespace \(namespaceName(of: other)): \(label(own, actual))"
    case .expression(let expression): return "it does not meet: \(expression)"
    case .notANode: return "it is no node"
    case .nodeName(let wanted):
      return "it is no part of \(wanted.isEmpty ? "any node" : "node \(wanted.joined(separator: ", "))")"
    case .nodePlacement(.own): return "it is not the pod's own node"
    case .nodePlacement: return "it is the pod's own node"
    case .outsideBlock where other.isAddressAssumed:
      return
        "the address is not known, and one such as \(other.address.map(\.description) ?? "?") is outside the block"
    case .outsideBlock: return "address \(other.address.map(\.description) ?? "?") is outside the block"
    case .insideExcept(let cidr):
      return "address \(other.address.map(\.description) ?? "?") is in except \(cidr)"
    case .otherFamily:
      return "\(other.address.map(\.description) ?? "the address") is of the other address family"
    case .noAddress: return "it has no address"
    case .blocksDoNotMatch:
      return "blocks do not match \(other.isNode ? "nodes" : "pods") of the cluster"
    case .domain(let pattern):
      return other.domain.map { "the name \($0) is not among \(pattern)" }
        ?? "it is no domain name, the peer wants \(pattern)"
    case .notOutside: return "it belongs to the cluster"
    case .notAPIServer: return "it is not known to be the API server"
    case .notSpecial(let name): return "it is not the entity \(name)"
    case .excluded(let condition): return "it is excluded: \(condition)"
    }
  }

  /// Why a traffic entry does not match.
  package func text(_ mismatch: TrafficMismatch, _ match: TrafficMatch, _ traffic: FlowTraffic) -> String {
    switch mismatch {
    case .transport:
      let wanted = if case .ports(let ports) = match { ports.transport.name } else { "\(match)" }
      return "the flow is \(Self.text(traffic)), the entry wants \(wanted)"
    case .number, .message: return "the flow is \(Self.text(traffic)), the entry wants \(match)"
    case .excepted: return "the flow is \(Self.text(traffic)), which the entry leaves out"
    case .nameNotDeclared:
      let transport = if case .ports(let ports) = match { "\(ports.transport.name) " } else { "" }
      return "the destination has no \(transport)port named \(Self.name(of: match))"
    case .nameIs(let numbers):
      return
        "on the destination \(Self.name(of: match)) is \(numbers.map(String.init).joined(separator: ", "))"
    case .nameNotKnown: return "no pod of the input has this address, so the names of its ports are not known"
    case .destinationIsNoPod: return "port names are looked up on pods, and the destination is none"
    }
  }

  /// `TCP 5432`, `icmp/8`.
  package static func text(_ traffic: FlowTraffic) -> String {
    switch traffic {
    case .port(let transport, let port): "\(transport.name) \(port)"
    case .other(let traffic): traffic.text
    }
  }

  private static func name(of match: TrafficMatch) -> String {
    if case .ports(let ports) = match, case .named(let name) = ports.ports { name } else { "\(match)" }
  }

  /// `label app=cart, the peer wants app=carts`, with what is probably a typing error named as one.
  private func label(_ requirement: AttributeRequirement, _ actual: String?) -> String {
    if case .unseenLabel(let key) = requirement.attribute {
      return "the agent does not see label \(key), the peer wants \(requirement)"
    }
    let what =
      if case .label(let key) = requirement.attribute { "label \(key)" } else { "\(requirement.attribute)" }
    let has = actual.map { "\(what)=\($0)" } ?? "no \(what)"
    var text = "\(has), the peer wants \(requirement)"
    if case .isIn(let values) = requirement.test, let actual,
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
