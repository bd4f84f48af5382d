/// Why a forwarder does not run.
package enum DNSForwarderError: Error, Hashable {
  /// - reason: the system's, in words.
  case cannotListen(ServerAddress, reason: String)
  /// A socket that clients ask ended by itself.
  case stopped(ServerAddress)
}

extension DNSForwarderError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .cannotListen(let address, let reason):
      "cannot listen on \(address): \(reason); "
        + "the address must be this host's, no other server may have its port, and ports below 1024 need CAP_NET_BIND_SERVICE"
    case .stopped(let address): "the socket on \(address) has ended; start the forwarder again"
    }
  }
}
