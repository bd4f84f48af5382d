internal import Kubernetes
internal import PolicyModel

/// Protocols and ports at the destination of a connection.
///
/// ```swift
/// .tcp(80)                      // one port
/// .tcp(80, 443)                 // several
/// .tcp(from: 8000, to: 8080)    // a range
/// .all(.udp)                    // every port of a protocol
/// .named("metrics")             // as the destination's containers call it
/// [.tcp(53), .udp(53)]          // any of these
/// .any                          // every protocol, those without ports included
/// ```
///
/// A port is 1…65535 and a range ascends: what is not is reported by ``Intent/check()`` at the place of the rule.
public struct PortSet: Sendable, Hashable {
  enum Entry: Sendable, Hashable {
    case range(Transport, UInt16, UInt16)
    case all(Transport)
    case named(String, Transport)
    case icmp(AddressFamily, type: UInt8?, code: UInt8?)
    case other(UInt8)
  }

  /// Empty for every protocol.
  let entries: Set<Entry>
  let isAny: Bool

  private init(entries: Set<Entry>, isAny: Bool = false) {
    self.entries = isAny ? [] : entries
    self.isAny = isAny
  }

  init(_ entries: some Sequence<Entry>) { self.init(entries: Set(entries)) }

  /// Every protocol and every port.
  public static let any = PortSet(entries: [], isAny: true)

  /// Ports of TCP.
  public static func tcp(_ ports: UInt16...) -> PortSet { PortSet(ports.map { .range(.tcp, $0, $0) }) }
  /// Ports of UDP.
  public static func udp(_ ports: UInt16...) -> PortSet { PortSet(ports.map { .range(.udp, $0, $0) }) }
  /// Ports of SCTP.
  public static func sctp(_ ports: UInt16...) -> PortSet { PortSet(ports.map { .range(.sctp, $0, $0) }) }

  /// Both ends of the range belong to it.
  public static func tcp(from first: UInt16, to last: UInt16) -> PortSet {
    PortSet([.range(.tcp, first, last)])
  }
  /// Both ends of the range belong to it.
  public static func udp(from first: UInt16, to last: UInt16) -> PortSet {
    PortSet([.range(.udp, first, last)])
  }
  /// Both ends of the range belong to it.
  public static func sctp(from first: UInt16, to last: UInt16) -> PortSet {
    PortSet([.range(.sctp, first, last)])
  }

  /// Every port of some protocols.
  public static func all(_ transports: Transport...) -> PortSet { PortSet(transports.map { .all($0) }) }

  /// The port that the destination's containers give this name. It matches nothing where nobody gives it.
  public static func named(_ name: String, _ transport: Transport = .tcp) -> PortSet {
    PortSet([.named(name, transport)])
  }

  /// Every message of ICMP.
  public static let icmp = PortSet([.icmp(.ipv4, type: nil, code: nil)])
  /// Every message of ICMPv6.
  public static let icmpv6 = PortSet([.icmp(.ipv6, type: nil, code: nil)])

  /// Messages of ICMP by type: 8 is an echo request.
  public static func icmp(type: UInt8, code: UInt8? = nil) -> PortSet {
    PortSet([.icmp(.ipv4, type: type, code: code)])
  }

  /// Messages of ICMPv6 by type: 128 is an echo request.
  public static func icmpv6(type: UInt8, code: UInt8? = nil) -> PortSet {
    PortSet([.icmp(.ipv6, type: type, code: code)])
  }

  /// A protocol without ports, by its number in the IP header: 47 is GRE.
  public static func ipProtocol(_ number: UInt8) -> PortSet { PortSet([.other(number)]) }

  /// What any of both matches.
  public func union(_ other: PortSet) -> PortSet {
    PortSet(entries: entries.union(other.entries), isAny: isAny || other.isAny)
  }
}

/// A protocol with ports.
public enum Transport: String, Sendable, Hashable, CaseIterable {
  case tcp
  case udp
  case sctp
}

extension PortSet: ExpressibleByArrayLiteral {
  /// What any of these matches. Without elements it matches nothing, which is an error in a rule.
  public init(arrayLiteral sets: PortSet...) {
    self = sets.reduce(PortSet(entries: [])) { $0.union($1) }
  }
}

extension PortSet: CustomStringConvertible {
  /// `TCP 80, UDP 53`, `all ports`.
  public var description: String { isAny ? "all ports" : traffic(at: CallSite("", 0)).description }
}

extension PortSet {
  var isEmpty: Bool { !isAny && entries.isEmpty }

  /// The same as the engine knows it; for what is not valid, nothing.
  func traffic(at site: CallSite) -> Traffic {
    if isAny { return .any }
    return .anyOf(entries.sorted { $0.order < $1.order }.compactMap { $0.match(at: site.location) })
  }

  var problems: [String] { entries.sorted { $0.order < $1.order }.compactMap(\.problem) }

  var names: Set<String> {
    Set(entries.compactMap { if case .named(let name, _) = $0 { name } else { nil } })
  }
}

extension PortSet.Entry {
  fileprivate typealias Order = (Int, String, UInt16, UInt16)

  fileprivate var order: Order {
    switch self {
    case .all(let transport): (0, transport.rawValue, 0, 0)
    case .range(let transport, let first, let last): (0, transport.rawValue, first, last)
    case .named(let name, let transport): (1, transport.rawValue + name, 0, 0)
    case .icmp(let family, let type, let code):
      (2, family.name, type.map { UInt16($0) + 1 } ?? 0, code.map { UInt16($0) + 1 } ?? 0)
    case .other(let number): (3, "", UInt16(number), 0)
    }
  }

  fileprivate var problem: String? {
    switch self {
    case .all: nil
    case .range(_, let first, let last):
      first == 0 || last == 0
        ? "a port is 1 to 65535, not 0" : first > last ? "the range \(first) to \(last) is empty" : nil
    case .named(let name, _): NameRules.portNameProblem(name).map { "the port name `\(name)` \($0)" }
    case .icmp(_, _, _): nil
    case .other(let number):
      TransportProtocol.allCases.first { $0.number == number }.map {
        "protocol \(number) is \($0.name), which has ports: write .all(.\($0.name.lowercased()))"
      }
    }
  }

  fileprivate func match(at location: SourceLocation) -> TrafficMatch? {
    switch self {
    case .all(let transport): return .ports(PortMatch(transport.model, .all, location: location))
    case .range(let transport, let first, let last):
      return problem == nil
        ? .ports(PortMatch(transport.model, .range(first...last), location: location)) : nil
    case .named(let name, let transport):
      return .ports(PortMatch(transport.model, .named(name), location: location))
    case .icmp(let family, let type, let code):
      return .icmp(ICMPMatch(family, type: type, code: code, location: location))
    case .other(let number): return .protocols(OtherProtocols([number], location: location))
    }
  }
}

extension Transport {
  var model: TransportProtocol {
    switch self {
    case .tcp: .tcp
    case .udp: .udp
    case .sctp: .sctp
    }
  }

  init(_ model: TransportProtocol) {
    switch model {
    case .tcp: self = .tcp
    case .udp: self = .udp
    case .sctp: self = .sctp
    }
  }
}
