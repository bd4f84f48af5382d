internal import Glibc
internal import Netlink

extension ProbeRun {
  /// Connects from one end to many; the calling thread is in its namespace.
  mutating func sendConnections(_ numbers: [Int], from source: NetworkAddress) throws(LabError) {
    let sending = ProbeSockets()
    for start in stride(from: 0, to: numbers.count, by: Self.pieceLength) {
      let piece = numbers[start..<min(start + Self.pieceLength, numbers.count)]
      defer { sending.closeAll() }
      var waits: [pollfd] = []
      waits.reserveCapacity(piece.count)
      for number in piece {
        waits.append(
          pollfd(fd: try beginConnecting(number, from: source, sending), events: Int16(POLLOUT), revents: 0))
      }
      try lab.clock.settle()
      _ = poll(&waits, nfds_t(waits.count), 0)
      for (number, wait) in zip(piece, waits) {
        // An error also is what ICMP says while the handshake goes on.
        if wait.revents & Int16(POLLERR | POLLHUP) != 0 {
          deliveries[number] = .rejected
        } else if wait.revents & Int16(POLLOUT) != 0 {
          deliveries[number] = .delivered
        }
      }
      sending.closeAll()
      for number in piece {
        let accepted = accept(sockets[listenerNumbers[number]], nil, nil)
        if accepted >= 0 { close(accepted) }
      }
    }
  }

  private func beginConnecting(
    _ number: Int, from source: NetworkAddress, _ sending: ProbeSockets
  ) throws(LabError) -> Int32 {
    let probe = probes[number]
    do throws(NetlinkError) {
      let socket = try sending.openSender(.tcp, source)
      let result = probe.destination.withSocketAddress(port: probe.transport.port) { connect(socket, $0, $1) }
      guard result == 0 || errno == EINPROGRESS || ProbeErrors.areRefusals(errno) else {
        throw NetlinkError("connect: \(probe)")
      }
      return socket
    } catch {
      throw .system(error)
    }
  }
}

/// Errors of sending that somebody on the way, and not this machine, is the reason of.
enum ProbeErrors {
  static func areRefusals(_ number: Int32) -> Bool {
    [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EACCES, ENOPROTOOPT, EHOSTDOWN, ENONET, EPROTO, EOPNOTSUPP]
      .contains(number)
  }
}
