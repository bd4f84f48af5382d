internal import Glibc
package import KubernetesAPI

/// Tells systemd how a service is, where it asked to be told (sd_notify(3)).
package struct SystemdNotifier: Sendable {
  /// A path, or a name after `@` for one that is in no folder.
  private let socket: String?

  package init(environment: EnvironmentVariables) {
    socket = environment["NOTIFY_SOCKET"]
  }

  /// Sends `READY=1`, `STOPPING=1`, `RELOADING=1`. Nobody listening is no error: the service runs all the same.
  package func notify(_ state: String) {
    guard let name = socket, name.utf8.count < 108 else { return }
    let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { path in
      path.copyBytes(from: name.utf8)
      if name.hasPrefix("@") { path[0] = 0 }
    }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.utf8.count)
    let bytes = Array(state.utf8)
    _ = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), address, length)
      }
    }
  }
}
