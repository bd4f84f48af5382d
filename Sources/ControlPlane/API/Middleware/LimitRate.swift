internal import HTTPTypes
internal import Hummingbird
internal import Synchronization

/// Lets every client, by its address, ask only so often: a bucket of requests that fills up with time.
///
/// Holds at most ``most`` clients, the busiest of late.
final class LimitRate: RouterMiddleware, Sendable {
  typealias Context = APIContext

  private struct Bucket {
    var tokens: Double
    var filledAt: Duration
  }

  private static let most = 10_000

  private let perSecond: Double
  private let burst: Double
  private let now: @Sendable () -> Duration
  private let buckets = Mutex<[String: Bucket]>([:])

  init(perSecond: Double, burst: Double, now: @escaping @Sendable () -> Duration) {
    self.perSecond = perSecond
    self.burst = burst
    self.now = now
  }

  func handle(
    _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    guard admits(context.remoteAddress?.ipAddress ?? "unknown") else {
      throw RequestError(.tooMany, "too many requests from this address", retryAfter: 1)
    }
    return try await next(request, context)
  }

  /// Whether a client may ask now.
  func admits(_ client: String) -> Bool {
    let now = now()
    return buckets.withLock { buckets in
      if buckets.count >= Self.most, buckets[client] == nil {
        // Full buckets say nothing that a new one would not.
        buckets = buckets.filter { filled($0.value, now) < burst }
        if buckets.count >= Self.most { return false }
      }
      var bucket = buckets[client] ?? Bucket(tokens: burst, filledAt: now)
      bucket.tokens = filled(bucket, now)
      bucket.filledAt = now
      defer { buckets[client] = bucket }
      if bucket.tokens < 1 { return false }
      bucket.tokens -= 1
      return true
    }
  }

  private func filled(_ bucket: Bucket, _ now: Duration) -> Double {
    let (seconds, attoseconds) = (now - bucket.filledAt).components
    return min(burst, bucket.tokens + (Double(seconds) + Double(attoseconds) / 1e18) * perSecond)
  }
}
