internal import Glibc
internal import Netlink

/// Who is connected to the one that writes the kernel.
struct EnforcementClients: ~Copyable {
  /// Requests are lines of at most so many bytes: a state of a million addresses is a fifth of that.
  static let longestLine = 128 << 20
  /// Who does not read its answers gets no more once so many bytes wait.
  static let mostWaiting = 256 << 20
  static let mostClients = 64

  private struct Client {
    var input: [UInt8] = []
    /// How much of the input has no end of a line in it.
    var scanned = 0
    var output: [UInt8] = []
    var sent = 0
  }

  private var clients: [Int32: Client] = [:]

  init() {}

  /// What is to be waited for.
  var interests: [pollfd] {
    clients.sorted { $0.key < $1.key }.map { number, client in
      pollfd(
        fd: number, events: Int16(POLLIN) | (client.output.count > client.sent ? Int16(POLLOUT) : 0),
        revents: 0)
    }
  }

  mutating func add(_ descriptor: Int32) {
    if clients.count >= Self.mostClients {
      close(descriptor)
    } else {
      clients[descriptor] = Client()
    }
  }

  mutating func remove(_ descriptor: Int32) {
    if clients.removeValue(forKey: descriptor) != nil { close(descriptor) }
  }

  /// The lines that a client has completed.
  mutating func read(_ descriptor: Int32) -> [[UInt8]] {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let size = recv(descriptor, &buffer, buffer.count, 0)
      if size > 0 {
        clients[descriptor]?.input += buffer[..<size]
        if size == buffer.count, clients[descriptor]?.input.count ?? 0 <= Self.longestLine { continue }
      } else if size == 0 || (errno != EAGAIN && errno != EINTR) {
        remove(descriptor)
        return []
      }
      break
    }
    return takeLines(descriptor)
  }

  private mutating func takeLines(_ descriptor: Int32) -> [[UInt8]] {
    guard var client = clients.removeValue(forKey: descriptor) else { return [] }
    var lines: [[UInt8]] = []
    var start = 0
    while let end = client.input[max(start, client.scanned)...].firstIndex(of: UInt8(ascii: "\n")) {
      lines.append(Array(client.input[start..<end]))
      start = end + 1
    }
    client.input.removeFirst(start)
    client.scanned = client.input.count
    if client.input.count > Self.longestLine {
      close(descriptor)
    } else {
      clients[descriptor] = client
    }
    return lines
  }

  /// Sends a line, or as much of it as the client takes now.
  mutating func send(_ line: String, to descriptor: Int32) {
    clients[descriptor]?.output += Array(line.utf8) + [UInt8(ascii: "\n")]
    flush(descriptor)
  }

  /// Goes on with what a client has not taken.
  mutating func flush(_ descriptor: Int32) {
    guard let client = clients[descriptor] else { return }
    var sent = client.sent
    while sent < client.output.count {
      let size = client.output[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if size > 0 {
        sent += size
      } else if errno == EAGAIN || errno == EINTR {
        break
      } else {
        return remove(descriptor)
      }
    }
    if client.output.count - sent > Self.mostWaiting { return remove(descriptor) }
    if sent == client.output.count {
      clients[descriptor]?.output = []
      sent = 0
    }
    clients[descriptor]?.sent = sent
  }

  deinit { for descriptor in clients.keys { close(descriptor) } }
}
