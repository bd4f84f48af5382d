import Kubernetes
import Testing

@testable import Dialects

/// SEMANTICS.md §2.1 and §2.3: peers, and what the two channels of the API make of them.
@Suite("Peers of cluster-wide policies")
struct ClusterNetworkPolicyPeerTests {
  typealias Reading = ClusterNetworkPolicyReading
  typealias Kind = ClusterNetworkPolicy.Kind

  @Test(
    "a peer is exactly one thing",
    arguments: [
      (
        "{}",
        "5:33 a peer needs exactly one of `namespaces`, `pods`, `networks`, `nodes`, `domainNames`"
      ),
      (
        "{networks: null}",
        "5:33 a peer needs exactly one of `namespaces`, `pods`, `networks`, `nodes`, `domainNames`"
      ),
      ("{namespaces: {}, nodes: {}}", "5:33 a peer must not have `namespaces` and `nodes` at once"),
      (
        "{podSelector: {}}",
        "5:34 unknown field `podSelector` in ClusterNetworkPolicyEgressPeer: it stands in `pods`"
      ),
      (
        "{ipBlock: {cidr: 10.0.0.0/8}}",
        "5:34 unknown field `ipBlock` in ClusterNetworkPolicyEgressPeer: write `networks`"
      ),
      (
        "{network: [10.0.0.0/8]}",
        "5:34 unknown field `network` in ClusterNetworkPolicyEgressPeer: did you mean `networks`?"
      ),
    ])
  func exactlyOne(_ peer: String, _ error: String) {
    let reading = Reading.peer(peer)
    #expect(reading.policies.isEmpty && reading.errors == [error])
  }

  @Test(
    "ingress peers are namespaces or pods",
    arguments: ["networks: [10.0.0.0/8]", "nodes: {}", "domainNames: [a.b]"])
  func ingressPeers(_ peer: String) {
    let field = peer.prefix { $0 != ":" }
    #expect(
      Reading.rules("ingress: [{action: Deny, from: [{\(peer)}]}]").errors == [
        "5:35 unknown field `\(field)` in ClusterNetworkPolicyIngressPeer: only peers of egress rules have it"
      ])
  }

  @Test(
    "an ingress peer is exactly one of the two",
    arguments: [
      ("{}", "5:34 a peer needs exactly one of `namespaces`, `pods`"),
      (
        "{namespaces: {}, pods: {podSelector: {}}}",
        "5:34 a peer must not have `namespaces` and `pods` at once"
      ),
    ])
  func exactlyOneOfIngress(_ peer: String, _ error: String) {
    let reading = Reading.rules("ingress: [{action: Deny, from: [\(peer)]}]")
    #expect(reading.policies.isEmpty && reading.errors == [error])
  }

  @Test("a BaselineAdminNetworkPolicy has no domainNames")
  func baselineNames() {
    #expect(
      Reading.peer("{domainNames: [a.b]}", action: "Deny", .baselineAdminNetworkPolicy).errors == [
        "5:32 unknown field `domainNames` in BaselineAdminNetworkPolicyEgressPeer: a BaselineAdminNetworkPolicy cannot match names"
      ])
  }

  @Test(
    "fields of v0.1.1 are gone, and articles still show them",
    arguments: [
      (
        "{namespaces: {sameLabels: [tenant]}}",
        "unknown field `sameLabels` in LabelSelector: it is gone since v0.1.7 of the API; select labels by their values (a server that drops it selects everything)"
      ),
      (
        "{namespaces: {notSameLabels: [tenant]}}",
        "unknown field `notSameLabels` in LabelSelector: it is gone since v0.1.7 of the API; select labels by their values (a server that drops it selects everything)"
      ),
      (
        "{namespaces: {namespaceSelector: {}}}",
        "unknown field `namespaceSelector` in LabelSelector: since v0.1.7 of the API `namespaces` is the selector itself (a server that drops it selects everything)"
      ),
      (
        "{pods: {namespaces: {namespaceSelector: {}}, podSelector: {}}}",
        "unknown field `namespaces` in NamespacedPod: since v0.1.7 of the API it is `namespaceSelector` (a server that drops it selects all namespaces)"
      ),
      (
        "{pods: {sameLabels: [a], namespaceSelector: {}, podSelector: {}}}",
        "unknown field `sameLabels` in NamespacedPod: it is gone since v0.1.7 of the API; select labels by their values"
      ),
    ])
  func retiredFields(_ peer: String, _ error: String) {
    let reading = Reading.peer(peer)
    #expect(reading.policies.isEmpty)
    #expect(reading.errors.map { String($0.drop { $0 != " " }.dropFirst()) } == [error])
  }

  @Test(
    "networks are CIDRs; bits after the prefix are cleared",
    arguments: [
      ("10.0.0.0/8", "10.0.0.0/8", nil), ("0.0.0.0/0", "0.0.0.0/0", nil), ("\"::/0\"", "::/0", nil),
      ("\"FD00:0::/8\"", "fd00::/8", nil), ("10.0.0.1/32", "10.0.0.1/32", nil),
      ("10.1.2.3/8", "10.0.0.0/8", "5:45 `10.1.2.3/8` has bits set after its prefix; it means 10.0.0.0/8"),
      ("\"fd00::1/8\"", "fd00::/8", "5:45 `fd00::1/8` has bits set after its prefix; it means fd00::/8"),
    ])
  func networks(_ text: String, _ cidr: String, _ warning: String?) {
    let reading = Reading.peer("{networks: [\(text)]}")
    #expect(reading.ruleTexts == ["egress[0] accept: networks \(cidr) | any"])
    #expect(reading.warnings == (warning.map { [$0] } ?? []))
  }

  @Test(
    "what CEL's isCIDR does not take is rejected",
    arguments: [
      (
        "10.0.0.1", "`10.0.0.1` is not a CIDR such as 10.0.0.0/8 or fd00::/8",
        "add the prefix length: 10.0.0.1/32"
      ),
      ("\"\"", "`` is not a CIDR such as 10.0.0.0/8 or fd00::/8", nil),
      ("10.0.0.0/33", "`10.0.0.0/33` is not a CIDR such as 10.0.0.0/8 or fd00::/8", nil),
      ("010.0.0.0/8", "`010.0.0.0/8` has leading zeros", "write 10.0.0.0/8"),
      ("10.0.0.0/08", "`10.0.0.0/08` has leading zeros", "write 10.0.0.0/8"),
      ("\"::ffff:10.0.0.0/104\"", "`::ffff:10.0.0.0/104` is an IPv4 block in IPv6 form", "write 10.0.0.0/8"),
      (
        "\"0000:0000:0000:0000:0000:ffff:255.255.255.255/128\"",
        "`0000:0000:0000:0000:0000:ffff:255.255.255.255/128` has more than 43 characters", nil
      ),
      ("null", "`spec.egress[].to[].networks[]` must be a string, not null", nil),
      ("10", "`spec.egress[].to[].networks[]` must be a string, not the number `10`", "quote it: \"10\""),
    ] as [(String, String, String?)])
  func wrongNetworks(_ text: String, _ error: String, _ fix: String?) {
    let reading = Reading.peer("{networks: [\(text)]}")
    #expect(reading.policies.isEmpty && reading.errors == ["5:45 \(error)"] && reading.fixes == [fix])
  }

  @Test("networks are a set of 1 to 25")
  func networkCount() {
    func reading(_ count: Int) -> Reading {
      Reading.peer("{networks: [\((0..<count).map { "10.\($0).0.0/16" }.joined(separator: ", "))]}")
    }
    #expect(reading(25).isAccepted)
    #expect(
      reading(26).errors.first?.hasSuffix("`spec.egress[].to[].networks` may have at most 25 entries, not 26")
        == true)
    #expect(reading(0).errors == ["5:44 `spec.egress[].to[].networks` must have at least one entry"])
    #expect(
      Reading.peer("{networks: [10.0.0.0/8, 10.0.0.0/8]}").errors == [
        "5:57 `10.0.0.0/8` stands twice in `spec.egress[].to[].networks`"
      ])
    #expect(Reading.peer("{networks: [10.0.0.0/8, 10.0.0.1/8]}").isAccepted, "sets compare texts")
  }

  @Test(
    "domain names have at least two labels; `*` may stand for the first ones",
    arguments: [
      "example.com", "*.example.com", "example.com.", "*.example.com.", "EXAMPLE.com", "a_b.example.com",
      "_dns.example.com", "a.b.c.d", "1a.2b", "xn--bcher-kva.example",
    ])
  func names(_ name: String) {
    let reading = Reading.peer("{domainNames: [\"\(name)\"]}")
    #expect(reading.isAccepted && reading.ruleTexts == ["egress[0] accept: names \(name) | any"])
  }

  @Test(
    "what is no domain name is rejected",
    arguments: [
      "", "com", "*", "*.com", "a.*.com", "*a.com", "**.a.com", "a..com", ".a.com", "a.com..", "-a.com",
      "a-.com",
      "a b.com", "bücher.example", "a.com/", "*.", ".",
    ])
  func wrongNames(_ name: String) {
    let reading = Reading.peer("{domainNames: [\"\(name)\"]}")
    #expect(reading.policies.isEmpty && reading.errors.count == 1)
    #expect(reading.errors.first?.hasPrefix("5:48 `\(name)` is not a domain name such as ") == true)
  }

  @Test("domain names are a set of 1 to 25")
  func nameCount() {
    func reading(_ count: Int) -> Reading {
      Reading.peer("{domainNames: [\((0..<count).map { "a\($0).b" }.joined(separator: ", "))]}")
    }
    #expect(reading(25).isAccepted && !reading(26).isAccepted && !reading(0).isAccepted)
    #expect(
      Reading.peer("{domainNames: [a.b, a.b]}").errors == [
        "5:53 `a.b` stands twice in `spec.egress[].to[].domainNames`"
      ])
  }

  @Test("an address passes for a domain name, and the author is told")
  func addressAsName() {
    let reading = Reading.peer("{domainNames: [1.2.3.4]}")
    #expect(
      reading.isAccepted
        && reading.warnings.first
          == "5:48 `1.2.3.4` is an address: the server takes it for a name, which no DNS answer has"
    )
    #expect(reading.diagnostics.first?.fix == "write networks: [1.2.3.4/32]")
  }

  @Test(
    "domain names in rules that do not accept are admitted, and the author is told",
    arguments: ["Deny", "Pass"])
  func namesInOtherRules(_ action: String) {
    for kind in [Kind.clusterNetworkPolicy, .adminNetworkPolicy] {
      let reading = Reading.peer("{domainNames: [a.b]}", action: action, kind)
      #expect(
        reading.isAccepted
          && reading.warnings.first
            == "5:45 `domainNames` are for \(kind.name(of: .accept)) rules; servers admit them in this \(action) rule, and the API does not say what they do there"
      )
    }
  }

  @Test(
    "fields of the experimental channel are a warning each",
    arguments: [Kind.clusterNetworkPolicy, .adminNetworkPolicy])
  func experimentalPeers(_ kind: Kind) {
    let reading = Reading.peer(
      "{nodes: {}}, {nodes: {}}, {domainNames: [a.b]}", action: kind.name(of: .accept), kind)
    let shift = kind == .clusterNetworkPolicy ? 1 : 0
    #expect(
      reading.isAccepted
        && reading.warnings == [
          "5:\(32 + shift) standard-channel clusters reject `nodes`: only the experimental channel of the API has it",
          "5:\(58 + shift) standard-channel clusters reject `domainNames`: only the experimental channel of the API has it",
        ])
    #expect(Reading.peer("{networks: [10.0.0.0/8]}", action: "Deny", kind).diagnostics.isEmpty)
  }

  @Test(
    "named ports cannot stand with peers that have none",
    arguments: ["networks: [10.0.0.0/8]", "nodes: {}", "domainNames: [a.b]"])
  func namedPorts(_ peer: String) {
    let field = peer.prefix { $0 != ":" }
    func rule(_ ports: String) -> String {
      "egress: [{action: Deny, to: [{pods: {namespaceSelector: {}, podSelector: {}}}, {\(peer)}],\n \(ports)}]"
    }
    let cluster = Reading.rules(
      rule("protocols: [{tcp: {destinationPort: {number: 1}}}, {destinationNamedPort: a}]"))
    #expect(
      cluster.policies.isEmpty
        && cluster.errors == [
          "6:53 `\(field)` have no named ports, so they cannot stand in one rule with `destinationNamedPort`: the experimental channel rejects the rule, and on the standard channel they never match"
        ])
    let admin = Reading.rules(rule("ports: [{namedPort: a}]"), .adminNetworkPolicy)
    #expect(
      admin.errors == [
        "6:10 `\(field)` have no named ports, so they cannot stand in one rule with `namedPort`: the server rejects the rule"
      ])
  }

  @Test("named ports may stand with pods, in egress rules too")
  func namedPortsOfPods() {
    #expect(
      Reading.rules(
        "egress: [{action: Deny, to: [{namespaces: {}}], protocols: [{destinationNamedPort: a}]}]"
      )
      .diagnostics.isEmpty)
  }
}
