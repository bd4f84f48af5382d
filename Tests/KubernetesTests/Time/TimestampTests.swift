import Kubernetes
import Testing

@Suite("Moments")
struct TimestampTests {
  @Test(
    "times of RFC 3339 are read to the second, in UTC",
    arguments: [
      ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
      ("2026-08-20T10:15:02.123456789Z", "2026-08-20T10:15:02Z"),
      ("2024-02-29T23:30:00-01:00", "2024-03-01T00:30:00Z"),
      ("2026-01-01t00:00:00+05:30", "2025-12-31T18:30:00Z"),
    ])
  func reading(text: String, time: String) { #expect(Timestamp(text)?.description == time) }

  @Test(
    "anything else is no time",
    arguments: [
      "", "2026-08-20", "2026-08-20T10:15:02", "2026-02-30T00:00:00Z", "2026-08-20T24:00:00Z",
      "2026-08-20T10:15:02.Z", "2026-08-20T10:15:02+0200", "2026-08-20T10:15:02ZZ", "1969-12-31T23:59:59Z",
      "2026-08-20T1a:15:02Z", "2026-08-20 10:15:02Z",
    ])
  func nonsense(text: String) { #expect(Timestamp(text) == nil) }
}
