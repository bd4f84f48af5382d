package import Kubernetes

/// Why a forwarder cannot have its settings.
package enum DNSForwarderSettingsError: Error, Hashable {
  case noListenAddress
  /// One that is no address of this host alone: a wildcard, multicast or broadcast.
  case listenAddress(IPAddress)
  case repeatedListenAddress(IPAddress)
  case noUpstream
  case upstream(ServerAddress)
  /// An upstream that is the forwarder.
  case upstreamIsItself(ServerAddress)
  /// A number that is too small or too large, as the settings name it.
  case value(String, expected: String)
}

extension DNSForwarderSettingsError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noListenAddress: "there is no address to listen on; give at least one"
    case .listenAddress(let address):
      "cannot listen on \(address): answers must come from the address that was asked; "
        + "give the addresses of this host that clients use"
    case .repeatedListenAddress(let address): "\(address) is there twice; remove one"
    case .noUpstream: "there is no server to ask; give at least one upstream"
    case .upstream(let server): "cannot ask \(server); give a server's own address and its port"
    case .upstreamIsItself(let server): "the upstream \(server) is this forwarder; give another"
    case .value(let name, let expected): "\(name) must be \(expected)"
    }
  }
}

extension DNSForwarderSettings {
  /// The first reason for which a forwarder cannot have these settings.
  func check() throws(DNSForwarderSettingsError) {
    if listenAddresses.isEmpty { throw .noListenAddress }
    var seen: Set<IPAddress> = []
    for address in listenAddresses {
      guard Self.isOfOneServer(address) else { throw .listenAddress(address) }
      guard seen.insert(address).inserted else { throw .repeatedListenAddress(address) }
    }
    if upstreams.isEmpty { throw .noUpstream }
    for server in upstreams {
      guard server.port > 0, Self.isOfOneServer(server.address) else { throw .upstream(server) }
      if port == server.port, seen.contains(server.address) { throw .upstreamIsItself(server) }
    }
    try checkNumbers()
  }

  private func checkNumbers() throws(DNSForwarderSettingsError) {
    let counts = [
      ("rounds", rounds), ("questions", limits.questions),
      ("questions for each client", limits.questionsPerClient), ("connections", limits.connections),
      ("connections for each client", limits.connectionsPerClient),
    ]
    for (name, count) in counts where count < 1 { throw .value(name, expected: "at least 1") }
    for (name, bytes) in [("question bytes", limits.questionBytes), ("answer bytes", limits.answerBytes)] {
      guard (512...65_535).contains(bytes) else { throw .value(name, expected: "from 512 to 65535") }
    }
    for (name, time) in [("timeout", timeout), ("idle time", limits.idleTime)] {
      guard time > .zero, time <= .seconds(3600) else {
        throw .value(name, expected: "more than no time and at most an hour")
      }
    }
    for (name, time) in [("minimum lifetime", minimumLifetime), ("grace", grace)] {
      guard time >= .zero, time <= .seconds(604_800) else {
        throw .value(name, expected: "from no time to a week")
      }
    }
  }

  /// Loopback is of one host too: of this one.
  private static func isOfOneServer(_ address: IPAddress) -> Bool {
    let isLoopback = address.family == .ipv4 ? address.bits >> 24 == 127 : address.bits == 1
    return isLoopback || address.isOfOneHost
  }
}
