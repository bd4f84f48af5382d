internal import Glibc
package import Kubernetes
internal import Netlink

/// Says something to the process that writes the kernel, or asks it.
///
/// A call waits until it is answered, which is after what was said is in force: mostly well under a millisecond, and up to a second
/// for the first state of a large cluster.
package struct EnforcementClient: ~Copyable, Sendable {
  private let socket: ConnectedSocket
  private let path: String
  private var input: [UInt8] = []

  /// - Parameter patience: for how many seconds an answer is waited for.
  package init(_ path: String, patience: Int = 60) throws(LocalSocketError) {
    socket = try ConnectedSocket(path)
    self.path = path
    var time = timeval(tv_sec: patience, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(socket.descriptor.number, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  /// Sends a request of one line.
  ///
  /// - Returns: the answer, which may be a refusal: see ``EnforcementRefusal``.
  /// - Throws: when there is no answer. Whether what was said is in force is not known then.
  package mutating func ask(_ request: DataValue) throws(LocalSocketError) -> Node {
    try ask(line: request.json)
  }

  /// The same for a request that is a text already.
  package mutating func ask(line: String) throws(LocalSocketError) -> Node {
    try send(Array(line.utf8) + [UInt8(ascii: "\n")])
    let answer = try readLine()
    do throws(DocumentError) {
      return try Document.json(answer, file: SourceFile(path: path)).root
    } catch {
      throw LocalSocketError("\(path) does not answer as a gateway: \(error.message)")
    }
  }

  private func send(_ bytes: [UInt8]) throws(LocalSocketError) {
    var sent = 0
    while sent < bytes.count {
      let size = bytes[sent...].withUnsafeBytes {
        Glibc.send(socket.descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if size < 0, errno == EINTR { continue }
      guard size > 0 else { throw LocalSocketError("write to", path) }
      sent += size
    }
  }

  private mutating func readLine() throws(LocalSocketError) -> [UInt8] {
    var scanned = 0
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      if let end = input[scanned...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { input.removeFirst(end + 1) }
        return Array(input[..<end])
      }
      scanned = input.count
      let size = recv(socket.descriptor.number, &buffer, buffer.count, 0)
      if size < 0, errno == EINTR { continue }
      if size == 0 { throw LocalSocketError("\(path) ended the connection") }
      guard size > 0 else { throw LocalSocketError("read from", path) }
      input += buffer[..<size]
    }
  }
}

/// Why something that was said is not in force.
package struct EnforcementRefusal: Error, Sendable, CustomStringConvertible {
  package let description: String
  /// Whether it was of another state than is enforced: all of it has to be said then.
  package let wantsState: Bool

  /// - Returns: nil for an answer that is none.
  package init?(_ answer: Node) {
    if case .bool(true)? = answer["ok"]?.scalar { return nil }
    description = answer["error"]?.text ?? "there is no reason"
    if case .bool(true)? = answer["stateWanted"]?.scalar { wantsState = true } else { wantsState = false }
  }
}
