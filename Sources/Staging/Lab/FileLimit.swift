internal import Glibc

/// The number of files that the process may have open.
enum FileLimit {
  /// Raises it as far as the process may.
  static func raise() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// How many sockets to listen with at a time: what the limit leaves beside those that are open and the ones that send.
  static var listeners: Int {
    var limit = rlimit()
    let lowestFree = dup(0)
    if lowestFree >= 0 { close(lowestFree) }
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, lowestFree >= 0 else {
      return 256
    }
    return max(1, min(8192, Int(clamping: limit.rlim_cur) - Int(lowestFree) - 2 * ProbeRun.pieceLength))
  }
}
