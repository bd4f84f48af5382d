package import Kubernetes

/// An IP protocol, by name or by number 1…255.
package struct CalicoProtocol: Sendable, Hashable {
  package let number: UInt8

  package static let icmp = CalicoProtocol(number: 1)
  package static let tcp = CalicoProtocol(number: 6)
  package static let udp = CalicoProtocol(number: 17)
  package static let icmpv6 = CalicoProtocol(number: 58)
  package static let sctp = CalicoProtocol(number: 132)
  package static let udpLite = CalicoProtocol(number: 136)

  private static let names: [(name: String, value: CalicoProtocol)] = [
    ("TCP", tcp), ("UDP", udp), ("ICMP", icmp), ("ICMPv6", icmpv6), ("SCTP", sctp), ("UDPLite", udpLite),
  ]

  private init(number: UInt8) { self.number = number }

  /// Whether Calico matches ports of the protocol. UDPLite has ports, but Calico does not match them.
  package var supportsPorts: Bool { self == .tcp || self == .udp || self == .sctp }

  /// The family that the protocol belongs to, when it belongs to one.
  package var addressFamily: AddressFamily? {
    switch self {
    case .icmp: .ipv4
    case .icmpv6: .ipv6
    default: nil
    }
  }
}

extension CalicoProtocol: CustomStringConvertible {
  /// The name, else the number.
  package var description: String {
    Self.names.first { $0.value == self }?.name ?? String(number)
  }
}

extension CalicoProtocol {
  private static let expectation = "TCP, UDP, ICMP, ICMPv6, SCTP, UDPLite or 1 to 255"

  /// Reads a name or a number, which may be in quotes.
  init?(_ node: Node, field: @autoclosure () -> String, _ problems: inout [Diagnostic]) {
    guard node.content == .scalar else {
      problems.reportWrongType(node, field(), expected: Self.expectation)
      return nil
    }
    switch node.scalar {
    case .integer(let value):
      guard let number = UInt8(exactly: value), number > 0 else {
        problems.reportInvalid(
          node, "`\(field())` must be \(Self.expectation), not \(value)", felix: .ignoresPolicy)
        return nil
      }
      self.init(number: number)
    case .string:
      guard let value = Self.named(node.text) else {
        Self.reportUnknown(node, field: field(), &problems)
        return nil
      }
      self = value
    case .null, .bool, .float:
      problems.reportWrongType(node, field(), expected: Self.expectation)
      return nil
    }
  }

  private static func named(_ text: String) -> CalicoProtocol? {
    if let known = names.first(where: { $0.name == text })?.value { return known }
    guard text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
      let number = UInt8(text), number > 0
    else { return nil }
    return CalicoProtocol(number: number)
  }

  /// Felix reads names in any letter case, so only Calico's other validators refuse `tcp`.
  private static func reportUnknown(
    _ node: Node, field: @autoclosure () -> String, _ problems: inout [Diagnostic]
  ) {
    let text = node.text
    let message = "`\(field())` must be \(expectation), not `\(text)`"
    if let name = names.first(where: { $0.name.lowercased() == text.lowercased() })?.name {
      problems.reportInvalid(node, message, fix: "write \(name)")
    } else {
      let isAny = ["any", "all", "*"].contains(text.lowercased())
      problems.reportInvalid(
        node, message, felix: .ignoresPolicy, fix: isAny ? "leave it out to mean every protocol" : nil)
    }
  }
}
