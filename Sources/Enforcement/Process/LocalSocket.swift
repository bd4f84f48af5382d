internal import Glibc
internal import Netlink

/// Why a socket cannot be served or reached.
package struct LocalSocketError: Error, Sendable, CustomStringConvertible {
  package let description: String

  init(_ operation: String, _ path: String, number: Int32 = errno) {
    description = "cannot \(operation) \(path): \(String(cString: strerror(number)))"
  }

  init(_ description: String) { self.description = description }
}

/// The end of a local socket that others connect to.
struct ListeningSocket: ~Copyable {
  let descriptor: Descriptor

  /// - Parameters:
  ///   - path: a file that is not there, or is a socket that nobody serves any more.
  ///   - mode: who may connect, as of a file.
  init(_ path: String, mode: mode_t) throws(LocalSocketError) {
    guard let address = LocalAddress(path) else {
      throw LocalSocketError("the path of a socket has 1 to 107 bytes: \(path)")
    }
    var status = stat()
    if lstat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFSOCK else {
        throw LocalSocketError("\(path) is there and is no socket")
      }
      if ConnectedSocket.isServed(path) {
        throw LocalSocketError("\(path) is served by another process; one gateway serves one network")
      }
      unlink(path)
    }
    let number = Glibc.socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard number >= 0 else { throw LocalSocketError("make", path) }
    let socket = Descriptor(owning: number)
    // Nobody else may connect in the moment before the mode is set.
    let mask = umask(0o177)
    let isBound = address.with { bind(number, $0, $1) } == 0
    umask(mask)
    guard isBound, chmod(path, mode) == 0, listen(number, 32) == 0 else {
      throw LocalSocketError("serve", path)
    }
    descriptor = socket
  }

  /// Takes a connection, if one waits.
  func accept() -> (descriptor: Int32, user: uid_t)? {
    let number = Glibc.accept(descriptor.number, nil, nil)
    guard number >= 0 else { return nil }
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    _ = fcntl(number, F_SETFL, O_NONBLOCK)
    // Process, user and group of who connected, as the kernel knows them.
    var peer: (pid_t, uid_t, gid_t) = (0, 0, 0)
    var length = socklen_t(12)
    guard getsockopt(number, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 else {
      close(number)
      return nil
    }
    return (number, peer.1)
  }
}

/// The end of a local socket that has connected.
struct ConnectedSocket: ~Copyable {
  let descriptor: Descriptor

  init(_ path: String) throws(LocalSocketError) {
    guard let address = LocalAddress(path) else {
      throw LocalSocketError("the path of a socket has 1 to 107 bytes: \(path)")
    }
    let number = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0 else { throw LocalSocketError("make a socket for", path) }
    let socket = Descriptor(owning: number)
    guard address.with({ connect(number, $0, $1) }) == 0 else {
      throw LocalSocketError("connect to", path)
    }
    descriptor = socket
  }

  /// Whether anybody accepts connections there.
  static func isServed(_ path: String) -> Bool {
    do {
      _ = try ConnectedSocket(path)
      return true
    } catch {
      return false
    }
  }
}

/// The address of a local socket.
private struct LocalAddress {
  private var address = sockaddr_un()

  init?(_ path: String) {
    let bytes = Array(path.utf8)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard !bytes.isEmpty, bytes.count < room, !bytes.contains(0) else { return nil }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
  }

  func with<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
