import Synchronization
import Testing

@testable import KubernetesAPI

@Suite("Pieces of an answer, gathered", .timeLimit(.minutes(5)))
struct GatheredPiecesTests {
  private struct Broken: Error {}

  private static func pieces(_ texts: [String], then error: (any Error)? = nil) -> AsyncThrowingStream<
    [UInt8], any Error
  > {
    AsyncThrowingStream { continuation in
      for text in texts { continuation.yield(Array(text.utf8)) }
      continuation.finish(throwing: error)
    }
  }

  @Test("are all of them, in order, whatever the limit is", arguments: [0, 1, 7, 1000])
  func order(limit: Int) async throws {
    let texts = (0..<500).map { "\($0)," }
    var read: [UInt8] = []
    try await GatheredPieces.read(Self.pieces(texts), limit: limit) { read += $0 }
    #expect(String(decoding: read, as: UTF8.self) == texts.joined())
  }

  @Test("come before what ends them")
  func failure() async throws {
    var read: [UInt8] = []
    await #expect(throws: Broken.self) {
      try await GatheredPieces.read(Self.pieces(["a", "b"], then: Broken())) { read += $0 }
    }
    #expect(read == Array("ab".utf8))
  }

  @Test("are one when they came while somebody worked")
  func together() async throws {
    let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self, throwing: (any Error).self)
    let counted = Counted(base: stream)
    continuation.yield([1])
    var read: [[UInt8]] = []
    try await GatheredPieces.read(counted) { bytes in
      read.append(bytes)
      if read.count > 1 { return }
      for number in UInt8(2)...9 { continuation.yield([number]) }
      continuation.finish()
      // Until all of them have been gathered.
      while !counted.isOver { await Task.yield() }
    }
    #expect(read == [[1], [2, 3, 4, 5, 6, 7, 8, 9]])
  }

  @Test("are not waited for by who does not want them any more, nor by who is cancelled")
  func abandoned() async throws {
    let (endless, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self, throwing: (any Error).self)
    continuation.yield(Array(repeating: 0, count: 100))
    continuation.yield(Array(repeating: 0, count: 100))
    await #expect(throws: Broken.self) {
      try await GatheredPieces.read(endless, limit: 10) { _ in throw Broken() }
    }
    let (silent, kept) = AsyncThrowingStream.makeStream(of: [UInt8].self, throwing: (any Error).self)
    let task = Task { try await GatheredPieces.read(silent) { _ in } }
    task.cancel()
    _ = await task.result
    kept.finish()
  }
}

/// Tells when whoever reads has been told that nothing more comes.
private final class Counted: AsyncSequence, Sendable {
  private let base: AsyncThrowingStream<[UInt8], any Error>
  private let ended = Mutex(false)

  init(base: AsyncThrowingStream<[UInt8], any Error>) { self.base = base }

  var isOver: Bool { ended.withLock { $0 } }

  struct AsyncIterator: AsyncIteratorProtocol {
    var pieces: AsyncThrowingStream<[UInt8], any Error>.AsyncIterator
    let counted: Counted

    mutating func next() async throws -> [UInt8]? {
      let piece = try await pieces.next()
      if piece == nil { counted.ended.withLock { $0 = true } }
      return piece
    }
  }

  func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(pieces: base.makeAsyncIterator(), counted: self)
  }
}
