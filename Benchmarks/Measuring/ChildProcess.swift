internal import Glibc

/// A program that is run to its end, to see what it needs.
///
/// Linux counts the spawning process' own peak memory as the child's until the child's program starts, so
/// children are measured before this process grows; see ``Benchmark/all``.
struct ChildProcess {
  let program: String
  let arguments: [String]
  /// Where its standard output goes.
  var output = "/dev/null"

  /// What it took.
  struct Usage {
    /// User and system time of all threads.
    let cpuSeconds: Double
    let peakBytes: Double
  }

  func run() throws(BenchmarkFailure) -> Usage {
    let child = try spawn()
    var status: Int32 = 0
    var usage = rusage()
    while wait4(child, &status, 0, &usage) < 0 {
      guard errno == EINTR else { throw BenchmarkFailure("cannot wait for \(program)") }
    }
    guard status == 0 else {
      let reason = status & 0x7F == 0 ? "exit code \(status >> 8 & 0xFF)" : "signal \(status & 0x7F)"
      throw BenchmarkFailure("\(program) \(arguments.joined(separator: " ")) ended with \(reason)")
    }
    return Usage(
      cpuSeconds: Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime),
      peakBytes: Double(usage.ru_maxrss) * 1024)
  }

  /// The least time and the least memory of several runs.
  func best(of runs: Int) throws(BenchmarkFailure) -> Usage {
    var best = try run()
    for _ in 1..<max(1, runs) {
      let next = try run()
      best = Usage(
        cpuSeconds: min(best.cpuSeconds, next.cpuSeconds), peakBytes: min(best.peakBytes, next.peakBytes))
    }
    return best
  }

  private func spawn() throws(BenchmarkFailure) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    let words = Self.cStrings([program] + arguments)
    let environment = Self.cStrings(["PATH", "LD_LIBRARY_PATH"].compactMap(Self.variable))
    defer { for word in words + environment { free(word) } }
    var child: pid_t = 0
    let problem = posix_spawn(&child, program, &actions, nil, words, environment)
    guard problem == 0 else {
      throw BenchmarkFailure("cannot run \(program): \(String(cString: strerror(problem)))")
    }
    return child
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { "\(name)=\(String(cString: $0))" }
  }

  /// A list that ends with null, as the kernel takes it.
  private static func cStrings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    var pointers: [UnsafeMutablePointer<CChar>?] = []
    for text in texts { pointers.append(strdup(text)) }
    return pointers + [nil]
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1e6
  }
}

/// Why something could not be measured.
struct BenchmarkFailure: Error {
  let message: String

  init(_ message: String) {
    self.message = message
  }
}
