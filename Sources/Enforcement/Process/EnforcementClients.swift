internal import Glibc
internal import Netlink

/// Who is connected to the one that writes the kernel.
struct EnforcementClients: ~Copyable {
  /// Requests are lines of at most so many bytes: a state of a million addresses is a fifth of that.
  static let longestLine = 128 << 20
  static let mostClients = 64

  private struct Client {
    private var input: [UInt8] = []
    /// Where the next line begins, and where it ends; nil when its end has not come.
    private var start = 0
    private(set) var lineEnd: Int?
    var output: [UInt8] = []
    var sent = 0
    /// Whether nothing more comes. Answers may still be wanted.
    var isFinished = false

    var hasOutput: Bool { output.count > sent }
    /// Who does not read its answers is not asked for more, and neither is who has said a whole line.
    var wantsInput: Bool { lineEnd == nil && !hasOutput && !isFinished && !isTooLong }
    var isTooLong: Bool { lineEnd == nil && input.count - start > EnforcementClients.longestLine }
    var isDone: Bool { isFinished && lineEnd == nil && !hasOutput }

    mutating func append(_ bytes: ArraySlice<UInt8>) {
      let known = input.count
      input += bytes
      if lineEnd == nil { lineEnd = input[known...].firstIndex(of: UInt8(ascii: "\n")) }
    }

    mutating func takeLine() -> [UInt8]? {
      guard let end = lineEnd, !hasOutput else { return nil }
      let line = Array(input[start..<end])
      start = end + 1
      lineEnd = input[start...].firstIndex(of: UInt8(ascii: "\n"))
      if lineEnd == nil {
        input.removeFirst(start)
        start = 0
      }
      return line
    }
  }

  private var clients: [Int32: Client] = [:]

  init() {}

  /// What is to be waited for.
  var interests: [pollfd] {
    clients.sorted { $0.key < $1.key }.map { number, client in
      pollfd(
        fd: number,
        events: (client.wantsInput ? Int16(POLLIN) : 0) | (client.hasOutput ? Int16(POLLOUT) : 0),
        revents: 0)
    }
  }

  /// Clients that have said a line which can be answered.
  var speaking: [Int32] {
    clients.filter { $0.value.lineEnd != nil && !$0.value.hasOutput }.keys.sorted()
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

  /// Takes what a client has sent, up to the end of a line and a little more.
  mutating func read(_ descriptor: Int32) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while clients[descriptor]?.wantsInput ?? false {
      let size = recv(descriptor, &buffer, buffer.count, 0)
      if size > 0 {
        clients[descriptor]?.append(buffer[..<size])
      } else if size == 0 {
        clients[descriptor]?.isFinished = true
      } else if errno == EAGAIN {
        break
      } else if errno != EINTR {
        return remove(descriptor)
      }
    }
    if let client = clients[descriptor], client.isTooLong || client.isDone { remove(descriptor) }
  }

  /// The next line of a client; nil when there is none, or it has not read the answer to the one before.
  mutating func takeLine(_ descriptor: Int32) -> [UInt8]? { clients[descriptor]?.takeLine() }

  /// Sends a line, or as much of it as the client takes now.
  mutating func send(_ line: String, to descriptor: Int32) {
    clients[descriptor]?.output += Array(line.utf8) + [UInt8(ascii: "\n")]
    flush(descriptor)
  }

  /// Goes on with what a client has not taken.
  mutating func flush(_ descriptor: Int32) {
    guard let client = clients[descriptor], client.hasOutput else { return }
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
    if sent == client.output.count {
      clients[descriptor]?.output = []
      sent = 0
    }
    clients[descriptor]?.sent = sent
    if clients[descriptor]?.isDone ?? false { remove(descriptor) }
  }

  deinit { for descriptor in clients.keys { close(descriptor) } }
}
