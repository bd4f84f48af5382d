import Dialects
import Kubernetes
import PolicyModel
import Testing

/// SEMANTICS.md §4.1 and §4.2: what narrows ports further.
@Suite("Cilium L7 rules")
struct CiliumL7Tests {
  private static let tcp = "ports: [{port: \"80\", protocol: TCP}]"
  private static let dnsPort = "ports: [{port: \"53\"}]"

  @Test(
    "L7 rules are shown by what they narrow to",
    arguments: [
      ("http: [{method: GET, path: /path}]", "HTTP GET /path"),
      ("http: [{}]", "HTTP any request"), ("http: []", "HTTP"),
      ("http: [{path: /a}, {method: POST, host: x.io}]", "HTTP /a or HTTP POST host x.io"),
      (
        "http: [{headers: [\"X-A: 1\"], headerMatches: [{name: X-B, value: c}, {name: X-D}]}]",
        "HTTP header X-A: 1 header X-B: c header X-D"
      ),
      ("dns: [{matchPattern: \"*.x\"}, {matchName: a.io}]", "DNS matchPattern *.x or DNS matchName a.io"),
      ("dns: []", "DNS"),
    ])
  func description(_ rules: String, _ text: String) {
    let reading = CiliumReading.egressPorts("{\(Self.tcp), rules: {\(rules)}}")
    #expect(reading.isAccepted && reading.portRule?.rules.description == text, "\(reading.errors)")
    #expect(reading.portRule?.rules.isWritten == true)
  }

  @Test("without rules nothing is narrowed; null rules are dropped, with a warning")
  func unrestricted() {
    let absent = CiliumReading.egressPorts("{\(Self.tcp)}")
    #expect(absent.portRule?.rules.isWritten == false && absent.portRule?.rules.description.isEmpty == true)
    let null = CiliumReading.egressPorts("{\(Self.tcp), rules: null}")
    #expect(null.isAccepted && null.portRule?.rules.isWritten == false)
    #expect(
      null.warnings.map { $0.drop { $0 != " " } } == [
        " a null `rules` is dropped by the API server: the rule allows more"
      ])
  }

  @Test("header matches keep all they say")
  func headerMatches() throws {
    let reading = CiliumReading.egressPorts(
      "{\(Self.tcp), rules: {http: [{headerMatches: [{name: A, secret: {name: s, namespace: ns}, mismatch: REPLACE}]}]}}"
    )
    guard case .http(let rules)? = reading.portRule?.rules, let match = rules.first?.headerMatches.first
    else {
      Issue.record("\(reading.errors)")
      return
    }
    #expect(match.name == "A" && match.value.isEmpty && match.mismatch == .replace)
    #expect(match.secret?.name == "s" && match.secret?.namespace == "ns")
  }

  @Test(
    "what the server refuses",
    arguments: [
      ("{}", "4:96 `rules` needs either `http` or `dns`"),
      ("{http: null}", "4:96 `rules` needs either `http` or `dns`"),
      ("{http: [], dns: []}", "4:96 `rules` needs either `http` or `dns`"),
      ("{kafka: [{topic: a}]}", "4:104 `kafka` rules are gone since Cilium 1.20, older releases take them"),
      ("{l7proto: r2d2}", "4:106 `l7proto` rules are gone since Cilium 1.20, older releases take them"),
      ("{l7: [], http: []}", "4:101 `l7` rules are gone since Cilium 1.20, older releases take them"),
      ("{http: [null]}", "4:104 an entry of `http` must not be null"),
      ("{http: [{headerMatches: [{}]}]}", "4:121 `headerMatches[]` needs a `name`"),
      ("{http: [{headerMatches: [{name: \"\"}]}]}", "4:128 `headerMatches[].name` must not be empty"),
      (
        "{http: [{headerMatches: [{name: a, mismatch: DROP}]}]}",
        "4:141 `headerMatches[].mismatch` must be LOG, ADD, DELETE, REPLACE, not `DROP`"
      ),
      ("{http: [{headerMatches: [{name: a, secret: {}}]}]}", "4:139 `secret` needs a `name`"),
      ("{dns: [{}]}", "4:103 an entry of `dns` needs either a `matchName` or a `matchPattern`"),
    ])
  func refused(_ rules: String, _ error: String) {
    let reading = CiliumReading.egressPorts("{\(Self.tcp), rules: \(rules)}")
    #expect(reading.isRefused(error), "\(reading.errors)")
  }

  @Test(
    "fields and types",
    arguments: [
      (
        "{https: []}",
        "4:97 unknown field `https` in L7Rules: did you mean `http`? (a server that drops it narrows the traffic less)"
      ),
      ("{http: {}}", "4:103 `rules.http` must be a list, not a mapping"),
      (
        "{http: [{paths: a}]}",
        "4:105 unknown field `paths` in PortRuleHTTP: did you mean `path`? (a server that drops it narrows the traffic less)"
      ),
      ("{http: [{path: 1}]}", "4:111 `http[].path` must be a string, not the number `1`"),
      ("{http: [{headers: [1]}]}", "4:115 `http[].headers[]` must be a string, not the number `1`"),
    ])
  func fields(_ rules: String, _ error: String) {
    let reading = CiliumReading.egressPorts("{\(Self.tcp), rules: \(rules)}")
    #expect(reading.rejected == 1 && reading.errors.contains(error), "\(reading.errors)")
  }

  @Test(
    "HTTP needs TCP, and a port",
    arguments: [
      ("port: \"80\"", "4:59 L7 rules other than `dns` need `protocol: TCP`"),
      ("port: \"80\", protocol: ANY", "4:82 L7 rules other than `dns` need `protocol: TCP`"),
      ("port: \"80\", protocol: UDP", "4:82 L7 rules other than `dns` need `protocol: TCP`"),
      ("port: \"0\", protocol: TCP", "4:66 L7 rules cannot stand beside the port 0"),
    ])
  func httpPorts(_ port: String, _ error: String) {
    let reading = CiliumReading.egress("{toPorts: [{ports: [{\(port)}], rules: {http: [{}]}}]}")
    #expect(reading.isIgnored(error), "\(reading.errors)")
  }

  @Test("HTTP beside a range of ports is accepted")
  func httpRange() {
    #expect(
      CiliumReading.egressPorts(
        "{ports: [{port: \"80\", endPort: 90, protocol: TCP}], rules: {http: [{}]}}"
      ).isAccepted)
  }

  @Test("a path or method that is no regular expression is ignored by the agent")
  func regularExpressions() {
    let reading = CiliumReading.egressPorts(
      "{\(Self.tcp), rules: {http: [{path: \"/public/**\", method: \"(GET\"}]}}")
    #expect(reading.rejected == 1)
    #expect(
      reading.ignored == [
        "4:111 `/public/**` is not a regular expression: a second `*` after a repetition",
        "4:133 `(GET` is not a regular expression: `(` without `)`",
      ])
  }

  @Test("DNS rules are of egress, need a port and take no range")
  func dns() {
    let rules = "rules: {dns: [{matchPattern: \"*\"}]}"
    for ports in ["port: \"53\"", "port: \"53\", protocol: UDP", "port: dns, protocol: TCP"] {
      #expect(CiliumReading.egressPorts("{ports: [{\(ports)}], \(rules)}").isAccepted)
    }
    #expect(
      CiliumReading.ingressPorts("{\(Self.dnsPort), \(rules)}").isIgnored(
        "4:82 an ingress rule cannot have DNS rules"))
    for ports in ["", "ports: [], "] {
      let reading = CiliumReading.egressPorts("{\(ports)\(rules)}")
      #expect(
        reading.rejected == 1 && reading.ignored.map { $0.drop { $0 != " " } } == [" DNS rules need a port"])
    }
    #expect(
      CiliumReading.egressPorts("{ports: [{port: \"53\", endPort: 54}], \(rules)}").isIgnored(
        "4:66 `dns` rules cannot stand beside a range of ports"))
    #expect(
      CiliumReading.egressPorts("{ports: [{port: \"0\"}], \(rules)}").isIgnored(
        "4:66 L7 rules cannot stand beside the port 0"))
  }

  @Test("an empty dns counts as another L7 rule, also for ingress")
  func emptyDNS() {
    #expect(CiliumReading.ingressPorts("{\(Self.tcp), rules: {dns: []}}").isAccepted)
    #expect(CiliumReading.ingressPorts("{\(Self.dnsPort), rules: {dns: []}}").ignored.count == 1)
  }

  @Test(
    "policies of nodes have no L7 rules but DNS of egress",
    arguments: [
      ("ingress", "http: [{}]", "a policy of nodes cannot have HTTP rules"),
      ("ingress", "http: []", "a policy of nodes cannot have HTTP rules"),
      ("ingress", "dns: []", "an ingress rule cannot have DNS rules"),
      ("egress", "http: [{}]", "a policy of nodes cannot have HTTP rules"),
      ("egress", "http: []", nil), ("egress", "dns: [{matchName: a}]", nil),
    ] as [(String, String, String?)])
  func nodes(_ direction: String, _ rules: String, _ error: String?) {
    let reading = CiliumReading.policy(
      "spec: {nodeSelector: {}, \(direction): [{toPorts: [{\(Self.tcp), rules: {\(rules)}}]}]}",
      kind: "CiliumClusterwideNetworkPolicy")
    #expect(reading.isAccepted == (error == nil))
    #expect(reading.ignored.map { $0.drop { $0 != " " } } == (error.map { [" \($0)"] } ?? []))
  }

  @Test("server names are patterns, all different")
  func serverNames() {
    let reading = CiliumReading.egressPorts("{\(Self.tcp), serverNames: [a.io, \"*.b.io\"]}")
    #expect(
      reading.isAccepted && reading.portRule?.serverNames.map(\.value.description) == ["a.io", "*.b.io"])
    for (names, error) in [
      ("[]", "4:102 `serverNames` must not be empty"),
      ("[a.io, a.io]", "4:109 `a.io` stands twice in `serverNames`"),
      ("[\"\"]", "4:103 `` is not a server name or a pattern of such"),
      ("[a b]", "4:103 `a b` is not a server name or a pattern of such"),
    ] {
      let reading = CiliumReading.egressPorts("{\(Self.tcp), serverNames: \(names)}")
      #expect(reading.isRefused(error), "\(reading.errors)")
    }
  }

  @Test("server names beside L7 rules need the TLS to be terminated")
  func serverNamesWithRules() {
    let names = "serverNames: [a.io], rules: {http: [{}]}"
    #expect(
      CiliumReading.egressPorts("{\(Self.tcp), \(names)}").isIgnored(
        "4:117 L7 `rules` beside `serverNames` need a `terminatingTLS`"))
    #expect(
      CiliumReading.egressPorts("{\(Self.tcp), \(names), terminatingTLS: {secret: {name: s}}}").isAccepted)
  }

  @Test("TLS contexts")
  func tls() throws {
    let reading = CiliumReading.egressPorts(
      "{\(Self.tcp), originatingTLS: {secret: {name: s, namespace: ns}, trustedCA: a, certificate: b, privateKey: c}}"
    )
    let context = try #require(reading.portRule?.originatingTLS)
    #expect(context.secret.name == "s" && context.secret.namespace == "ns")
    #expect([context.trustedCA, context.certificate, context.privateKey] == ["a", "b", "c"])
    #expect(reading.portRule?.terminatingTLS == nil)
    #expect(
      CiliumReading.egressPorts("{\(Self.tcp), terminatingTLS: {}}").isRefused(
        "4:105 a TLS context needs a `secret`"))
  }

  @Test("a listener is of egress and stands without L7 rules")
  func listener() throws {
    let listener = "listener: {envoyConfig: {kind: CiliumEnvoyConfig, name: e}, name: l, priority: 7}"
    let written = try #require(CiliumReading.egressPorts("{\(Self.tcp), \(listener)}").portRule?.listener)
    #expect(written.envoyConfigKind == .namespaced && written.envoyConfigName == "e")
    #expect(written.name == "l" && written.priority == 7)
    #expect(
      CiliumReading.ingressPorts("{\(Self.tcp), \(listener)}").isIgnored(
        "4:100 an ingress rule cannot have a `listener`"))
    #expect(
      CiliumReading.egressPorts("{\(Self.tcp), rules: {http: []}, \(listener)}").isIgnored(
        "4:118 a `listener` cannot stand beside L7 `rules`"))
  }

  @Test(
    "what a listener cannot be",
    arguments: [
      ("{name: l}", "4:99 `listener` needs an `envoyConfig`"),
      ("{envoyConfig: {name: e}}", "4:99 `listener` needs a `name`"),
      ("{envoyConfig: {}, name: l}", "4:113 `listener.envoyConfig` needs a `name`"),
      ("{envoyConfig: {name: \"\"}, name: l}", "4:120 `listener.envoyConfig.name` must not be empty"),
      (
        "{envoyConfig: {name: e, kind: Envoy}, name: l}",
        "4:129 `listener.envoyConfig.kind` must be CiliumEnvoyConfig, CiliumClusterwideEnvoyConfig, not `Envoy`"
      ),
      ("{envoyConfig: {name: e}, name: l, priority: 0}", "4:143 `listener.priority` must be 1 to 100, not 0"),
      (
        "{envoyConfig: {name: e}, name: l, priority: 101}",
        "4:143 `listener.priority` must be 1 to 100, not 101"
      ),
    ])
  func invalidListener(_ listener: String, _ error: String) {
    let reading = CiliumReading.egressPorts("{\(Self.tcp), listener: \(listener)}")
    #expect(reading.isRefused(error), "\(reading.errors)")
  }
}
