import Glibc
import Logging
import Testing

@testable import ControlPlane

@Suite("Clients that do not finish what they ask", .timeLimit(.minutes(5)))
struct UnfinishedRequestTests {
  @Test("lose their connection", arguments: ["", "GET /livez HT", "GET /livez HTTP/1.1\r\nHost: a\r\n"])
  func closed(request: String) async throws {
    let clock = LiveClock.system()
    let plane = ControlPlane(
      store: try SQLiteStore(inMemoryWith: .random()), resolver: IdentityResolver(clock: clock), clock: clock)
    let ports = AsyncStream<Int>.makeStream()
    let server = ControlPlaneServer(
      plane, Counters(), at: .init(host: "127.0.0.1", port: 0),
      logger: Logger(label: "test") { _ in
        SwiftLogNoOpLogHandler()
      }, patience: .milliseconds(50)
    ) { ports.continuation.yield($0) }
    await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      for await port in ports.stream {
        #expect(Self.isClosed(after: request, port: UInt16(port)))
        break
      }
      group.cancelAll()
      // Cancelled.
      _ = await group.nextResult()
    }
  }

  /// Whether the server closes the connection within 30 seconds after a part of a request.
  private static func isClosed(after request: String, port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0, write(descriptor, request, request.utf8.count) == request.utf8.count else {
      return false
    }
    var byte: UInt8 = 0
    return read(descriptor, &byte, 1) == 0
  }
}
