#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The benchmarks' own command; never part of the product.
@main
enum MerlonBench {
  static func main() async {
    let arguments = CommandLine.arguments.dropFirst()
    do {
      switch arguments.first {
      case "generate", "flows": try GenerateCommand(arguments: Array(arguments)).run()
      case "identities": _ = IdentityRun.first
      case "run": exit(try await RunCommand(arguments: arguments.dropFirst()).run() ? 0 : 1)
      default: exit(try await RunCommand(arguments: arguments).run() ? 0 : 1)
      }
    } catch let error as UsageError {
      fail("\(error.message)\n\n\(RunCommand.usage)\n\n\(GenerateCommand.usage)", code: 64)
    } catch let error as BenchmarkFailure {
      fail(error.message, code: 70)
    } catch {
      fail("\(error)", code: 70)
    }
  }

  private static func fail(_ message: String, code: Int32) -> Never {
    StandardStream.error.write(Array("error: \(message)\n".utf8))
    exit(code)
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
