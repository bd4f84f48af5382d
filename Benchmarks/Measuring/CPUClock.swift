internal import Glibc

/// Seconds that this process computed, on all its threads together. On a machine that others use as well, these
/// say more than the wall clock.
enum CPUClock {
  /// Runs `body` and answers its result, still alive, with the CPU seconds it took: what `body` frees at its
  /// end counts, its result does not.
  static func measure<Result>(_ body: () -> Result) -> (result: Result, seconds: Double) {
    let start = read(CLOCK_PROCESS_CPUTIME_ID)
    let result = body()
    return (result, read(CLOCK_PROCESS_CPUTIME_ID) - start)
  }

  /// The least CPU seconds of several runs: whatever disturbs a run only makes it longer.
  static func best<Result>(of runs: Int, _ body: () -> Result) -> (result: Result, seconds: Double) {
    var best = measure(body)
    for _ in 1..<max(1, runs) {
      let next = measure(body)
      if next.seconds < best.seconds { best = next }
    }
    return best
  }

  static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// Seconds that pass, for what two cores do together.
enum WallClock {
  static func measure<Result: Sendable>(
    _ body: () async -> Result
  ) async -> (result: Result, seconds: Double) {
    let start = CPUClock.read(CLOCK_MONOTONIC)
    let result = await body()
    return (result, CPUClock.read(CLOCK_MONOTONIC) - start)
  }
}
