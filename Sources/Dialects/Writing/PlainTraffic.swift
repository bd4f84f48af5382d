package import Kubernetes
package import PolicyModel

/// Protocols and ports in one form: equal traffic is equal.
package struct PlainTraffic: Sendable, Hashable {
  /// Ports by the name that a pod gives them.
  package struct NamedPort: Sendable, Hashable, Comparable {
    package let transport: TransportProtocol
    package let name: String

    package init(_ transport: TransportProtocol, _ name: String) {
      self.transport = transport
      self.name = name
    }

    package static func < (left: NamedPort, right: NamedPort) -> Bool {
      (left.transport.rawValue, left.name) < (right.transport.rawValue, right.name)
    }
  }

  /// ICMP messages of a type. All messages of a family are its protocol number.
  package struct Message: Sendable, Hashable, Comparable {
    package let family: AddressFamily
    package let type: UInt8
    /// Nil for every code of the type.
    package let code: UInt8?
    /// Every message of the family but that type and code.
    package let isNegated: Bool

    package init(_ family: AddressFamily, type: UInt8, code: UInt8? = nil, isNegated: Bool = false) {
      self.family = family
      self.type = type
      self.code = code
      self.isNegated = isNegated
    }

    /// The IP protocol that carries it.
    var number: UInt8 { Self.number(of: family) }

    static func number(of family: AddressFamily) -> UInt8 { family == .ipv4 ? 1 : 58 }

    private var sortKey: (UInt8, UInt8, Int, Int) {
      (family.rawValue, type, code.map { Int($0) } ?? -1, isNegated ? 1 : 0)
    }

    package static func < (left: Message, right: Message) -> Bool { left.sortKey < right.sortKey }
  }

  /// Everything, protocols without ports included; the other members are empty then.
  package private(set) var isAny = false
  package private(set) var ports = TrafficSet.none
  /// Of protocols whose ports are not all among ``ports``.
  package private(set) var names: Set<NamedPort> = []
  /// Of families whose protocol is not among ``protocols``.
  package private(set) var messages: Set<Message> = []
  /// Protocols other than TCP, UDP and SCTP, by number.
  package private(set) var protocols: Set<UInt8> = []

  package static let any = PlainTraffic(isAny: true)
  package static let none = PlainTraffic(isAny: false)

  private init(isAny: Bool) { self.isAny = isAny }

  package init(
    ports: TrafficSet = .none, names: Set<NamedPort> = [], messages: Set<Message> = [],
    protocols: Set<UInt8> = []
  ) {
    self.ports = ports
    self.protocols = protocols.intersection(Self.otherProtocols)
    // No pod can name a port so.
    self.names = names.filter { !ports[$0.transport].isAll && NameRules.portNameProblem($0.name) == nil }
    self.messages = messages.filter { !protocols.contains($0.number) }
    if ports == .all, self.protocols == Self.otherProtocols { self = .any }
  }

  package init(_ transport: TransportProtocol, _ range: ClosedRange<UInt16>) {
    self.init(ports: TrafficSet(transport, PortSet(range)))
  }

  static let otherProtocols = OtherProtocols(except: [], location: .nowhere).numbers

  package var isEmpty: Bool {
    !isAny && ports.isEmpty && names.isEmpty && messages.isEmpty && protocols.isEmpty
  }

  /// What has ports.
  var onPorts: PlainTraffic { isAny ? self : PlainTraffic(ports: ports, names: names) }
  /// What has none.
  var withoutPorts: PlainTraffic {
    isAny ? .none : PlainTraffic(messages: messages, protocols: protocols)
  }
  /// Ports by number only.
  var onNumbers: PlainTraffic { isAny ? self : PlainTraffic(ports: ports) }
  /// Ports by name only.
  var onNames: PlainTraffic { PlainTraffic(names: names) }
}

extension SourceLocation {
  /// For what no author wrote.
  package static let nowhere = SourceLocation(file: SourceFile(path: ""), line: 0, column: 0)
}

// MARK: - Sets

extension PlainTraffic {
  package func union(_ other: PlainTraffic) -> PlainTraffic {
    if isAny || other.isAny { return .any }
    return PlainTraffic(
      ports: ports.union(other.ports), names: names.union(other.names),
      messages: messages.union(other.messages), protocols: protocols.union(other.protocols))
  }

  /// Whether everything of `other` is certainly in it.
  func contains(_ other: PlainTraffic) -> Bool {
    if isAny { return true }
    if other.isAny { return false }
    return other.ports.subtracting(ports).isEmpty
      && other.names.allSatisfy { names.contains($0) || self.ports[$0.transport].isAll }
      && other.messages.allSatisfy { messages.contains($0) || protocols.contains($0.number) }
      && other.protocols.isSubset(of: protocols)
  }

  /// Whether it certainly has nothing in common with `other`.
  func isDisjoint(from other: PlainTraffic) -> Bool {
    if isAny || other.isAny { return isEmpty || other.isEmpty }
    return !ports.intersects(other.ports) && !mayShareNames(with: other) && !other.mayShareNames(with: self)
      && protocols.isDisjoint(with: other.protocols)
      && messages.allSatisfy { !other.hasMessages(of: $0.family) }
      && other.messages.allSatisfy { !hasMessages(of: $0.family) }
  }

  /// A name may stand for any number of its protocol.
  private func mayShareNames(with other: PlainTraffic) -> Bool {
    names.contains { name in
      !other.ports[name.transport].isEmpty || other.names.contains { $0.transport == name.transport }
    }
  }

  private func hasMessages(of family: AddressFamily) -> Bool {
    protocols.contains(Message.number(of: family)) || messages.contains { $0.family == family }
  }

  /// What is in it and not in `other`; nil when that cannot be said.
  func subtracting(_ other: PlainTraffic) -> PlainTraffic? {
    if other.contains(self) { return PlainTraffic.none }
    if isDisjoint(from: other) { return self }
    if isAny { return PlainTraffic(everythingBut: other) }
    let keptNames = names.filter { !other.names.contains($0) && !other.ports[$0.transport].isAll }
    let keptMessages = messages.filter {
      !other.messages.contains($0) && !other.protocols.contains($0.number)
    }
    // What a name stands for is known to pods only.
    let areNamesClear =
      !PlainTraffic(names: keptNames).mayShareNames(with: other)
      && other.names.allSatisfy { ports[$0.transport].isEmpty }
    let areMessagesClear = other.messages.allSatisfy { message in
      !protocols.contains(message.number) && !keptMessages.contains { $0.family == message.family }
    }
    guard areNamesClear, areMessagesClear else { return nil }
    return PlainTraffic(
      ports: ports.subtracting(other.ports), names: keptNames, messages: keptMessages,
      protocols: protocols.subtracting(other.protocols))
  }

  private init?(everythingBut other: PlainTraffic) {
    guard other.names.isEmpty, other.messages.isEmpty else { return nil }
    self.init(
      ports: TrafficSet.all.subtracting(other.ports),
      protocols: Self.otherProtocols.subtracting(other.protocols))
  }

  /// What is in both, as far as it is numbers of ports.
  func intersectionOfPorts(_ other: TrafficSet) -> TrafficSet { isAny ? other : ports.intersection(other) }
}

// MARK: - The model's form

extension PlainTraffic {
  /// - Parameter lost: what has no plain form.
  init(_ traffic: Traffic, lost: inout [PortMatch]) {
    guard case .anyOf(let matches) = traffic else {
      self = .any
      return
    }
    var ports: [(TransportProtocol, PortSet)] = []
    var names: Set<NamedPort> = []
    var messages: Set<Message> = []
    var protocols: Set<UInt8> = []
    for match in matches {
      switch match {
      case .ports(let match):
        switch (match.ports, match.names.count + (match.exceptions.isEmpty ? 0 : 1)) {
        case (.named(let name), 1): names.insert(NamedPort(match.transport, name))
        case (.all, 0...1), (.range, 0...1):
          ports.append((match.transport, match.numbers { _ in .none }))
        default: lost.append(match)
        }
      case .icmp(let match):
        guard let type = match.type else {
          if !match.isNegated { protocols.insert(Message.number(of: match.family)) }
          continue
        }
        messages.insert(
          Message(match.family, type: type, code: match.code, isNegated: match.isNegated))
      case .protocols(let match): protocols.formUnion(match.numbers)
      }
    }
    let numbers = ports.reduce(TrafficSet.none) { $0.union(TrafficSet($1.0, $1.1)) }
    self.init(ports: numbers, names: names, messages: messages, protocols: protocols)
  }

  func lowered(at location: SourceLocation) -> Traffic {
    if isAny { return .any }
    var matches: [TrafficMatch] = []
    for transport in TransportProtocol.allCases {
      let own = ports[transport]
      let ranges = own.isAll ? [PortMatch.Ports.all] : own.ranges.map { .range($0) }
      let named = names.filter { $0.transport == transport }.sorted().map { PortMatch.Ports.named($0.name) }
      matches += (ranges + named).map { .ports(PortMatch(transport, $0, location: location)) }
    }
    matches += messages.sorted().map {
      .icmp(
        ICMPMatch($0.family, type: $0.type, code: $0.code, isNegated: $0.isNegated, location: location))
    }
    if !protocols.isEmpty { matches.append(.protocols(OtherProtocols(protocols, location: location))) }
    return .anyOf(matches)
  }
}

extension PlainTraffic: CustomStringConvertible {
  package var description: String { lowered(at: .nowhere).description }

  /// Orders traffic as readers expect it, with everything first.
  var sortKey: String {
    if isAny { return "" }
    func padded(_ number: some BinaryInteger) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, 5 - text.count)) + text
    }
    var parts: [String] = []
    for transport in TransportProtocol.allCases {
      parts += ports[transport].ranges.map {
        "\(transport.rawValue) \(padded($0.lowerBound)) \(padded($0.upperBound))"
      }
    }
    parts += names.sorted().map { "\($0.transport.rawValue) \($0.name)" }
    parts += messages.sorted().map { "icmp \($0)" } + protocols.sorted().map { "protocol \(padded($0))" }
    return parts.joined(separator: ",")
  }
}
