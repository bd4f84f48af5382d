import Gateway
import Kubernetes
import Nftables
import NftablesSemantics

/// A connection through a gateway, and its packets.
struct Connection {
  let from: IPAddress
  let to: IPAddress
  /// What its first packet carries.
  let content: TracedPacket.Content
  /// Where the sender is.
  var device: InterfaceName = "eth0"
  /// Where the destination was before somebody translated it.
  var written: IPAddress?

  init(_ from: String, _ to: String, _ content: TracedPacket.Content) {
    (self.from, self.to, self.content) = (ip(from), ip(to), content)
  }

  init(_ from: IPAddress, _ to: IPAddress, _ content: TracedPacket.Content, device: InterfaceName = "eth0") {
    (self.from, self.to, self.content, self.device) = (from, to, content, device)
  }

  /// `tcp/443`, `udp/53`, `sctp/9`, `icmp/8`, `icmpv6/128`, `47`, from a source port.
  static func content(_ text: String, sourcePort: UInt16 = 40000) -> TracedPacket.Content {
    let parts = text.split(separator: "/")
    let number = parts.count > 1 ? UInt16(parts[1]) ?? 0 : 0
    switch parts[0] {
    case "tcp": return .tcp(sourcePort: sourcePort, destinationPort: number)
    case "udp": return .udp(sourcePort: sourcePort, destinationPort: number)
    case "sctp": return .sctp(sourcePort: sourcePort, destinationPort: number)
    case "icmp", "icmpv6": return .icmp(type: UInt8(number), code: 0)
    default: return .other(UInt8(parts[0]) ?? 0)
    }
  }

  private var original: TracedPacket.Tuple {
    var tuple = TracedPacket(source: from, destination: written ?? to, content).tuple
    tuple.destination = written ?? to
    return tuple
  }

  private var reply: TracedPacket.Tuple {
    TracedPacket(source: from, destination: to, content).tuple.reversed
  }

  /// The packet that opens it.
  var opening: TracedPacket {
    var packet = TracedPacket(
      source: from, destination: to, content, inputInterface: device, outputInterface: "eth9")
    packet.connection = .init(.new, original: original, reply: reply)
    return packet
  }

  /// An answer to it.
  var answer: TracedPacket {
    let answered: TracedPacket.Content =
      switch content {
      case .tcp(let source, let destination, _):
        .tcp(sourcePort: destination, destinationPort: source, [.syn, .ack])
      case .udp(let source, let destination): .udp(sourcePort: destination, destinationPort: source)
      case .sctp(let source, let destination): .sctp(sourcePort: destination, destinationPort: source)
      case .icmp: .icmp(type: from.family == .ipv4 ? 0 : 129, code: 0)
      case .other(let number): .other(number)
      }
    var packet = TracedPacket(
      source: to, destination: from, answered, inputInterface: "eth9", outputInterface: device)
    packet.connection = .init(.established, original: original, reply: reply, direction: .reply)
    return packet
  }

  /// What a router on the way says about it: that a packet was too large.
  var error: TracedPacket {
    let router: IPAddress = from.family == .ipv4 ? ip("198.51.100.1") : ip("2001:db8:ffff::1")
    var packet = TracedPacket(
      source: router, destination: from,
      from.family == .ipv4 ? .icmp(type: 3, code: 4) : .icmp(type: 2, code: 0),
      inputInterface: "eth9", outputInterface: device)
    packet.connection = .init(
      .related, original: original, reply: reply, direction: .reply, protocolNumber: opening.protocolNumber)
    return packet
  }
}

/// A gateway's kernel.
struct Kernel {
  var interpreter: ProgramInterpreter

  init(_ gateway: Gateway) { interpreter = ProgramInterpreter(gateway.program) }

  /// The kernel of a gateway, when only the preparation of what it becomes is done.
  init(_ gateway: Gateway, preparedFor update: GatewayUpdate) {
    let program = gateway.program
    let markMaps = program.markMaps.map { map in
      let prepared = update.preparation.compactMap { command -> MarkMap.Element? in
        if case .map(let element, map.name) = command { element } else { nil }
      }
      return MarkMap(map.name, map.storage, map.elements + prepared)
    }
    interpreter = ProgramInterpreter(
      NftablesProgram(
        table: program.table, counters: program.counters, sets: program.sets, maps: program.maps,
        markMaps: markMaps, chains: program.chains))
  }

  /// What becomes of the first packet.
  func outcome(_ connection: Connection) -> Outcome {
    interpreter.outcome(of: connection.opening, at: .forward)
  }

  /// Whether packets of both directions pass, and errors; nil when they are not treated alike, or the program has a fault.
  func passes(_ connection: Connection) -> Bool? {
    let outcomes = [connection.opening, connection.answer, connection.error].map {
      interpreter.outcome(of: $0, at: .forward)
    }
    guard outcomes.allSatisfy(\.faults.isEmpty) else { return nil }
    let fates = Set(outcomes.map(\.isAccepted))
    return fates.count == 1 ? fates.first : nil
  }
}

extension Gateway {
  func passes(_ from: String, _ to: String, _ content: String) -> Bool? {
    Kernel(self).passes(Connection(from, to, Connection.content(content)))
  }
}
