internal import Netlink

/// The work on many probes at a time, on one thread that goes from namespace to namespace.
///
/// Probes are sent in pieces of one end each. After each piece the clock says when all packets have got where they get to, and
/// everything that is to be seen is there to be read: no probe has a timeout, and what is not seen has not come.
struct ProbeRun {
  /// Where something comes in.
  struct Listener: Hashable {
    let end: Int
    let kind: Probe.Transport.Kind
    let port: UInt16
    let isIPv4: Bool
  }

  /// How many probes are on their way at a time: fewer than the queue of a processor (1000 packets) and the buffer of a socket
  /// (some 250 datagrams) hold.
  static let pieceLength = 128

  let lab: Lab
  let probes: [Probe]
  /// A number that nothing of another run has.
  let number = UInt32.random(in: .min ... .max)
  /// The source port of SCTP, which has no sockets to choose one: none that is probed.
  let sourcePort: UInt16
  var deliveries: [Delivery]
  /// For each probe the number of where it is to come in.
  var listenerNumbers: [Int] = []
  var listeners: [Listener] = []
  /// For each listener of the current round its socket.
  var sockets: [Int32] = []

  init(_ lab: Lab, _ probes: [Probe]) throws(LabError) {
    self.lab = lab
    self.probes = probes
    deliveries = Array(repeating: .silent, count: probes.count)
    let probed = Set(probes.lazy.filter { $0.transport.kind == .sctp }.map(\.transport.port))
    let start = number
    sourcePort =
      (0..<60_000).lazy.map { 1024 + UInt16((start &+ $0) % 60_000) }.first { !probed.contains($0) } ?? 1024
    var numbers: [Listener: Int] = [:]
    listenerNumbers.reserveCapacity(probes.count)
    for probe in probes {
      guard lab.owners[probe.source] != nil, let end = lab.owners[probe.destination] else {
        throw .unknownAddress(probe)
      }
      guard probe.source.isIPv4 == probe.destination.isIPv4 else { throw .mixedFamilies(probe) }
      let listener = Listener(
        end: end, kind: probe.transport.kind, port: probe.transport.kind == .sctp ? 0 : probe.transport.port,
        isIPv4: probe.source.isIPv4)
      let number = numbers[listener, default: listeners.count]
      if number == listeners.count {
        numbers[listener] = number
        listeners.append(listener)
      }
      listenerNumbers.append(number)
    }
  }

  /// Sends all probes, and says what became of them.
  consuming func finish() throws(LabError) -> [Delivery] {
    let run = self
    return try NamespaceThread.run { (thread) throws(LabError) in
      var run = run
      let processors = ThreadProcessors()
      let limit = FileLimit.listeners
      for first in stride(from: 0, to: run.listeners.count, by: limit) {
        try run.finish(first..<min(first + limit, run.listeners.count), &thread, processors)
      }
      return run.deliveries
    }
  }

  /// Sends the probes that come in at some of the listeners.
  private mutating func finish(
    _ round: Range<Int>, _ thread: inout NamespaceThread, _ processors: ThreadProcessors
  ) throws(LabError) {
    let receiving = ProbeSockets()
    defer { receiving.closeAll() }
    do {
      try listen(round, receiving, &thread)
    } catch {
      throw .system(error)
    }
    var bySource: [NetworkAddress: [Int]] = [:]
    for (probe, listener) in listenerNumbers.enumerated() where round.contains(listener) {
      bySource[probes[probe].source, default: []].append(probe)
    }
    let numbers = bySource.values.sorted { $0[0] < $1[0] }
    for numbers in numbers {
      let source = probes[numbers[0]].source
      guard let end = lab.owners[source] else { continue }
      processors.choose()
      do {
        try thread.enter(lab.namespaces[end])
        try reservePorts(thread)
      } catch {
        throw .system(error)
      }
      for kind in [Probe.Transport.Kind.tcp, .udp, .sctp, .echo] {
        let same = numbers.filter { probes[$0].transport.kind == kind }
        if same.isEmpty { continue }
        if kind == .tcp {
          try sendConnections(same, from: source)
        } else {
          try sendDatagrams(same, kind, from: source)
        }
      }
    }
  }

  /// Opens the sockets of a round.
  private mutating func listen(
    _ round: Range<Int>, _ receiving: ProbeSockets, _ thread: inout NamespaceThread
  ) throws(NetlinkError) {
    if sockets.isEmpty { sockets = Array(repeating: -1, count: listeners.count) }
    var current = -1
    for number in round.sorted(by: { listeners[$0].end < listeners[$1].end }) {
      let listener = listeners[number]
      if listener.end != current {
        try thread.enter(lab.namespaces[listener.end])
        current = listener.end
      }
      sockets[number] = try receiving.openListener(
        listener.kind, port: listener.port, isIPv4: listener.isIPv4)
    }
  }

  /// Keeps senders from having a port that is probed: the answer to a probe would look like a probe to it.
  private func reservePorts(_ thread: borrowing NamespaceThread) throws(NetlinkError) {
    let ports = Set(listeners.lazy.map(\.port).filter { $0 >= 1024 }).sorted()
    if ports.isEmpty { return }
    try thread.setParameter(
      "net/ipv4/ip_local_reserved_ports", ports.map(String.init).joined(separator: ","))
  }
}

extension Lab {
  /// Sends probes, and says what became of each, in their order.
  ///
  /// Listeners are opened as they are needed; a port at which somebody listens already in an end's namespace is an error. It takes
  /// about 5 µs for a datagram and 30 µs for a connection, and blocks the calling thread meanwhile. Rules that hand packets to
  /// programs (`queue`) are not waited for.
  package func probe(_ probes: [Probe]) throws(LabError) -> [Delivery] {
    if probes.isEmpty { return [] }
    return try ProbeRun(self, probes).finish()
  }
}
