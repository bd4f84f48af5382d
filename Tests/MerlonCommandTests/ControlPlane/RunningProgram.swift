import Foundation
import Synchronization

/// The built program while it runs: what it prints, line by line. It is interrupted when nobody has it any more.
final class RunningProgram {
  private let process = Process()
  private var lines: AsyncStream<String>.Iterator

  init(_ arguments: [String], environment: [String: String]) throws {
    let (stream, continuation) = AsyncStream.makeStream(of: String.self)
    lines = stream.makeAsyncIterator()
    let pipe = Pipe()
    let rest = Mutex("")
    pipe.fileHandleForReading.readabilityHandler = { handle in
      let data = handle.availableData
      if data.isEmpty {
        handle.readabilityHandler = nil
        continuation.finish()
      }
      rest.withLock { rest in
        rest += String(decoding: data, as: UTF8.self)
        while let end = rest.firstIndex(of: "\n") {
          continuation.yield(String(rest[..<end]))
          rest = String(rest[rest.index(after: end)...])
        }
      }
    }
    process.executableURL = Program.url
    process.arguments = arguments
    process.environment = environment
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  deinit { process.interrupt() }

  /// The next line; nil when it has ended.
  func line() async -> String? { await lines.next() }
}
