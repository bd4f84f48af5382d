#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The benchmarks' own command; never part of the product.
@main
enum MerlonBench {
  static func main() {
    do throws(UsageError) {
      try GenerateCommand(arguments: Array(CommandLine.arguments.dropFirst())).run()
    } catch {
      StandardStream.error.write(Array("error: \(error.message)\n\n\(GenerateCommand.usage)\n".utf8))
      exit(64)
    }
  }
}

/// What is wrong with the arguments.
struct UsageError: Error {
  var message: String
}

/// A stream of this process.
enum StandardStream: Int32 {
  case output = 1
  case error = 2

  /// Writes everything, or ends quietly if nobody reads any more (`merlon-bench … | head`).
  func write(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let piece = UnsafeRawBufferPointer(rebasing: rest)
        #if canImport(Glibc)
          let written = Glibc.write(rawValue, piece.baseAddress, piece.count)
        #else
          let written = Darwin.write(rawValue, piece.baseAddress, piece.count)
        #endif
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { exit(74) }
        rest = rest.dropFirst(written)
      }
    }
  }
}
