internal import Gateway
internal import Kubernetes
internal import Netlink
internal import Nftables

extension ElementTransaction {
  /// The commands as one batch of the gateway's table.
  init(_ commands: some Sequence<ElementCommand>) {
    self.init(table: GatewayTable.name.text)
    for command in commands { append(command) }
  }

  private mutating func append(_ command: ElementCommand) {
    switch command {
    case .map(let element, let map):
      add(SetKey(element.key), to: map.text, value: .mark(element.mark))
    case .unmap(let key, let map): delete(SetKey(key), from: map.text)
    case .add(let element, let set): add(SetKey(element.key), to: set.text, timeout: element.timeout)
    case .remove(let key, let set): delete(SetKey(key), from: set.text)
    }
  }
}

extension SetKey {
  /// The key of an element whose parts are single values: sets that change at run time have no others.
  init(_ key: [Interval]) {
    let parts = key.map { SetKey($0.first) }
    self = parts.dropFirst().reduce(parts.first ?? .byte(0)) { $0.then($1) }
  }

  private init(_ value: Value) {
    switch value {
    case .address(let address): self = .address(NetworkAddress(address))
    case .protocolNumber(let number), .icmp(let number): self = .byte(number)
    case .port(let port): self = .port(port)
    case .mark(let mark): self = .mark(mark)
    case .family(let family): self = .byte(family == .ipv4 ? 2 : 10)
    // No set of a gateway has interfaces as keys.
    case .interface: self = .byte(0)
    }
  }
}

extension NetworkAddress {
  init(_ address: IPAddress) {
    self = address.family == .ipv4 ? .v4(UInt32(truncatingIfNeeded: address.bits)) : .v6(address.bits)
  }
}

extension IPAddress {
  init(_ address: NetworkAddress) {
    switch address {
    case .v4(let bits): self.init(.ipv4, bits: UInt128(bits))
    case .v6(let bits): self.init(.ipv6, bits: bits)
    }
  }
}
