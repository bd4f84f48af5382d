/// Collects bytes and hands them on in large pieces. A class because writers share one.
package final class Output {
  private var bytes: [UInt8] = []
  private let limit: Int
  private let flushBytes: (UnsafeRawBufferPointer) -> Void

  /// - Parameter flush: gets what was collected, about 64 KiB at a time.
  package init(limit: Int = 1 << 16, flush: @escaping (UnsafeRawBufferPointer) -> Void) {
    self.limit = limit
    flushBytes = flush
    bytes.reserveCapacity(limit + 4096)
  }

  package func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes.append(contentsOf: $0) }
    if bytes.count >= limit { flush() }
  }

  package func write(_ text: [UInt8]) {
    bytes.append(contentsOf: text)
    if bytes.count >= limit { flush() }
  }

  package func write(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    if bytes.count >= limit { flush() }
  }

  package func line(_ text: String = "") {
    write(text)
    write("\n" as StaticString)
  }

  package func flush() {
    if bytes.isEmpty { return }
    bytes.withUnsafeBytes(flushBytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
