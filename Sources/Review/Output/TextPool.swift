/// Texts that are made once and written many times: one run of bytes, each text a range of it. Writing one
/// copies bytes and touches no reference count.
struct TextPool {
  private var bytes: [UInt8] = []
  private var starts: [Int] = [0]

  init() {}

  init(_ texts: some Sequence<String>) {
    for text in texts { append(text) }
  }

  /// Adds a text; answers its number.
  @discardableResult
  mutating func append(_ text: String) -> Int {
    bytes.append(contentsOf: text.utf8)
    starts.append(bytes.count)
    return starts.count - 2
  }

  @inline(__always)
  func write(_ number: Int, to output: Output) {
    bytes.withUnsafeBytes {
      output.write(UnsafeRawBufferPointer(rebasing: $0[starts[number]..<starts[number + 1]]))
    }
  }
}
