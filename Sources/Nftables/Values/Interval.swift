package import Kubernetes

/// One value, or all values between two.
package enum Interval: Sendable, Hashable {
  case one(Value)
  /// Both ends belong to it. They are of one kind, and the first is not above the second.
  case range(Value, Value)
  case block(CIDR)

  /// A block, or the address when there is just one in it.
  package init(_ block: CIDR) {
    self = block.first == block.last ? .one(.address(block.first)) : .block(block)
  }

  /// A range of ports, or the port when there is just one in it.
  package init(_ ports: ClosedRange<UInt16>) {
    self =
      ports.count == 1
      ? .one(.port(ports.lowerBound)) : .range(.port(ports.lowerBound), .port(ports.upperBound))
  }

  /// A range of addresses of one family, or the address when there is just one in it.
  package init(_ first: IPAddress, _ last: IPAddress) {
    self = first == last ? .one(.address(first)) : .range(.address(first), .address(last))
  }

  package static func port(_ port: UInt16) -> Interval { .one(.port(port)) }
  package static func address(_ address: IPAddress) -> Interval { .one(.address(address)) }
  package static func transport(_ transport: TransportProtocol) -> Interval { .one(.transport(transport)) }

  /// The lowest value.
  package var first: Value {
    switch self {
    case .one(let value), .range(let value, _): value
    case .block(let block): .address(block.first)
    }
  }

  /// The highest value.
  package var last: Value {
    switch self {
    case .one(let value), .range(_, let value): value
    case .block(let block): .address(block.last)
    }
  }

  /// Whether it is one value, which hash sets can hold.
  package var isOne: Bool { first == last }

  /// Whether the value is of the same kind and not outside.
  package func contains(_ value: Value) -> Bool {
    switch (self, value) {
    case (.one(let one), _): return one == value
    case (.block(let block), .address(let address)): return block.contains(address)
    case (.block, _): return false
    case (.range(.address(let first), .address(let last)), .address(let address)):
      return first.family == address.family && first <= address && address <= last
    case (.range(.protocolNumber, .protocolNumber), .protocolNumber), (.range(.port, .port), .port),
      (.range(.mark, .mark), .mark), (.range(.icmp, .icmp), .icmp):
      guard let low = first.position, let place = value.position, let high = last.position else {
        return false
      }
      return low <= place && place <= high
    default: return false
    }
  }

  /// Whether a key of the type can have its values.
  package func fits(_ type: KeyType) -> Bool { first.fits(type) && last.fits(type) }
}
