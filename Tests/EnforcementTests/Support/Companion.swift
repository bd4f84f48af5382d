import Glibc
import Synchronization

/// A thread that does something again and again beside a test, until it is told to end.
final class Companion: Sendable {
  private let flag = Flag()
  private let thread: Mutex<pthread_t?>

  private final class Flag: Sendable {
    let isSet = Atomic(false)
  }

  private final class Job: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// - Parameter turn: what is done again and again. What comes of it is in what it captures.
  init(_ turn: @escaping @Sendable () -> Void) {
    let job = Job { [flag] in
      while !flag.isSet.load(ordering: .acquiring) { turn() }
    }
    var number = pthread_t()
    let code = pthread_create(
      &number, nil,
      { context in
        if let context { Unmanaged<Job>.fromOpaque(context).takeRetainedValue().body() }
        return nil
      }, Unmanaged.passRetained(job).toOpaque())
    precondition(code == 0, "the system makes no thread: \(String(cString: strerror(code)))")
    thread = Mutex(number)
  }

  /// Lets it end, and waits for that.
  func end() {
    flag.isSet.store(true, ordering: .releasing)
    let number = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    if let number { pthread_join(number, nil) }
  }

  deinit { end() }
}

/// A number that threads count with.
final class Tally: Sendable {
  private let number = Atomic(0)

  var count: Int { number.load(ordering: .relaxed) }
  func increment() { number.add(1, ordering: .relaxed) }
}
