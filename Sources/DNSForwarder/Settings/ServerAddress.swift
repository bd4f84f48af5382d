package import Kubernetes
internal import NIOCore

/// Where a server of names is: an address and a port, over UDP and TCP alike.
package struct ServerAddress: Sendable, Hashable {
  package let address: IPAddress
  /// 0 for any free one where a server is to be started.
  package let port: UInt16

  /// The port of the domain name system.
  package static let standardPort: UInt16 = 53

  package init(_ address: IPAddress, port: UInt16 = standardPort) {
    self.address = address
    self.port = port
  }
}

extension ServerAddress: CustomStringConvertible {
  package var description: String {
    address.family == .ipv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
  }
}

extension ServerAddress {
  func socketAddress() throws -> SocketAddress {
    try SocketAddress(ipAddress: address.description, port: Int(port))
  }

  /// Nil for what is no address of IP.
  init?(_ address: SocketAddress?) {
    guard let text = address?.ipAddress, let ip = IPAddress(text),
      let port = address?.port.flatMap(UInt16.init(exactly:))
    else { return nil }
    self.init(ip, port: port)
  }
}
