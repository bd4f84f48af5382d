internal import Glibc
internal import Netlink

extension ProbeRun {
  /// Sends datagrams, INITs or echoes from one end to many; the calling thread is in its namespace.
  mutating func sendDatagrams(
    _ numbers: [Int], _ kind: Probe.Transport.Kind, from source: NetworkAddress
  ) throws(LabError) {
    let sending = ProbeSockets()
    defer { sending.closeAll() }
    let sender: Int32
    do {
      sender = try sending.openSender(kind, source)
    } catch {
      throw .system(error)
    }
    for start in stride(from: 0, to: numbers.count, by: Self.pieceLength) {
      let piece = numbers[start..<min(start + Self.pieceLength, numbers.count)]
      for number in piece { try send(number, sender) }
      try lab.clock.settle()
      // Errors come first: as long as there are some, the socket gives nothing else.
      while let bytes = receive(sender, Int32(MSG_ERRQUEUE)) { note(bytes, kind, .rejected) }
      if kind == .echo {
        while let bytes = receive(sender, 0) { note(bytes, kind, .delivered, hasIPHeader: source.isIPv4) }
      }
      for number in piece {
        // Each probe brings at most one packet to its listener, so as many looks as probes find all of them.
        guard let bytes = receive(sockets[listenerNumbers[number]], 0), kind != .echo else { continue }
        note(bytes, kind, .delivered, hasIPHeader: kind == .sctp && source.isIPv4)
      }
    }
  }

  private func send(_ number: Int, _ sender: Int32) throws(LabError) {
    let probe = probes[number]
    let port = probe.transport.kind == .udp ? probe.transport.port : 0
    let bytes = ProbePacket(index: UInt32(number), run: self.number).bytes(
      probe.transport, sourcePort: sourcePort, isIPv4: probe.source.isIPv4)
    for _ in 0..<4 {
      let count = probe.destination.withSocketAddress(port: port) {
        sendto(sender, bytes, bytes.count, 0, $0, $1)
      }
      if count == bytes.count { return }
      // What is refused here is the probe before: a socket tells of ICMP errors at the next call.
      guard ProbeErrors.areRefusals(errno) else { break }
    }
    throw .system(NetlinkError("send: \(probe)"))
  }

  /// What a socket has, up to what is looked at; nil when it has nothing.
  private func receive(_ socket: Int32, _ flags: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = recv(socket, &bytes, bytes.count, flags | Int32(MSG_DONTWAIT))
    guard count >= 0 else { return nil }
    return Array(bytes[..<count])
  }

  /// Writes down what became of the probe that a packet is of.
  private mutating func note(
    _ bytes: [UInt8], _ kind: Probe.Transport.Kind, _ delivery: Delivery, hasIPHeader: Bool = false
  ) {
    let header = hasIPHeader ? Int(bytes.first ?? 0) % 16 * 4 : 0
    guard header <= bytes.count else { return }
    let packet = bytes.withUnsafeBytes {
      ProbePacket(
        UnsafeRawBufferPointer(rebasing: $0[header...]), kind,
        isAnswer: kind == .echo && delivery == .delivered)
    }
    guard let packet, packet.run == number, deliveries.indices.contains(Int(packet.index)) else { return }
    deliveries[Int(packet.index)] = delivery
  }
}
