import Testing

@testable import KubernetesAPI

@Suite("The status of a reflector")
struct ReflectorStatusTests {
  private static let refused = APIError.refused(APIStatus(code: 403, reason: "Forbidden", message: "no"))
  private static let closed = APIError.transport(TransportError(.closed, "closed"))

  private static var synced: ReflectorStatus {
    var status = ReflectorStatus(at: .zero, tolerance: .seconds(5))
    status.answered(follows: false, at: .seconds(1))
    status.synced(follows: true, at: .seconds(2))
    return status
  }

  @Test("is connecting until the server answers, syncing until all is there, then synced")
  func beginning() {
    var status = ReflectorStatus(at: .zero, tolerance: .seconds(5))
    #expect(status.phase == .connecting)
    status.answered(follows: false, at: .seconds(1))
    #expect(status.phase == .syncing)
    #expect(status.lastSign == nil)
    status.synced(follows: false, at: .seconds(2))
    #expect(status.phase == .synced)
    #expect(status.phaseSince == .seconds(2))
    #expect(status.lastSign == .seconds(2))
  }

  @Test(
    "is stale when the server is away for longer than the tolerance, counted from the loss of the connection")
  func stale() {
    var status = Self.synced
    status.received(events: 1, at: .seconds(10))
    status.failed(Self.closed, at: .seconds(12))
    #expect(status.phase == .synced)
    #expect(status.nextCheck == .seconds(17))
    status.check(at: .seconds(16))
    #expect(status.phase == .synced)
    status.check(at: .seconds(17))
    #expect(status.phase == .stale)
    #expect(status.phaseSince == .seconds(17))
    #expect(status.lastSign == .seconds(12))
  }

  @Test("counts from the last sign when a connection fell silent, as it may have been gone since")
  func silent() {
    var status = Self.synced
    status.received(events: 1, at: .seconds(10))
    status.failed(.transport(TransportError(.timeout, "silent")), at: .seconds(90))
    #expect(status.phase == .stale)
    #expect(status.lastSign == .seconds(10))
  }

  @Test(
    "is not synced again because a server answers, but by what it says, or when a watch has run for a while")
  func answers() {
    var status = Self.synced
    status.failed(.unreadable("no object"), at: .seconds(10))
    for second in stride(from: 11, to: 400, by: 30) {
      status.answered(follows: false, at: .seconds(second))
      status.failed(.unreadable("no object"), at: .seconds(second))
    }
    #expect(status.phase == .failed)
    #expect(status.lastSign == .seconds(2))
    status.answered(follows: true, at: .seconds(400))
    #expect(status.phase == .failed)
    #expect(status.nextCheck == .seconds(401))
    status.check(at: .seconds(401))
    #expect(status.phase == .synced)
    #expect(status.failuresInARow == 0)
  }

  @Test("does not become stale while a watch is open, which is given up when it is late")
  func open() {
    var status = Self.synced
    status.check(at: .seconds(1000))
    #expect(status.phase == .synced)
    #expect(status.nextCheck == nil)
  }

  @Test("is failed by a refusal only when it lasts")
  func refusals() {
    var status = Self.synced
    status.failed(Self.refused, at: .seconds(10))
    status.failed(Self.refused, at: .seconds(11))
    status.failed(Self.refused, at: .seconds(12))
    #expect(status.phase == .stale)
    status.failed(Self.refused, at: .seconds(15))
    #expect(status.phase == .failed)
    status.answered(follows: true, at: .seconds(16))
    status.received(events: 1, at: .seconds(16))
    #expect(status.phase == .synced)
  }

  @Test("is failed at once by what waiting does not mend")
  func lasting() {
    let errors: [APIError] = [
      .unreadable("x"), .transport(TransportError(.certificate, "x")), .transport(TransportError(.tls, "x")),
      .refused(APIStatus(code: 404, reason: "NotFound", message: "x")),
    ]
    for error in errors {
      var status = Self.synced
      status.failed(error, at: .seconds(3))
      #expect(status.phase == .failed, "\(error)")
    }
  }

  @Test("waits longer after each failure, and starts from the beginning after progress")
  func waits() {
    let limits = ReflectorLimits()
    let waits = (1...12).map { limits.wait(failures: $0, retryAfter: nil, random: 0) }
    #expect(waits[0] == .milliseconds(100))
    #expect(waits[1] == .milliseconds(200))
    #expect(waits[11] == .seconds(30))
    #expect(limits.wait(failures: 1, retryAfter: nil, random: 1) == .milliseconds(50))
    #expect(limits.wait(failures: 1, retryAfter: 7, random: 0) == .seconds(7))
    #expect(limits.wait(failures: 1, retryAfter: 100_000, random: 0) == .seconds(60))
    #expect(limits.wait(failures: .max, retryAfter: nil, random: 0) == .seconds(30))
    var status = Self.synced
    for _ in 0..<5 { status.failed(Self.closed, at: .seconds(3)) }
    #expect(status.failuresInARow == 5)
    status.received(events: 1, at: .seconds(4))
    #expect(status.failuresInARow == 0)
  }
}
