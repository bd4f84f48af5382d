import Kubernetes
import Testing

@testable import Review

@Suite("When something was seen")
struct ObservedTimeTests {
  @Test(
    "times of RFC 3339 are read to the second, in UTC",
    arguments: [
      ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
      ("2026-08-20T10:15:02.123456789Z", "2026-08-20T10:15:02Z"),
      ("2024-02-29T23:30:00-01:00", "2024-03-01T00:30:00Z"),
      ("2026-01-01t00:00:00+05:30", "2025-12-31T18:30:00Z"),
    ])
  func reading(text: String, time: String) { #expect(ObservedTime(text)?.description == time) }

  @Test(
    "anything else is no time",
    arguments: [
      "", "2026-08-20", "2026-08-20T10:15:02", "2026-02-30T00:00:00Z", "2026-08-20T24:00:00Z",
      "2026-08-20T10:15:02.Z", "2026-08-20T10:15:02+0200", "2026-08-20T10:15:02ZZ", "1969-12-31T23:59:59Z",
      "2026-08-20T1a:15:02Z", "2026-08-20 10:15:02Z",
    ])
  func nonsense(text: String) { #expect(ObservedTime(text) == nil) }

  private static let whisker = """
    {"action":"Allow","source_name":"a","source_namespace":"s","dest_name":"b","dest_namespace":"s","protocol":"tcp","dest_port":1,"reporter":"Dst","start_time":"2026-08-20T10:15:00Z","end_time":"2026-08-20T10:15:15Z"}
    """
  private static let goldmane = """
    {"Key":{"source_name":"a","source_namespace":"s","dest_name":"b","dest_namespace":"s","dest_port":1,"proto":"tcp","reporter":2,"action":1},"start_time":1787220900,"end_time":1787220915}
    """
  private static let gke = """
    {"connection":{"dest_port":1,"protocol":"tcp","direction":"ingress"},"disposition":"allow","src":{"pod_name":"a","pod_namespace":"s"},"dest":{"pod_name":"b","pod_namespace":"s"},"timestamp":"2026-08-20T10:15:00.5Z"}
    """

  @Test(
    "every form of logs has them",
    arguments: [whisker, goldmane, gke, hubble("s/a", "s/b", 1, time: "2026-08-20T10:15:00Z")])
  func forms(line: String) throws {
    let entry = try #require(SuggestionFixture.log([line]).entries.first)
    #expect(entry.first?.description == "2026-08-20T10:15:00Z")
    #expect(try #require(entry.last) >= #require(entry.first))
  }

  @Test("of several records the first and the last count, in whatever order they stand")
  func several() throws {
    let times = ["2026-08-20T10:15:02Z", "2026-08-20T10:15:00.9Z", "2026-08-20T10:15:01Z"]
    let log = SuggestionFixture.log(
      times.map { hubble("s/a", "s/b", 1, time: $0) } + [hubble("s/a", "s/b", 1)])
    let entry = try #require(log.entries.first)
    #expect(entry.count == 4)
    #expect(entry.first?.description == "2026-08-20T10:15:00Z")
    #expect(entry.last?.description == "2026-08-20T10:15:02Z")
  }
}
