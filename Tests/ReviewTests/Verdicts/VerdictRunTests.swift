import Foundation
import Kubernetes
import PolicyEngine
import Testing

@testable import Review

@Suite("Many flows at once")
struct VerdictRunTests {
  private let fixture = ClusterFixture.web(
    service("shop/db", "selector: {app: db}, ports: [{port: 80, targetPort: 5432}]"),
    policy("shop/db", "podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 5432}]}]"))

  private func run(_ text: String, _ format: VerdictFormat = .text) -> (
    lines: [String], totals: VerdictRun.Totals
  ) {
    var totals = VerdictRun.Totals()
    let output = collected {
      var run = VerdictRun(fixture.cluster, format: format)
      totals = run.run(Array(text.utf8), to: $0)
    }
    return (output.split(separator: "\n").map(String.init), totals)
  }

  @Test("text lines hold the verdict, the flow and the reason")
  func text() {
    let (lines, totals) = run(
      """
      shop/web -> shop/db tcp/5432
      shop/web -> shop/db tcp/80
      shop/web -> shop/db icmp/8
      shop/web -> service/shop/db tcp/80
      """)
    #expect(
      lines == [
        "allowed    shop/web -> shop/db tcp/5432  (egress open: no policy isolates it; ingress allowed by NetworkPolicy shop/db ingress[0] (world.yaml:23))",
        "denied     shop/web -> shop/db tcp/80  (ingress denied: no rule matches in NetworkPolicy shop/db (world.yaml:22))",
        "undefined  shop/web -> shop/db icmp/8  (engines differ: an end is isolated, and policies say nothing about icmp/8)",
        "allowed    shop/web -> service/shop/db tcp/80  (port 80 of service/shop/db is port 5432 of the pod; egress open: no policy isolates it; ingress allowed by NetworkPolicy shop/db ingress[0] (world.yaml:23))",
      ])
    #expect(totals == VerdictRun.Totals(allowed: 2, denied: 1, undefined: 1))
  }

  @Test("json lines are one object each, with exactly these members in this order")
  func json() throws {
    let (lines, _) = run("shop/web -> shop/db tcp/80\nshop/web -> 1.2.3.4 tcp/443", .json)
    #expect(
      lines == [
        #"{"flow": "shop/web -> shop/db tcp/80", "verdict": "denied", "egress": "allowed", "ingress": "denied", "reason": "ingress denied: no rule matches in NetworkPolicy shop/db (world.yaml:22)"}"#,
        #"{"flow": "shop/web -> 1.2.3.4 tcp/443", "verdict": "allowed", "egress": "allowed", "ingress": "allowed", "reason": "egress open: no policy isolates it; ingress not policed"}"#,
      ])
    for line in lines {
      #expect(try object(line).keys.sorted() == ["egress", "flow", "ingress", "reason", "verdict"])
    }
  }

  @Test("a line that cannot be answered is an error object; the others still run")
  func errors() throws {
    let (lines, totals) = run(
      "shop/wbe -> shop/db tcp/80\nnonsense\nshop/web -> shop/db tcp/80\nshop/web -> shop/db tcp/0\nself -> shop/db tcp/1",
      .json)
    #expect(totals == VerdictRun.Totals(denied: 1, errors: 4))
    #expect(
      try object(lines[0])["error"] as? String
        == "pod or workload `shop/wbe` is not in the input; did you mean `shop/web`?")
    #expect(try object(lines[1])["error"] is String)
    #expect(try object(lines[2])["verdict"] as? String == "denied")
    #expect(try object(lines[3])["flow"] as? String == "shop/web -> shop/db tcp/0")
    #expect(try object(lines[4])["error"] as? String == "`self` can only be the destination")
  }

  @Test("blank lines and comments are passed over; line ends and blanks do not matter")
  func spacing() {
    let (lines, totals) = run(
      "\r\n# a comment\r\n\n   \t\n  shop/web   ->\tshop/db  tcp/5432  \r\n  # more\nshop/web -> shop/db tcp/5432"
    )
    #expect(totals == VerdictRun.Totals(allowed: 2))
    #expect(lines.count == 2)
    #expect(lines[0].hasPrefix("allowed    shop/web   ->\tshop/db  tcp/5432  ("))
  }

  @Test(
    "quotes, backslashes and any bytes of a line are escaped",
    arguments: ["\"", "\\", "ü", "\u{1}", "日本", "\u{2028}"])
  func escapes(word: String) throws {
    let (lines, totals) = run("shop/\(word) -> shop/db tcp/80", .json)
    #expect(totals.errors == 1)
    #expect(try object(try #require(lines.first))["flow"] as? String == "shop/\(word) -> shop/db tcp/80")
  }

  @Test("every line agrees with the evaluator, whichever way it is answered", arguments: 300..<330)
  func agreement(seed: UInt64) throws {
    let random = ClusterFixture(RandomCluster(seed: seed).documents)
    let names = ConnectivityReport(random.cluster).names + ["203.0.113.5", "10.9.9.9", "2001:db8::5"]
    let flows = names.flatMap { from in
      names.flatMap { to in ["tcp/80", "udp/53", "icmp/8"].map { "\(from) -> \(to) \($0)" } }
    }
    let text = collected {
      var run = VerdictRun(random.cluster, format: .json)
      _ = run.run(Array(flows.joined(separator: "\n").utf8), to: $0)
    }
    let parser = FlowParser(random.cluster.world)
    for (flow, line) in zip(flows, text.split(separator: "\n")) {
      let answer = try object(String(line))
      let verdict = random.evaluator.verdict(try parser.parse(flow))
      let expected = [verdict.outcome, verdict.egress, verdict.ingress].map(\.rawValue)
      #expect(
        ["verdict", "egress", "ingress"].map { answer[$0] as? String } == expected, "seed \(seed): \(flow)")
    }
  }

  private func object(_ line: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }
}
