import Glibc
import Kubernetes
import Netlink
import Staging
import Testing

@testable import Enforcement

/// A process that keeps the rules of a world's router, and is told what they are over its socket.
final class ServedGateway: Sendable {
  let path: String
  private let process: Companion

  /// Starts it, and waits until it answers.
  init(_ world: World, _ path: String? = nil) throws {
    let path = path ?? "/tmp/merlon-enforcement-\(getpid())-\(UInt32.random(in: 0 ... .max)).socket"
    self.path = path
    let router = world.lab.router
    let isStarted = Tally()
    process = Companion {
      if isStarted.count > 0 { return }
      isStarted.increment()
      do {
        let result = try router.run { (thread) throws(NetlinkError) in
          try thread.run(Self.program, ["serve", path], deadline: .seconds(120))
        }
        // Killed is how it usually ends.
        if result.code != nil { print(String(decoding: result.output, as: UTF8.self), result.errorText) }
      } catch {
        print(error)
      }
    }
    try #require(eventually(within: .seconds(20)) { ConnectedSocket.isServed(path) })
  }

  deinit { end() }

  /// Sends it a signal.
  func signal(_ number: Int32) throws { kill(try GatewayClient(path).process, number) }

  /// Kills it, and waits until it is gone. Its table stays.
  func end() {
    do { try signal(SIGKILL) } catch { return }
    process.end()
  }

  /// The program that is built beside this test bundle.
  static let program: String = {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? ""
    return bundle.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
      + "/enforcement-inside"
  }()
}

/// One that is connected to it.
struct GatewayClient: ~Copyable {
  let socket: ConnectedSocket
  private var rest: [UInt8] = []

  init(_ path: String) throws { socket = try ConnectedSocket(path) }

  /// The number of the process at the other end.
  var process: pid_t {
    var peer: (pid_t, uid_t, gid_t) = (0, 0, 0)
    var length = socklen_t(12)
    getsockopt(socket.descriptor.number, SOL_SOCKET, SO_PEERCRED, &peer, &length)
    return peer.0
  }

  /// Sends bytes, as many as are taken.
  @discardableResult
  func send(_ bytes: some Collection<UInt8>) -> Int {
    let bytes = Array(bytes)
    var sent = 0
    while sent < bytes.count {
      let size = bytes[sent...].withUnsafeBytes {
        Glibc.send(socket.descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if size <= 0 { break }
      sent += size
    }
    return sent
  }

  /// Says that nothing more comes, and still reads.
  func finish() { shutdown(socket.descriptor.number, Int32(SHUT_WR)) }

  /// The next line, within seconds; nil when there is none, or the connection is at its end.
  mutating func line() -> [UInt8]? {
    let end = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < end {
      if let place = rest.firstIndex(of: UInt8(ascii: "\n")) {
        defer { rest.removeFirst(place + 1) }
        return Array(rest[..<place])
      }
      var wait = pollfd(fd: socket.descriptor.number, events: Int16(POLLIN), revents: 0)
      guard poll(&wait, 1, 20_000) > 0 else { return nil }
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      let size = recv(socket.descriptor.number, &buffer, buffer.count, 0)
      guard size > 0 else { return nil }
      rest += buffer[..<size]
    }
    return nil
  }

  /// Asks, and reads the answer.
  mutating func ask(_ request: String) throws -> Node {
    send(Array((request + "\n").utf8))
    let answer = line()
    let line = try #require(answer, "no answer to \(request.prefix(80))")
    return try Document.json(line, file: SourceFile(path: "answer")).root
  }

  mutating func ask(_ members: (String, DataValue?)...) throws -> Node {
    try ask(DataValue.members(members).json)
  }
}

extension Node {
  /// Whether the gateway did what it was asked.
  var isDone: Bool { self["ok"]?.hasText("true") ?? false }
}
