internal import Glibc
internal import NIOCore

/// The socket that clients of UDP ask, which also sends their answers.
///
/// Answers do not go through a channel of NIO. It closes itself when the kernel refuses to send a single packet, as it
/// does for a client that a rule of the firewall or no route leads to, and for one whose packet says that it came from
/// port 0: with a forged packet anyone could stop the service. Here one client has no answer, and no one else notices.
final class DatagramSocket: Sendable {
  private let descriptor: Int32

  /// - Throws: `IOError`.
  init(boundTo address: SocketAddress) throws {
    let family = address.protocol == .inet6 ? AF_INET6 : AF_INET
    let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    descriptor = socket(family, type, 0)
    guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
    // As much as the kernel gives: clients ask in bursts.
    var size: Int32 = 1 << 20
    _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    let bound = address.withSockAddr { bind(descriptor, $0, socklen_t($1)) }
    guard bound == 0 else { throw IOError(errnoCode: errno, reason: "bind") }
  }

  deinit { close(descriptor) }

  /// Another descriptor of the socket, which the caller owns.
  func duplicate() throws -> Int32 {
    let other = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard other >= 0 else { throw IOError(errnoCode: errno, reason: "fcntl") }
    return other
  }

  /// Sends a packet if the kernel takes it now. Never waits; a packet may get lost on its way as well.
  func send(_ bytes: [UInt8], to address: SocketAddress) {
    _ = bytes.withUnsafeBytes { bytes in
      address.withSockAddr { peer, length in
        sendto(
          descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL),
          peer, socklen_t(length))
      }
    }
  }
}
