import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@testable import Review

@Suite("How suggested policies name ends")
struct SuggestedEndsTests {
  private static let shop = PolicySuggestionTests.shop

  @Test("addresses outside are blocks of one address, with the names that they were looked up by")
  func addresses() throws {
    let named = hubble("shop/web", "203.0.113.9", 443).replacing(
      "\"Type\"", with: "\"destination_names\":[\"api.example.\"],\"Type\"")
    let fixture = SuggestionFixture(
      Self.shop, [named, hubble("shop/web", "2001:db8::7", 443), hubble("203.0.113.10", "shop/web", 8080)])
    let web = try #require(fixture.policies.first { $0.contains("name: allow-web") })
    #expect(
      web.contains(
        "# 203.0.113.9 (api.example): TCP 443 seen once\n        - ipBlock:\n            cidr: \"203.0.113.9/32\""
      ))
    #expect(web.contains("2001:db8::7/128") && web.contains("203.0.113.10/32"))
    #expect(!fixture.suggestion.yaml.contains("0.0.0.0/0"))
    #expect(try fixture.verdict("shop/web -> 203.0.113.8 tcp/443") == .denied)
  }

  @Test("a private address may be a pod's, and that is said until it is known where pods are")
  func privateAddresses() {
    let lines = [hubble("shop/web", "10.9.8.7", 443)]
    #expect(SuggestionFixture(Self.shop, lines).suggestion.yaml.contains("# 10.9.8.7 is a private address"))
    let known = SuggestionFixture(Self.shop, lines, settings: "cluster: {podCIDRs: [10.244.0.0/16]}")
    #expect(!known.suggestion.yaml.contains("is a private address") && known.suggestion.isProven)
    let pod = SuggestionFixture(Self.shop, lines, settings: "cluster: {podCIDRs: [10.9.0.0/16]}")
    #expect(!pod.suggestion.yaml.contains("10.9.8.7/32") && !pod.suggestion.isProven)
    #expect(
      pod.findings(.unwritableFlow) == [
        "warning: no rule is written for shop/web -> 10.9.8.7 TCP 443: 10.9.8.7 is the address of a pod that is not in the input"
      ])
  }

  private static let pub =
    #"{"action":"Allow","source_name":"pub","source_namespace":"-","dest_name":"web-7b78d7c957-*","dest_namespace":"shop","protocol":"tcp","dest_port":8080,"reporter":"Dst"}"#

  @Test("everything outside is never opened unasked")
  func world() throws {
    let closed = SuggestionFixture(Self.shop, [Self.pub])
    #expect(!closed.suggestion.isProven && !closed.suggestion.yaml.contains("ingress:"))
    #expect(closed.suggestion.findings.contains { $0.fix?.hasPrefix("--open-to-world") == true })
    let open = SuggestionFixture(Self.shop, [Self.pub]) { $0.opensToWorld = true }
    #expect(
      open.suggestion.isProven
        && open.suggestion.yaml.contains("# TCP 8080 is open to everyone: the log does not say"))
    let outside = SuggestionFixture(
      Self.shop, [Self.pub], settings: "cluster: {podCIDRs: [10.244.0.0/16]}"
    ) { $0.opensToWorld = true }
    #expect(try outside.verdict("203.0.113.5 -> shop/web tcp/8080") == .allowed)
    #expect(try outside.verdict("ops/cron -> shop/web tcp/8080") == .denied)
  }

  @Test("a Service is its pods, with the ports of pods")
  func services() throws {
    let fixture = SuggestionFixture(
      Self.shop + [
        service(
          "shop/db", "clusterIP: 10.96.0.9, selector: {app: db}, ports: [{port: 5432, targetPort: 15432}]")
      ], [hubble("shop/web", "10.96.0.9", 5432)])
    #expect(fixture.policy("allow-db")?.contains("port: 15432") == true)
    #expect(fixture.policy("allow-web")?.contains("app: db") == true)
    #expect(!fixture.suggestion.yaml.contains("port: 5432\n"))
    #expect(fixture.suggestion.isProven, "\(fixture.suggestion.findings.map(\.message))")
  }

  @Test(
    "the API server is its addresses, else the one that was seen, and under Cilium everything, with a comment"
  )
  func apiServer() {
    let line = hubble("shop/web", "192.0.2.1", 6443).replacing(
      "reserved:world", with: "reserved:kube-apiserver")
    let seen = SuggestionFixture(Self.shop, [line])
    #expect(seen.policy("allow-web")?.contains("192.0.2.1/32") == true && seen.suggestion.isProven)
    let known = SuggestionFixture(
      Self.shop, [line], settings: "cluster: {apiServerAddresses: [192.0.2.1, 192.0.2.2]}")
    #expect(known.policy("allow-web")?.contains("192.0.2.2/32") == true && known.suggestion.isProven)
    let cilium = SuggestionFixture(Self.shop, [line], profile: .cilium)
    #expect(
      cilium.suggestion.yaml.contains(
        "# TCP 6443 is open towards everyone: no block matches the API server under cilium."))
    #expect(cilium.suggestion.isProven)
  }

  @Test("a pod's own node is never cut; other nodes are their blocks or addresses")
  func nodes() {
    let own = hubble("192.0.2.8", "shop/web", 8080).replacing("reserved:world", with: "reserved:host")
    #expect(SuggestionFixture(Self.shop, [own]).suggestion.parts.isEmpty)
    let other = hubble("192.0.2.8", "shop/web", 8080).replacing(
      "reserved:world", with: "reserved:remote-node")
    let seen = SuggestionFixture(Self.shop, [other])
    #expect(seen.policy("allow-web")?.contains("192.0.2.8/32") == true && seen.suggestion.isProven)
    let node = object("v1", "Node", "n1", "status: {addresses: [{type: InternalIP, address: 192.0.2.8}]}")
    let known = SuggestionFixture(
      Self.shop + [node], [other], settings: "cluster: {nodeCIDRs: [192.0.2.0/24]}")
    #expect(known.policy("allow-web")?.contains("192.0.2.0/24") == true && known.suggestion.isProven)
  }

  @Test("pods on their node's network are not closed, and as peers they are the nodes' blocks")
  func hostNetwork() {
    let world = Self.shop + [deployment("ops/agent", "app: agent", "hostNetwork: true, containers: []")]
    let fixture = SuggestionFixture(
      world, [hubble("ops/agent", "shop/web", 8080)], settings: "cluster: {nodeCIDRs: [192.0.2.0/24]}")
    #expect(fixture.policy("allow-agent") == nil)
    #expect(
      fixture.findings(.leftOpen) == [
        "warning: ops/agent is not closed: it uses its node's network, which NetworkPolicies do not close everywhere"
      ])
    #expect(fixture.policy("allow-web")?.contains("192.0.2.0/24") == true)
    #expect(fixture.suggestion.isProven, "\(fixture.suggestion.findings.map(\.message))")
  }

  @Test("a pod that is not in the input is cut where the other end is closed, and that is an error")
  func unmapped() {
    let fixture = SuggestionFixture(
      Self.shop,
      [hubble("shop/web", "shop/db", 5432), hubble("jobs/batch", "shop/db", 5432), hubble("a/b", "c/d", 1)])
    #expect(fixture.findings(.seenAndCut).count == 1)
    #expect(
      fixture.findings(.seenAndCut)[0].hasPrefix(
        "error: `jobs/batch` is not in the input, and was seen once; these policies close"))
    #expect(fixture.findings(.unmappedFlow).count == 1)
    #expect(!fixture.suggestion.isProven)
  }
}
