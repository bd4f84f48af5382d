internal import Kubernetes
internal import PolicyModel

extension PlainTraffic {
  /// The most entries of `ports` and of `fields`.
  private static let limit = 40

  /// What Cilium cannot say: codes of messages, and protocols that need an option of the agent.
  var unsaidByCilium: PlainTraffic {
    PlainTraffic(
      messages: Set(
        messages.filter { $0.code != nil }.map { Message($0.family, type: $0.type, code: $0.code) }),
      protocols: protocols.subtracting([1, 58]))
  }

  /// `toPorts` and `icmps` of rules that each have one of them; nil for everything.
  ///
  /// - Parameter proxiesDNS: whether DNS questions go through the proxy, which learns names from them.
  func ciliumMembers(proxiesDNS: Bool) -> [DataValue.Member?] {
    if isAny { return [nil] }
    let ports = portEntries(proxiesDNS: proxiesDNS)
    let fields = messageFields
    return (ports.isEmpty ? [] : [DataValue.Member("toPorts", .list(ports))])
      + (fields.isEmpty
        ? []
        : [
          DataValue.Member(
            "icmps", .list(fields.chunked(Self.limit).map { .members(("fields", .list($0))) }))
        ])
  }

  /// Whether resolvers can be asked.
  var canBeDNS: Bool { !isAny && (ports.udp.contains(53) || ports.tcp.contains(53)) }

  private static let dns = TrafficSet(tcp: PortSet(53), udp: PortSet(53))

  private func portEntries(proxiesDNS: Bool) -> [DataValue] {
    if !proxiesDNS { return Self.entries(entryPorts(ports, names)) }
    let lookups = entryPorts(ports.intersection(Self.dns), [])
    let rules = DataValue.members(("dns", .list([.members(("matchPattern", "*"))])))
    return [.members(("ports", .list(lookups)), ("rules", rules))]
      + Self.entries(entryPorts(ports.subtracting(Self.dns), names))
  }

  private static func entries(_ ports: [DataValue]) -> [DataValue] {
    ports.chunked(limit).map { .members(("ports", .list($0))) }
  }

  private func entryPorts(_ numbers: TrafficSet, _ names: Set<NamedPort>) -> [DataValue] {
    TransportProtocol.allCases.flatMap { transport -> [DataValue] in
      func entry(_ port: String, _ end: UInt16? = nil) -> DataValue {
        .members(
          ("port", .string(port)), ("endPort", end.map { .integer(Int($0)) }),
          ("protocol", .string(transport.name)))
      }
      if numbers[transport].isAll { return [entry("0")] }
      return numbers[transport].ranges.map { range in
        entry("\(range.lowerBound)", range.count == 1 ? nil : range.upperBound)
      } + names.filter { $0.transport == transport }.sorted().map { entry($0.name) }
    }
  }

  /// Types of messages, each as a field.
  private var messageFields: [DataValue] {
    AddressFamily.allCases.flatMap { family -> [DataValue] in
      var types: Set<UInt8> = protocols.contains(Message.number(of: family)) ? Set(UInt8.min...UInt8.max) : []
      for message in messages where message.family == family {
        if message.isNegated {
          types.formUnion(Set(UInt8.min...UInt8.max).subtracting([message.type]))
        } else if message.code == nil {
          types.insert(message.type)
        }
      }
      return types.sorted().map {
        .members(("family", .string(family.name)), ("type", .integer(Int($0))))
      }
    }
  }
}
