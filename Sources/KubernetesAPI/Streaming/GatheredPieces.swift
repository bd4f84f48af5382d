internal import Synchronization

/// Pieces of an answer, of which those that came while the last ones were worked on are one.
///
/// A server sends each event of a watch by itself. Who works on one after the other is as slow as it is; who takes what has come
/// catches up.
final class GatheredPieces: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var end: Result<Void, any Error>?
    /// Nobody reads any more.
    var isAbandoned = false
    var reader: CheckedContinuation<Void, Never>?
    var writer: CheckedContinuation<Void, Never>?

    mutating func takeReader() -> CheckedContinuation<Void, Never>? {
      defer { reader = nil }
      return reader
    }

    mutating func takeWriter() -> CheckedContinuation<Void, Never>? {
      defer { writer = nil }
      return writer
    }
  }

  private let state = Mutex(State())
  /// So much may wait for whoever reads.
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Gives what has come to a body, again and again, until all pieces have come.
  ///
  /// - Throws: what the body throws, or what ends the pieces, behind everything that came before.
  static func read(
    _ pieces: any AsyncSequence<[UInt8], any Error> & Sendable, limit: Int = 1 << 20,
    _ body: ([UInt8]) async throws -> Void
  ) async throws {
    let gathered = GatheredPieces(limit: limit)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        do {
          for try await piece in pieces where await !gathered.append(piece) { break }
          gathered.finish(.success(()))
        } catch {
          gathered.finish(.failure(error))
        }
      }
      defer {
        group.cancelAll()
        gathered.abandon()
      }
      while let bytes = try await gathered.next() { try await body(bytes) }
    }
  }

  /// Waits while there is more than enough; false when nobody reads any more.
  private func append(_ piece: [UInt8]) async -> Bool {
    let (reader, isEnough) = state.withLock { state in
      state.bytes += piece
      return (state.takeReader(), state.bytes.count > limit && !state.isAbandoned)
    }
    reader?.resume()
    if isEnough {
      await withCheckedContinuation { continuation in
        let goesOn = state.withLock { state in
          if state.bytes.count <= limit || state.isAbandoned { return true }
          state.writer = continuation
          return false
        }
        if goesOn { continuation.resume() }
      }
    }
    return state.withLock { !$0.isAbandoned }
  }

  private func finish(_ end: Result<Void, any Error>) {
    state.withLock { state in
      state.end = end
      return state.takeReader()
    }?.resume()
  }

  private func abandon() {
    state.withLock { state in
      state.isAbandoned = true
      return state.takeWriter()
    }?.resume()
  }

  /// What has come since the last time; waits for something, and answers nil at the end.
  private func next() async throws -> [UInt8]? {
    // Pieces end when the task is cancelled, so this does.
    await withCheckedContinuation { continuation in
      let goesOn = state.withLock { state in
        if !state.bytes.isEmpty || state.end != nil { return true }
        state.reader = continuation
        return false
      }
      if goesOn { continuation.resume() }
    }
    let (bytes, end, writer) = state.withLock { state in
      let bytes = state.bytes
      state.bytes = []
      return (bytes, state.end, state.takeWriter())
    }
    writer?.resume()
    if !bytes.isEmpty { return bytes }
    try end?.get()
    return nil
  }
}
