internal import CLinux

/// The processors that the calling thread may run on, and the one that it is kept on for a while.
struct ThreadProcessors {
  /// A bit for each processor that the thread may run on when nothing keeps it.
  private let allowed: [UInt]

  /// Remembers what the calling thread, which alone uses this value, may run on.
  init() {
    var mask = [UInt](repeating: 0, count: 64)
    let isKnown = sched_getaffinity(0, mask.count * MemoryLayout<UInt>.size, &mask) == 0
    allowed = isKnown ? mask : []
  }

  /// Lets the thread go to a processor with less to do, and keeps it there until the next call.
  func choose() {
    let size = allowed.count * MemoryLayout<UInt>.size
    guard size > 0 else { return }
    _ = sched_setaffinity(0, size, allowed)
    let number = Int(sched_getcpu())
    guard number >= 0, number < size * 8 else { return }
    var mask = [UInt](repeating: 0, count: allowed.count)
    mask[number / UInt.bitWidth] = 1 << UInt(number % UInt.bitWidth)
    _ = sched_setaffinity(0, size, mask)
  }
}
