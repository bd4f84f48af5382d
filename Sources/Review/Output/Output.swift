/// Collects bytes and hands them on in large pieces. A class because writers share one.
package final class Output {
  private let buffer: UnsafeMutableRawBufferPointer
  /// Unchecked, as rows are written in several small pieces: every access is over at once, so none overlap.
  @exclusivity(unchecked) private var used = 0
  private let flushBytes: (UnsafeRawBufferPointer) -> Void

  /// - Parameter flush: gets what was collected, about `capacity` bytes at a time.
  package init(capacity: Int = 1 << 17, flush: @escaping (UnsafeRawBufferPointer) -> Void) {
    buffer = .allocate(byteCount: capacity, alignment: 16)
    flushBytes = flush
  }

  deinit { buffer.deallocate() }

  /// Copies bytes; hands everything on first when they do not fit.
  @inline(__always)
  package func write(_ bytes: UnsafeRawBufferPointer) {
    if used + bytes.count > buffer.count {
      flush()
      if bytes.count > buffer.count {
        flushBytes(bytes)
        return
      }
    }
    guard let base = buffer.baseAddress, let source = bytes.baseAddress else { return }
    (base + used).copyMemory(from: source, byteCount: bytes.count)
    used += bytes.count
  }

  package func write(_ text: String) {
    var text = text
    text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
  }

  @inline(__always)
  package func write(_ text: [UInt8]) {
    text.withUnsafeBytes { write($0) }
  }

  @inline(__always)
  package func write(_ text: StaticString) {
    write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// A text and a line feed.
  package func line(_ text: String = "") {
    write(text)
    write("\n" as StaticString)
  }

  /// Hands on what is left. Nothing does it at the end of life: a writer that forgets it loses the rest.
  package func flush() {
    if used == 0 { return }
    flushBytes(UnsafeRawBufferPointer(rebasing: buffer[..<used]))
    used = 0
  }
}
