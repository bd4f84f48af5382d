import HTTPTypes
import Kubernetes
import SourceGroups
import Testing

@testable import ControlPlane

@Suite("What gateways report", .timeLimit(.minutes(30)))
struct DenialRoutesTests {
  private static func report(_ denials: String..., gateway: String = "gw-1") -> String {
    #"{"gateway":"\#(gateway)","denials":[\#(denials.joined(separator: ","))]}"#
  }

  private static func denial(
    source: String = "10.244.0.5", rule: String = "rule bank", _ more: String = #","group":"web","port":443"#
  ) -> String {
    #"{"number":1,"microseconds":1000000,"kind":"deny","rule":"\#(rule)","source":"\#(source)","#
      + #""destination":"192.0.2.1","protocol":6\#(more)}"#
  }

  private func gateway(_ served: ServedPlane) async throws -> SecretText {
    try await served.plane.store.createToken(
      named: "gw", role: .gateway, expiresAt: nil, by: "test", at: .now
    ).text
  }

  @Test("a denial is told with who has its addresses")
  func named() async throws {
    try await ServedPlane.with { served in
      let gateway = try await gateway(served)
      try await served.expect(200, .put, "/api/v1/policy", as: served.admin, ServedPlane.policy())
      try await served.until { ServedPlane.members("web", $0) == ["web"] }
      try await served.expect(
        200, .post, "/api/v1/denials", as: gateway,
        Self.report(Self.denial(), Self.denial(source: "10.9.9.9", rule: "defaultPolicy", "")))
      let items =
        try await served.call(path: "/api/v1/denials", as: served.reader).data["items"]?.elements ?? []
      #expect(items.map { $0["sourceNames"]?.elements.map(\.text) } == [["prod/shop/web"], []])
      #expect(items.map { $0["rule"]?.text } == ["rule bank", "defaultPolicy"])
      #expect(items.map { $0["group"]?.text } == ["web", nil])
      let later = try await served.call(path: "/api/v1/denials?after=1&limit=1", as: served.reader).data
      #expect(later["items"]?.elements.map { $0["number"]?.text } == ["2"])
      let metrics = try await served.call(path: "/metrics", as: served.reader).text
      #expect(metrics.contains(#"merlon_gateway_denials_total{gateway="gw-1",kind="deny"} 2"#))
    }
  }

  @Test("a gateway's token reports and reads, and changes nothing; a reader's reports nothing")
  func roles() async throws {
    try await ServedPlane.with(follows: false) { served in
      let gateway = try await gateway(served)
      try await served.expect(403, .post, "/api/v1/denials", as: served.reader, Self.report(Self.denial()))
      try await served.expect(403, .put, "/api/v1/policy", as: gateway, ServedPlane.policy())
      try await served.expect(200, .get, "/api/v1/enforcement", as: gateway)
      try await served.expect(200, .post, "/api/v1/denials", as: served.admin, Self.report(Self.denial()))
    }
  }

  @Test(
    "a report with anything wrong in it is refused as a whole",
    arguments: [
      report(denial(), denial(source: "10.0.0")), report(denial(rule: "")), report(denial(#","port":70000"#)),
      report(denial(#","kind":"deny""#)), report(denial(#","pod":"x""#)), report(denial(), gateway: "A b"),
      #"{"gateway":"gw-1"}"#, #"{"gateway":"gw-1","denials":{}}"#, report(denial(), "[]"),
    ])
  func wrong(report: String) async throws {
    try await ServedPlane.with(follows: false) { served in
      let gateway = try await gateway(served)
      try await served.expect(422, .post, "/api/v1/denials", as: gateway, report)
      let answer = try await served.call(path: "/api/v1/denials", as: served.reader)
      #expect(answer.text == #"{"missed":0,"items":[]}"#)
    }
  }

  @Test("the last are kept, and who asks for earlier ones hears how many are gone")
  func bounds() {
    let log = DenialLog()
    let denial = ReportedDenial(
      gateway: "gw-1", time: 1, kind: .audit, group: nil, rule: "defaultPolicy",
      source: IPAddress(.ipv4, bits: 1),
      destination: IPAddress(.ipv4, bits: 2), transport: 17, sourcePort: nil, port: nil)
    for _ in 0..<3 { log.append(Array(repeating: denial, count: DenialLog.capacity - 1)) }
    let all = 3 * (DenialLog.capacity - 1)
    let page = log.after(0, limit: 10)
    #expect(page.missed == all - DenialLog.capacity)
    #expect(page.entries.map(\.number) == Array(page.missed + 1...page.missed + 10))
    #expect(log.after(all - 1, limit: 10).entries.map(\.number) == [all])
    #expect(log.after(all, limit: 10).entries.isEmpty && log.after(all, limit: 10).missed == 0)
    #expect(log.totals.map(\.count) == [all])
  }
}
