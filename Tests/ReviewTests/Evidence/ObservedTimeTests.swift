import Kubernetes
import Testing

@testable import Review

@Suite("When something was seen")
struct ObservedTimeTests {
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
