import Foundation
import Kubernetes
import PolicyEngine
import Testing

@testable import Review

@Suite("Explanations")
struct ExplanationTests {
  private let fixture = ClusterFixture.web(
    pod("shop/host", "app: host", "hostNetwork: true, containers: []"),
    service("shop/db", "selector: {app: db}, ports: [{port: 80, targetPort: 5432}, {name: m, port: 9100}]"),
    policy(
      "shop/db",
      "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: wbe}}}], ports: [{port: 5432}]}]"
    ),
    policy(
      "shop/web",
      "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{ports: [{port: 5432}]}]"))

  private func explanation(_ from: String, _ to: String, _ port: String? = nil) throws -> Explanation {
    let evaluator = fixture.evaluator
    let parser = FlowParser(evaluator.world)
    let (source, destination) = (try parser.end(from), try parser.end(to))
    if let port {
      let flow = try parser.flow(from: source, to: destination, try FlowParser.traffic(port))
      return Explanation(flow, source: from, destination: to, evaluator: evaluator)
    }
    return Explanation(from: source, to: destination, source: from, destination: to, evaluator: evaluator)
  }

  private func text(_ from: String, _ to: String, _ port: String? = nil) throws -> String {
    try explanation(from, to, port).text(Wording(fixture.cluster.world), .plain)
  }

  @Test("a denial names the near miss, each rule with its place, and who could change what")
  func denied() throws {
    let denial = try text("shop/web", "shop/db", "tcp/5432")
    #expect(
      denial == """
        shop/web -> shop/db TCP 5432: denied
          Egress from shop/web (Deployment): allowed
            NetworkPolicy shop/web (world.yaml:32) isolates it for egress
              + egress[0] (world.yaml:33) matches
                  any peer: matches
                  port TCP 5432 (world.yaml:33): matches
          Ingress to shop/db (Deployment): denied
            NetworkPolicy shop/db (world.yaml:27) isolates it for ingress
              - ingress[0] (world.yaml:28) does not match
                  pods with app=wbe in namespace shop (world.yaml:28): label app=web, the peer wants app=wbe (a typing error?)
                  port TCP 5432 (world.yaml:28): matches
          To allow it: whoever owns namespace shop can change the peers of NetworkPolicy shop/db ingress[0] (world.yaml:28), or add a rule.

        """)
  }

  @Test("two pods without a common address family are told so, and no rule is blamed")
  func noCommonFamily() throws {
    let fixture = ClusterFixture(
      pod("shop/four", "app: four", status: "podIPs: [{ip: 10.0.0.1}]"),
      pod("shop/six", "app: six", status: "podIPs: [{ip: 'fd00::1'}]"),
      policy("shop/close", "podSelector: {}, policyTypes: [Ingress]"))
    let flow = try FlowParser(fixture.cluster.world).parse("shop/four -> shop/six tcp/80")
    let explanation = Explanation(
      flow, source: "shop/four", destination: "shop/six", evaluator: fixture.evaluator)
    let wording = Wording(fixture.cluster.world)
    #expect(
      explanation.text(wording, .plain) == """
        shop/four -> shop/six TCP 80: denied
          Egress from shop/four (Pod): denied
            no connection: the ends have no address family in common
          Ingress to shop/six (Pod): denied
            no connection: the ends have no address family in common
          No policy can allow it: an IPv4 address and an IPv6 address do not reach each other.

        """)
    #expect(
      wording.reason(explanation.cases[0].verdict)
        == "no connection: the ends have no address family in common")
  }

  @Test("an allowance says why for both directions")
  func allowed() throws {
    #expect(
      try text("shop/db", "shop/web", "tcp/1") == """
        shop/db -> shop/web TCP 1: allowed
          Egress from shop/db (Deployment): allowed
            open: no policy isolates it
          Ingress to shop/web (Deployment): allowed
            open: no policy isolates it

        """)
  }

  @Test("without a port, ports that only one side closes stand apart from those that both close")
  func allPorts() throws {
    let lines = try text("shop/web", "shop/db").split(separator: "\n").filter { $0.hasPrefix("shop/") }
    #expect(
      lines == [
        "shop/web -> shop/db TCP 5432: denied", "shop/web -> shop/db all other ports (such as TCP 1): denied",
      ])
    #expect(
      try text("shop/db", "shop/web").hasPrefix("shop/db -> shop/web all ports (such as TCP 1): allowed\n"))
  }

  @Test("a Service without a port is explained port by port, with the translation")
  func servicePorts() throws {
    let explained = try explanation("shop/web", "service/shop/db")
    #expect(explained.cases.map(\.ports) == ["TCP 80", "TCP 9100"])
    let lines = try text("shop/web", "service/shop/db", "tcp/80").split(separator: "\n")
    #expect(lines[1] == "  note: port 80 of service/shop/db is port 5432 of the pod")
  }

  @Test("what is undefined is shown in both readings")
  func undefined() throws {
    let closed = ClusterFixture(
      pod("shop/host", "app: host", "hostNetwork: true, containers: []"), pod("shop/web", "app: web"),
      policy("shop/close", "podSelector: {matchLabels: {app: host}}"))
    let lines = try closed.explanation("shop/web", "shop/host", "tcp/80").split(separator: "\n")
    #expect(lines[1] == "  It depends: the specification or the input leaves it open.")
    #expect(
      lines.contains { $0.hasPrefix("  allowed if ") && $0.contains("host-network pods count as their node") }
    )
    #expect(
      lines.contains {
        $0.hasPrefix("  denied if ") && $0.contains("host-network pods are treated like other pods")
      })
    #expect(lines.last?.contains("can add a rule for ingress to NetworkPolicy shop/close") ?? false)
  }

  @Test(
    "a pod that no peer can match is no matter of peers",
    arguments: [
      ("phase: Pending", "has no address yet"), ("phase: Succeeded, podIP: 10.0.0.1", "has finished"),
    ])
  func absentPods(_ status: String, _ absence: String) throws {
    let fixture = ClusterFixture(
      pod("shop/new", "app: new", status: status), pod("shop/db", "app: db"),
      policy(
        "shop/db",
        "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]"))
    let lines = try fixture.explanation("shop/new", "shop/db", "tcp/80").split(separator: "\n")
    #expect(lines.contains { $0.hasSuffix("the pod \(absence), so no selector matches it") })
    #expect(lines.last == "  No change of rules helps: shop/new (Pod) \(absence), and no peer matches it.")
  }

  @Test("where a rule takes anyone, the port is what to change, whoever the other end is")
  func absentPodAtAnotherPort() throws {
    let fixture = ClusterFixture(
      pod("shop/new", "app: new", status: "phase: Pending"), pod("shop/db", "app: db"),
      policy("shop/db", "podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 80}]}]"))
    let text = try fixture.explanation("shop/new", "shop/db", "tcp/81")
    #expect(text.contains("can change the ports of NetworkPolicy shop/db ingress[0]"))
  }

  @Test("the data is the same tree")
  func data() throws {
    let json = try explanation("shop/web", "shop/db", "tcp/5432").data(Wording(fixture.cluster.world)).json
    let document = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    let part = try #require((document["cases"] as? [[String: Any]])?.first)
    #expect(part["verdict"] as? String == "denied")
    #expect(part["egress"] as? String == "allowed")
    #expect(part["ingress"] as? String == "denied")
    let trace = try #require((part["traces"] as? [[String: Any]])?.first)
    let ingress = try #require(trace["ingress"] as? [String: Any])
    let policy = try #require((ingress["policies"] as? [[String: Any]])?.first)
    #expect(policy["policy"] as? String == "NetworkPolicy shop/db")
    let rule = try #require((policy["rules"] as? [[String: Any]])?.first)
    #expect(rule["peersMatch"] as? Bool == false && rule["portsMatch"] as? Bool == true)
    let peer = try #require((rule["peers"] as? [[String: Any]])?.first)
    #expect(peer["mismatches"] as? [String] == ["label app=web, the peer wants app=wbe (a typing error?)"])
    #expect((peer["location"] as? [String: Any])?["file"] as? String == "world.yaml")
    #expect((trace["conclusion"] as? String)?.hasPrefix("To allow it: whoever owns namespace shop") ?? false)
  }
}
