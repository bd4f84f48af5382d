import FakeAPIServer
import KubernetesAPI
import Synchronization

/// Time that passes when somebody waits before another try, and when a test says so.
///
/// Whoever waits for an answer waits until a test lets the time pass: how fast the machine is changes nothing.
final class VirtualTime: Sendable {
  private struct State: ~Copyable {
    var now = Duration.zero
    var random: SplitMix
    var next = 0
    var waiting: [Int: (until: Duration, continuation: CheckedContinuation<Void, Never>)] = [:]
    var cancelled: Set<Int> = []
  }

  private let state: Mutex<State>

  init(seed: UInt64 = 1) { state = Mutex(State(random: SplitMix(seed: seed))) }

  var timing: Timing {
    Timing(
      now: { self.state.withLock { $0.now } },
      sleep: {
        self.pass($0)
        await Task.yield()
      },
      patience: { await self.wait($0) },
      random: { self.state.withLock { Double.random(in: 0..<1, using: &$0.random) } })
  }

  /// Lets time pass, and wakes who has waited for long enough.
  func pass(_ duration: Duration) {
    let due = state.withLock { state in
      state.now += duration
      let due = state.waiting.filter { $0.value.until <= state.now }
      for id in due.keys { state.waiting[id] = nil }
      return due.values.map(\.continuation)
    }
    for continuation in due { continuation.resume() }
  }

  private func wait(_ duration: Duration) async {
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let waits = state.withLock { state in
          if state.cancelled.remove(id) != nil { return false }
          state.waiting[id] = (state.now + duration, continuation)
          return true
        }
        if !waits { continuation.resume() }
      }
    } onCancel: {
      let continuation = state.withLock { state in
        guard let waiting = state.waiting.removeValue(forKey: id) else {
          state.cancelled.insert(id)
          return nil as CheckedContinuation<Void, Never>?
        }
        return waiting.continuation
      }
      continuation?.resume()
    }
  }
}
