internal import Kubernetes
internal import PolicyModel

/// What one rule of Calico says of protocols and ports.
struct CalicoTrafficPart {
  /// `protocol`, `icmp`, `notICMP`.
  var members: [DataValue.Member] = []
  /// `destination.ports`.
  var ports: [DataValue] = []
  /// The only family that there is any of; nil for both.
  var family: AddressFamily?
}

extension PlainTraffic {
  /// The most ports of a rule.
  private static let limit = 50

  /// What Calico cannot say: the protocol number 0, and the type 255 of messages.
  var unsaidByCalico: PlainTraffic {
    PlainTraffic(messages: messages.filter { $0.type == .max }, protocols: protocols.intersection([0]))
  }

  /// All else, as rules that each have one protocol.
  var calicoParts: [CalicoTrafficPart] {
    if isAny { return [CalicoTrafficPart()] }
    return portParts + messageParts + protocolParts
  }

  private var portParts: [CalicoTrafficPart] {
    TransportProtocol.allCases.flatMap { transport -> [CalicoTrafficPart] in
      let members = [DataValue.Member("protocol", .string(transport.name))]
      if ports[transport].isAll { return [CalicoTrafficPart(members: members)] }
      let numbers = ports[transport].ranges.map { range -> DataValue in
        range.count == 1
          ? .integer(Int(range.lowerBound)) : .string("\(range.lowerBound):\(range.upperBound)")
      }
      let named = names.filter { $0.transport == transport }.sorted().map { DataValue.string($0.name) }
      return (numbers + named).chunked(Self.limit).map { CalicoTrafficPart(members: members, ports: $0) }
    }
  }

  private var messageParts: [CalicoTrafficPart] {
    messages.filter { $0.type < .max }.sorted().map { message in
      let fields = DataValue.members(
        ("type", .integer(Int(message.type))), ("code", message.code.map { .integer(Int($0)) }))
      return CalicoTrafficPart(
        members: [
          DataValue.Member("protocol", .string(message.family == .ipv4 ? "ICMP" : "ICMPv6")),
          DataValue.Member(message.isNegated ? "notICMP" : "icmp", fields),
        ], family: message.family)
    }
  }

  private var protocolParts: [CalicoTrafficPart] {
    protocols.filter { $0 > 0 }.sorted().map { number in
      let known: (name: String, family: AddressFamily?)? =
        switch number {
        case 1: ("ICMP", .ipv4)
        case 58: ("ICMPv6", .ipv6)
        case 136: ("UDPLite", nil)
        default: nil
        }
      return CalicoTrafficPart(
        members: [DataValue.Member("protocol", known.map { .string($0.name) } ?? .integer(Int(number)))],
        family: known?.family)
    }
  }
}
