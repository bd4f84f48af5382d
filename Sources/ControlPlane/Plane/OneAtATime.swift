internal import Synchronization

/// Lets one request at a time do something that costs much.
final class OneAtATime: Sendable {
  private let isBusy = Mutex(false)
  /// What is said to others meanwhile.
  private let refusal: String

  init(_ refusal: String) { self.refusal = refusal }

  func callAsFunction<Result>(_ body: () async throws(RequestError) -> Result) async throws(RequestError)
    -> Result
  {
    let isFree = isBusy.withLock { isBusy in
      defer { isBusy = true }
      return !isBusy
    }
    guard isFree else { throw RequestError(.tooMany, refusal, retryAfter: 5) }
    defer { isBusy.withLock { $0 = false } }
    return try await body()
  }
}
