/// How long a reflector waits for what.
package struct ReflectorLimits: Sendable {
  /// How long a watch runs, give or take a quarter. Its punctual end, and the beginning of the next, prove that a quiet
  /// server is well, as bookmarks may come late or never.
  package var watch = Duration.seconds(60)
  /// How much later than asked for a watch may end before it counts as half-open.
  package var lateness = Duration.seconds(15)
  /// How long a server may be silent while it owes an answer.
  package var silence = Duration.seconds(30)
  /// How long a server may be away before what is known of it counts as stale.
  package var tolerance = Duration.seconds(5)
  /// The first wait after a failure; each further one is twice as long.
  package var firstWait = Duration.milliseconds(100)
  package var longestWait = Duration.seconds(30)
  /// How long a watch without events must run not to count as one that the server ended at once.
  package var proof = Duration.seconds(5)

  package init() {}

  /// The wait after so many failures in a row: doubled each time, shortened by up to a half, so that many clients do not
  /// come at once; at least what the server asks for, up to a minute.
  func wait(failures: Int, retryAfter: Int?, random: Double) -> Duration {
    let doublings = min(max(failures - 1, 0), 16)
    let full = min(firstWait * (1 << doublings), longestWait)
    let own = full * (1 - random / 2)
    return max(own, .seconds(min(retryAfter ?? 0, 60)))
  }
}
