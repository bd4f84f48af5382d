import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@testable import Review

@Suite("Suggested policies")
struct PolicySuggestionTests {
  static let shop = [
    namespace("shop"), namespace("ops"), deployment("shop/web", "app: web"), deployment("shop/db", "app: db"),
    deployment("ops/cron", "app: cron"),
  ]

  static let webToDB = hubble("shop/web", "shop/db", 5432)

  @Test("a connection is a rule of its source and one of its destination, with what was seen")
  func rules() {
    let fixture = SuggestionFixture(
      Self.shop,
      [
        hubble("shop/web", "shop/db", 5432, time: "2026-08-20T10:15:02Z"),
        hubble("shop/web", "shop/db", 5432, time: "2026-08-20T11:00:00Z"),
        hubble("ops/cron", "shop/db", 5432),
      ])
    #expect(
      fixture.policies.first { $0.contains("name: allow-db") } == """
        # Nothing was seen to be opened by shop/db: its egress is closed but for DNS.
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: allow-db
          namespace: shop
        spec:
          podSelector:
            matchLabels:
              app: db
          policyTypes:
            - Ingress
            - Egress
          ingress:
            - from:
                # ops/cron: TCP 5432 seen once
                - namespaceSelector:
                    matchLabels:
                      kubernetes.io/metadata.name: ops
                  podSelector:
                    matchLabels:
                      app: cron
                # shop/web: TCP 5432 seen 2 times from 2026-08-20T10:15:02Z to 2026-08-20T11:00:00Z
                - podSelector:
                    matchLabels:
                      app: web
              ports:
                - protocol: TCP
                  port: 5432
          egress:
            - to:
                # Cluster DNS at kube-system/coredns: never blocked, whether lookups were seen or not.
                - namespaceSelector:
                    matchLabels:
                      kubernetes.io/metadata.name: kube-system
                  podSelector:
                    matchLabels:
                      k8s-app: kube-dns
              ports:
                - protocol: TCP
                  port: 53
                - protocol: UDP
                  port: 53

        """)
    #expect(fixture.policy("allow-web")?.contains("  egress:\n    - to:\n") == true)
    #expect(
      fixture.suggestion.yaml.contains(
        "# Proof: 2 distinct connections were seen, and all are allowed; nothing else is open to or from what is closed, but DNS."
      ))
  }

  @Test("ports of one peer are one rule, and peers with the same ports are one rule")
  func merging() {
    let fixture = SuggestionFixture(
      Self.shop,
      [
        hubble("shop/web", "shop/db", 80), hubble("shop/web", "shop/db", 443),
        hubble("ops/cron", "shop/db", 80),
        hubble("ops/cron", "shop/db", 443), hubble("shop/web", "shop/db", 80),
      ])
    let ingress = fixture.policy("allow-db")?.split(separator: "  egress:").first.map(String.init) ?? ""
    #expect(ingress.split(separator: "- from:").count == 2)
    #expect(ingress.split(separator: "port: ").count == 3)
  }

  @Test("what was denied is not allowed, and is listed; what was both is allowed")
  func denied() throws {
    let fixture = SuggestionFixture(
      Self.shop,
      [
        Self.webToDB, hubble("ops/cron", "shop/db", 5432, verdict: "DROPPED"),
        hubble("ops/cron", "shop/db", 5432, verdict: "DROPPED"),
        hubble("shop/web", "shop/db", 5432, verdict: "DROPPED"),
      ])
    #expect(try fixture.verdict("ops/cron -> shop/db tcp/5432") == .denied)
    #expect(try fixture.verdict("shop/web -> shop/db tcp/5432") == .allowed)
    #expect(
      fixture.suggestion.yaml.contains(
        "# denied, and not allowed: ops/cron -> shop/db tcp/5432 seen 2 times (flows.jsonl:2)"))
    #expect(fixture.suggestion.isProven)
  }

  @Test("what its source let through and its destination denied was no connection")
  func deniedByDestination() throws {
    let lines = [
      hubble("ops/cron", "shop/db", 5432, direction: "EGRESS"),
      hubble("ops/cron", "shop/db", 5432, verdict: "DROPPED"), Self.webToDB,
    ]
    #expect(try SuggestionFixture(Self.shop, lines).verdict("ops/cron -> shop/db tcp/5432") == .denied)
    let alone = SuggestionFixture(Self.shop, [lines[0]])
    #expect(try alone.verdict("ops/cron -> shop/db tcp/5432") == .allowed)
    #expect(alone.suggestion.yaml.contains("TCP 5432 seen once, by the source's side only"))
  }

  @Test("replies are no connections, and audited connections are")
  func repliesAndAudits() throws {
    let fixture = SuggestionFixture(
      Self.shop,
      [
        hubble("shop/web", "shop/db", 5432, verdict: "AUDIT"),
        hubble("shop/db", "shop/web", 40000).replacing("\"is_reply\":false", with: "\"is_reply\":true"),
      ])
    #expect(try fixture.verdict("shop/web -> shop/db tcp/5432") == .allowed)
    #expect(try fixture.verdict("shop/db -> shop/web tcp/40000") == .denied)
    #expect(fixture.suggestion.yaml.contains("TCP 5432 seen once, in audit mode"))
    #expect(fixture.suggestion.skipped.map(\.reason) == ["replies"])
  }

  @Test("a workload is closed in both directions, or in those only in which something was seen")
  func directions() throws {
    let both = SuggestionFixture(Self.shop, [Self.webToDB])
    #expect(try both.verdict("shop/db -> shop/web tcp/80") == .denied)
    #expect(try both.verdict("ops/cron -> shop/web tcp/80") == .denied)
    let seen = SuggestionFixture(Self.shop, [Self.webToDB]) { $0.onlySeenDirections = true }
    #expect(try seen.verdict("shop/db -> shop/web tcp/80") == .allowed)
    #expect(try seen.verdict("ops/cron -> shop/db tcp/5432") == .denied)
    #expect(try seen.verdict("shop/web -> ops/cron tcp/80") == .denied)
  }

  @Test("a workload of which nothing was seen is named and left as it is, or closed")
  func unseen() throws {
    let left = SuggestionFixture(Self.shop, [Self.webToDB])
    #expect(left.suggestion.unseen == ["ops/cron"])
    #expect(
      left.findings(.unseenWorkload) == [
        "note: no flow was seen of ops/cron: left as they are (--isolate-unseen closes them)"
      ])
    #expect(left.policy("allow-cron") == nil)
    let closed = SuggestionFixture(Self.shop, [Self.webToDB]) { $0.closesUnseen = true }
    #expect(try closed.verdict("ops/cron -> 203.0.113.1 tcp/80") == .denied)
    #expect(closed.policy("allow-cron")?.contains("k8s-app: kube-dns") == true)
  }

  @Test("-n keeps to a namespace; those of the system get policies when they are named only")
  func namespaces() throws {
    let lines = [hubble("ops/cron", "shop/db", 5432), hubble("shop/web", "kube-system/metrics", 443)]
    let world = Self.shop + [namespace("kube-system"), deployment("kube-system/metrics", "app: metrics")]
    let only = SuggestionFixture(world, lines) { $0.namespace = "shop" }
    #expect(only.suggestion.parts.map(\.namespace) == ["shop"])
    let all = SuggestionFixture(world, lines)
    #expect(all.suggestion.parts.map(\.namespace) == ["ops", "shop"])
    #expect(all.findings(.systemNamespace).first?.hasPrefix("note: kube-system is left as it is") == true)
    let system = SuggestionFixture(world, lines) { $0.namespace = "kube-system" }
    #expect(system.policy("allow-metrics")?.contains("port: 443") == true)
  }

  @Test("a policy does not take the name of one that is there")
  func names() {
    let fixture = SuggestionFixture(
      Self.shop + [policy("shop/allow-db", "podSelector: {matchLabels: {app: none}}")], [Self.webToDB])
    #expect(fixture.policy("allow-db-2") != nil && fixture.policy("allow-db") == nil)
  }

  @Test("nothing of a log gets into the policies but comments of one line")
  func injection() throws {
    let line = hubble("shop/web", "203.0.113.9", 443).replacing(
      "\"Type\"", with: "\"destination_names\":[\"x\\n---\\nkind: Evil\"],\"Type\"")
    let fixture = SuggestionFixture(Self.shop, [line])
    #expect(!fixture.suggestion.yaml.contains("\nkind: Evil"))
    #expect(fixture.suggestion.isProven)
  }

  @Test("protocols without ports cannot be suggested, and are said to be cut")
  func otherProtocols() {
    let ping = hubble("shop/web", "shop/db", 0).replacing(
      "\"TCP\":{\"source_port\":43210,\"destination_port\":0}", with: "\"ICMPv4\":{\"type\":8}")
    let fixture = SuggestionFixture(Self.shop, [ping])
    #expect(
      fixture.findings(.unwritableFlow) == [
        "warning: no rule is written for shop/web -> shop/db icmp/8: NetworkPolicies speak of TCP, UDP and SCTP only"
      ])
    #expect(fixture.findings(.seenAndCut).count == 1 && !fixture.suggestion.isProven)
  }

  @Test("what something declares to need and the log does not show is said")
  func needs() {
    let world = [
      namespace("shop"), container("shop/web", "app: web", "env: [{name: DB, value: \"db:5432\"}]"),
      deployment("shop/db", "app: db"), deployment("shop/cache", "app: cache"),
      service("shop/db", "selector: {app: db}, ports: [{port: 5432}]"),
    ]
    let fixture = SuggestionFixture(world, [hubble("shop/web", "shop/cache", 6379)])
    #expect(
      fixture.findings(.needNotSeen).first?.hasPrefix(
        "warning: shop/web uses Service shop/db (DB) on TCP 5432, which was not seen, and is not allowed any more: egress denied"
      )
        == true)
    #expect(fixture.suggestion.isProven)
  }

  @Test("every form says what was seen", arguments: ["text", "md", "json"])
  func formats(format: String) throws {
    let suggestion = SuggestionFixture(
      Self.shop, [Self.webToDB, hubble("ops/cron", "shop/db", 1, verdict: "DROPPED")]
    ).suggestion
    switch format {
    case "text":
      #expect(
        suggestion.text(.plain).contains("shop/web  shop/db  TCP 5432  suggested  suggested  seen once"))
      #expect(suggestion.text(.plain).contains("ops/cron -> shop/db tcp/1 seen once (flows.jsonl:2)"))
    case "md":
      #expect(
        suggestion.markdown.contains("| shop/web | shop/db | TCP 5432 | suggested | suggested | seen once |"))
      #expect(suggestion.markdown.contains("### Namespace shop\n\n```yaml\n"))
    default:
      let data = suggestion.data.json
      #expect(
        data.contains(
          #""from":"shop/web","to":"shop/db","port":"TCP 5432","count":1,"seenOnce":true,"egress":"suggested","ingress":"suggested""#
        ))
      #expect(data.contains(#""proof":{"isProven":true,"flows":1,"cut":[],"open":[],"lookups":"#))
      #expect(data.contains(#""denied":[{"flow":"ops/cron -> shop/db tcp/1","count":1,"#))
    }
  }
}
