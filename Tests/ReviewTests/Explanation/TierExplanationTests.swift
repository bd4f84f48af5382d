import Kubernetes
import PolicyEngine
import Testing

@testable import Review

@Suite("Explanations of tiers")
struct TierExplanationTests {
  private func text(_ line: String, _ documents: String...) throws -> String {
    let fixture = ClusterFixture(
      [namespace("shop"), deployment("shop/web", "app: web"), deployment("shop/db", "app: db")] + documents)
    let parser = FlowParser(fixture.cluster.world)
    let words = line.split(separator: " ").map(String.init)
    return Explanation(
      try parser.parse(line), source: words[0], destination: words[2], evaluator: fixture.evaluator
    ).text(Wording(fixture.cluster.world), .plain)
  }

  private func reason(_ line: String, _ documents: String...) throws -> String {
    let fixture = ClusterFixture(
      [namespace("shop"), deployment("shop/web", "app: web"), deployment("shop/db", "app: db")] + documents)
    let verdict = fixture.evaluator.verdict(try FlowParser(fixture.cluster.world).parse(line))
    return Wording(fixture.cluster.world).reason(verdict)
  }

  private let accept = "ingress: [{action: Accept, from: [{namespaces: {}}]}]"
  private let deny = "ingress: [{action: Deny, from: [{namespaces: {}}]}]"

  @Test("each tier that was asked, its rules, and how it ended")
  func tiers() throws {
    let pass =
      "ingress: [{name: leave, action: Pass, from: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 80}}}]}]"
    #expect(
      try text(
        "shop/web -> shop/db tcp/80", clusterPolicy("a", pass), clusterPolicy("b", tier: "Baseline", deny))
          == """
          shop/web -> shop/db TCP 80: denied
            Egress from shop/web (Deployment): allowed
              open: no policy isolates it
            Ingress to shop/db (Deployment): denied
              Tier Admin:
                ClusterNetworkPolicy a (world.yaml:17) selects it
                  + ingress[0] "leave" pass (world.yaml:18) matches
                      all pods in all namespaces (world.yaml:18): matches
                      port TCP 80 (world.yaml:18): matches
                passed on by ingress[0] "leave" of ClusterNetworkPolicy a; the next tier decides
              Tier Baseline:
                ClusterNetworkPolicy b (world.yaml:22) selects it
                  x ingress[0] deny (world.yaml:23) matches
                      all pods in all namespaces (world.yaml:23): matches
                      any port: matches
                denied by ingress[0] of ClusterNetworkPolicy b
            To allow it: whoever owns ClusterNetworkPolicy b can narrow ingress[0] (world.yaml:23) of ClusterNetworkPolicy b, or allow it before.

          """)
  }

  @Test("policies of one priority that disagree are both named")
  func tie() throws {
    #expect(
      try reason("shop/web -> shop/db tcp/80", clusterPolicy("a", accept), clusterPolicy("b", deny))
        == "ingress: policies of the same priority disagree, and nobody says which goes first: ClusterNetworkPolicy a ingress[0] (world.yaml:18) allows, ClusterNetworkPolicy b ingress[0] (world.yaml:23) denies"
    )
    let explained = try text(
      "shop/web -> shop/db tcp/80", clusterPolicy("a", accept), clusterPolicy("b", deny))
    #expect(explained.contains("allowed if ClusterNetworkPolicy a goes before others of the same priority:"))
    #expect(explained.contains("denied if ClusterNetworkPolicy b goes before others of the same priority:"))
  }

  @Test("a tie that changes nothing is not the reason of something else that is open")
  func harmlessTie() throws {
    let pass = "ingress: [{action: Pass, from: [{namespaces: {}}]}]"
    let block = policy(
      "shop/web",
      "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.0.0.0/16}}]}]"
    )
    let reason = try reason(
      "shop/web -> shop/db tcp/80", clusterPolicy("a", accept), clusterPolicy("b", pass), block)
    #expect(
      reason.hasPrefix(
        "allowed if the destination's address is one such as 10.0.0.0 (no CIDR of pods is known); denied if"))
  }

  @Test("verdict lines name both policies of a tie, too")
  func verdictLines() throws {
    let fixture = ClusterFixture.web(clusterPolicy("a", accept), clusterPolicy("b", deny))
    let line = collected { output in
      var run = VerdictRun(fixture.cluster, format: .text)
      _ = run.run(Array("shop/web -> shop/db tcp/80".utf8), to: output)
    }
    #expect(
      line.contains("ClusterNetworkPolicy a ingress[0]") && line.contains("ClusterNetworkPolicy b ingress[0]")
    )
  }
}
