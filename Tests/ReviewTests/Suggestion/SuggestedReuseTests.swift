import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@testable import Review

@Suite("Suggestions beside policies that are there")
struct SuggestedReuseTests {
  private static let shop = PolicySuggestionTests.shop
  private static let ingress = policy(
    "shop/db",
    "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {}}], ports: [{port: 5432}]}]"
  )

  @Test("what they allow is not written again")
  func covered() throws {
    let fixture = SuggestionFixture(Self.shop + [Self.ingress], [hubble("shop/web", "shop/db", 5432)])
    let db = try #require(fixture.policy("allow-db"))
    #expect(!db.contains("Ingress"))
    #expect(fixture.suggestion.connections.map(\.egress) == [.suggested])
    #expect(fixture.suggestion.connections.map(\.ingress) == [.existing])
  }

  @Test("what they lack is added")
  func missing() throws {
    let fixture = SuggestionFixture(
      Self.shop + [Self.ingress], [hubble("shop/web", "shop/db", 5432), hubble("ops/cron", "shop/db", 5432)])
    let db = try #require(fixture.policy("allow-db"))
    #expect(db.contains("app: cron") && !db.contains("app: web"))
    #expect(try fixture.verdict("ops/cron -> shop/db tcp/5432") == .allowed)
  }

  @Test("a workload that they close does not get DNS that was not seen")
  func closedEgress() {
    let fixture = SuggestionFixture(
      Self.shop + [policy("shop/web", "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]")],
      [hubble("shop/web", "shop/db", 5432)])
    #expect(fixture.policy("allow-web")?.contains("kube-dns") == false)
  }

  @Test("what they allow besides is noted with file and line")
  func moreThanSeen() {
    let fixture = SuggestionFixture(
      Self.shop + [Self.ingress, deployment("shop/api", "app: api")],
      [hubble("shop/web", "shop/db", 5432), hubble("shop/api", "shop/web", 80)])
    // `api` is closed too, and nothing of it was seen to go to `db`.
    #expect(fixture.findings(.moreThanSeen).isEmpty)
    let open = SuggestionFixture(
      Self.shop + [Self.ingress, deployment("shop/api", "app: api")], [hubble("shop/web", "shop/db", 5432)])
    #expect(
      open.findings(.moreThanSeen).contains {
        $0.hasPrefix("note: more is open than was seen: shop/api -> shop/db TCP 5432: ")
          && $0.contains("ingress: allowed by NetworkPolicy shop/db ingress[0] (world.yaml:")
      })
  }

  @Test("a denial of a higher tier cannot be undone: no rule is written, and what decides is said")
  func higherTier() {
    let fixture = SuggestionFixture(
      Self.shop + [
        clusterPolicy(
          "guard",
          "ingress: [{action: Deny, from: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: ops}}}]}]"
        )
      ], [hubble("ops/cron", "shop/db", 5432), hubble("shop/web", "shop/db", 5432)])
    #expect(fixture.policy("allow-db")?.contains("app: cron") == false)
    #expect(
      fixture.findings(.seenAndCut).first?.hasPrefix(
        "error: ops/cron -> shop/db tcp/5432 was seen once and is not allowed: ingress denied by ClusterNetworkPolicy guard ingress[0] (world.yaml:"
      )
        == true)
    #expect(!fixture.suggestion.isProven)
    #expect(
      fixture.suggestion.yaml.contains("# Proof: 2 distinct connections were seen, and 1 is not allowed"))
  }

  @Test("where nothing is missing, nothing is written")
  func complete() {
    let first = SuggestionFixture(Self.shop, [hubble("shop/web", "shop/db", 5432)])
    let second = SuggestionFixture(Self.shop + first.policies, [hubble("shop/web", "shop/db", 5432)])
    #expect(second.policies.isEmpty && second.suggestion.isProven)
    #expect(second.suggestion.yaml.hasPrefix("# No policy is missing.\n"))
  }

  @Test("names of the outside that a policy allows are not written as addresses")
  func domains() throws {
    let cilium = object(
      "cilium.io/v2", "CiliumNetworkPolicy", "shop/web",
      "spec: {endpointSelector: {matchLabels: {app: web}}, egress: [{toFQDNs: [{matchName: api.example}], toPorts: [{ports: [{port: \"443\", protocol: TCP}]}]}]}"
    )
    let line = hubble("shop/web", "203.0.113.9", 443).replacing(
      "\"Type\"", with: "\"destination_names\":[\"api.example.\"],\"Type\"")
    let fixture = SuggestionFixture(Self.shop + [cilium], [line], profile: .cilium)
    #expect(!fixture.suggestion.yaml.contains("203.0.113.9"))
    #expect(fixture.suggestion.isProven, "\(fixture.suggestion.findings.map(\.message))")
  }
}
