import Kubernetes
import PolicyModel
import Testing

@testable import Dialects

/// SEMANTICS.md §3.2: what a rule says of its traffic.
@Suite("Calico rules")
struct CalicoRuleTests {
  private static let ignored =
    "; the API server accepts this, but Felix ignores the whole policy: traffic stays open"

  @Test("a rule with an action and nothing else is for all traffic", arguments: CalicoRule.Action.allCases)
  func actions(_ action: CalicoRule.Action) throws {
    let reading = CalicoReading.ingress("{action: \(action.rawValue), source: null, destination: {}}")
    #expect(reading.isAccepted)
    let rule = try #require(reading.rule)
    #expect(rule.action == action && rule.location.column == 18)
    #expect(rule.protocol == nil && rule.notProtocol == nil && rule.icmp == nil && rule.notICMP == nil)
    #expect(rule.ipVersion == nil && rule.http == nil && rule.annotations.isEmpty)
    #expect(rule.source.location.column == 18 && rule.addressFamily == nil)
    for end in [rule.source, rule.destination] {
      #expect(end.ports.isEmpty && end.notPorts.isEmpty && end.nets.isEmpty && end.notNets.isEmpty)
    }
  }

  @Test(
    "a rule is a mapping with an action",
    arguments: [
      ("{}", "4:18 a rule needs an `action`: Allow, Deny, Log or Pass"),
      ("{action: null}", "4:18 a rule needs an `action`: Allow, Deny, Log or Pass"),
      ("null", "4:18 `spec.ingress[]` must be a mapping, not null"),
      ("Allow", "4:18 `spec.ingress[]` must be a mapping, not the string `Allow`"),
      ("{action: allow}", "4:27 `spec.ingress[].action` must be Allow, Deny, Log or Pass, not `allow`"),
      ("{action: Accept}", "4:27 `spec.ingress[].action` must be Allow, Deny, Log or Pass, not `Accept`"),
    ])
  func wrongActions(_ rule: String, _ error: String) {
    let reading = CalicoReading.ingress(rule)
    #expect(reading.rejected == 1 && reading.errors == [error])
  }

  @Test(
    "protocols are names or numbers, in quotes or not",
    arguments: [
      ("TCP", 6), ("UDP", 17), ("ICMP", 1), ("ICMPv6", 58), ("SCTP", 132), ("UDPLite", 136), ("112", 112),
      ("\"6\"", 6), ("255", 255), ("1", 1),
    ] as [(String, UInt8)])
  func protocols(_ text: String, _ number: UInt8) {
    let reading = CalicoReading.ingress("{action: Deny, protocol: \(text), notProtocol: \(text)}")
    #expect(reading.isAccepted && reading.rule?.protocol?.value.number == number)
    #expect(
      reading.rule?.protocol?.location.column == 43 && reading.rule?.notProtocol?.value.number == number)
  }

  @Test(
    "other protocols are rejected, and Felix ignores a policy with one",
    arguments: [
      ("0", "0\(ignored)"), ("256", "256\(ignored)"), ("-1", "-1\(ignored)"), ("\"0\"", "`0`\(ignored)"),
      ("ANY", "`ANY`\(ignored)"), ("GRE", "`GRE`\(ignored)"), ("\"\"", "``\(ignored)"), ("tcp", "`tcp`"),
      ("IcmpV6", "`IcmpV6`"), ("1.5", "the number `1.5`"), ("[TCP]", "a list"),
    ])
  func wrongProtocols(_ text: String, _ found: String) {
    for field in ["protocol", "notProtocol"] {
      let reading = CalicoReading.ingress("{action: Deny, \(field): \(text)}")
      #expect(reading.rejected == 1)
      #expect(
        reading.errors == [
          "4:\(35 + field.utf8.count) `spec.ingress[].\(field)` must be TCP, UDP, ICMP, ICMPv6, SCTP, UDPLite or 1 to 255, not \(found)"
        ])
    }
  }

  @Test("what was probably meant by a protocol is said")
  func protocolFixes() {
    func fix(_ text: String) -> String? {
      CalicoReading.ingress("{action: Deny, protocol: \(text)}").diagnostics.first?.fix
    }
    #expect(fix("tcp") == "write TCP" && fix("icmpv6") == "write ICMPv6")
    #expect(fix("ANY") == "leave it out to mean every protocol" && fix("GRE") == nil)
  }

  @Test("ipVersion is 4 or 6")
  func ipVersion() {
    #expect(CalicoReading.ingress("{action: Deny, ipVersion: 4}").rule?.ipVersion == .ipv4)
    #expect(CalicoReading.ingress("{action: Deny, ipVersion: 6}").rule?.addressFamily == .ipv6)
    let reading = CalicoReading.ingress("{action: Deny, ipVersion: 5}")
    #expect(reading.errors == ["4:44 `spec.ingress[].ipVersion` must be 4 or 6, not 5"])
  }

  @Test("icmp names a type, and perhaps a code; the family is the protocol's")
  func icmp() {
    let reading = CalicoReading.ingress(
      "{action: Deny, protocol: ICMP, icmp: {type: 8, code: 0}, notICMP: {type: 254}}")
    #expect(reading.isAccepted && reading.rule?.icmp?.value == CalicoICMP(type: 8, code: 0))
    #expect(reading.rule?.notICMP?.value == CalicoICMP(type: 254, code: nil))
    #expect(CalicoReading.ingress("{action: Deny, protocol: 58, icmp: {type: 128}}").isAccepted)
    let empty = CalicoReading.ingress("{action: Deny, protocol: ICMPv6, icmp: {}}")
    #expect(empty.isAccepted && empty.rule?.icmp == nil)
  }

  @Test(
    "icmp is for the protocols ICMP and ICMPv6, with type 0 to 254 and code 0 to 255 of a type",
    arguments: [
      ("icmp: {type: 8}", ["4:39 `icmp` needs `protocol: ICMP` or `protocol: ICMPv6`"]),
      ("notICMP: {type: 8}", ["4:42 `notICMP` needs `protocol: ICMP` or `protocol: ICMPv6`"]),
      ("protocol: TCP, icmp: {}", ["4:54 `icmp` needs `protocol: ICMP` or `protocol: ICMPv6`"]),
      (
        "protocol: ICMP, icmp: {type: 255}",
        ["4:62 `spec.ingress[].icmp.type` must be 0 to 254, not 255"]
      ),
      (
        "protocol: ICMP, icmp: {type: 3, code: 256}",
        ["4:71 `spec.ingress[].icmp.code` must be 0 to 255, not 256"]
      ),
      ("protocol: ICMP, icmp: {code: 0}", ["4:62 `spec.ingress[].icmp.code` needs a `type`"]),
      ("protocol: ICMP, ipVersion: 6", ["4:43 protocol ICMP needs ipVersion 4"]),
      ("notProtocol: ICMPv6, ipVersion: 4", ["4:46 protocol ICMPv6 needs ipVersion 6"]),
      (
        "protocol: bogus, icmp: {type: 8}",
        [
          "4:43 `spec.ingress[].protocol` must be TCP, UDP, ICMP, ICMPv6, SCTP, UDPLite or 1 to 255, not `bogus`\(ignored)"
        ]
      ),
    ])
  func wrongICMP(_ criteria: String, _ errors: [String]) {
    let reading = CalicoReading.ingress("{action: Deny, \(criteria)}")
    #expect(reading.rejected == 1 && reading.errors == errors)
  }

  @Test("http has methods and paths, each of one kind")
  func http() throws {
    let reading = CalicoReading.ingress(
      "{action: Allow, protocol: TCP, http: {methods: [GET, PUT], paths: [{exact: /a}, {prefix: /b, exact: \"\"}]}}"
    )
    #expect(reading.isAccepted)
    let http = try #require(reading.rule?.http)
    #expect(http.methods == ["GET", "PUT"] && http.paths == [.exact("/a"), .prefix("/b")])
    #expect(http.location.column == 55)
    #expect(CalicoReading.ingress("{action: Allow, http: {}}").isAccepted)
    #expect(CalicoReading.ingress("{action: Allow, protocol: 6, http: {methods: []}}").isAccepted)
  }

  @Test(
    "http is for ingress rules that allow TCP",
    arguments: [
      ("{action: Deny, http: {}}", "4:39 `http` is for rules with `action: Allow` only, not Deny"),
      ("{action: Allow, protocol: UDP, http: {}}", "4:55 `http` needs `protocol: TCP`, not UDP"),
      (
        "{action: Allow, http: {methods: [GET, GET]}}",
        "4:56 `GET` stands twice in `spec.ingress[].http.methods`"
      ),
      (
        "{action: Allow, http: {paths: [{}]}}",
        "4:49 `spec.ingress[].http.paths[]` needs either `exact` or `prefix`"
      ),
      (
        "{action: Allow, http: {paths: [{exact: /a, prefix: /b}]}}",
        "4:49 `spec.ingress[].http.paths[]` needs either `exact` or `prefix`"
      ),
      (
        "{action: Allow, http: {paths: [{exact: a}]}}",
        "4:49 the path `a` must start with `/` and have no `?`, `#` or space"
      ),
      (
        "{action: Allow, http: {paths: [{prefix: /a?b}]}}",
        "4:49 the path `/a?b` must start with `/` and have no `?`, `#` or space"
      ),
      (
        "{action: Allow, http: {paths: [/a]}}",
        "4:49 `spec.ingress[].http.paths[]` must be a mapping, not the string `/a`"
      ),
    ])
  func wrongHTTP(_ rule: String, _ error: String) {
    let reading = CalicoReading.ingress(rule)
    #expect(reading.rejected == 1 && reading.errors == [error])
  }

  @Test("http is not for egress, and its lists and paths have limits")
  func httpLimits() {
    #expect(
      CalicoReading.egress("{action: Allow, http: {}}").errors == ["4:39 `http` is for ingress rules only"])
    let many = (0...20).map { "M\($0)" }.joined(separator: ", ")
    #expect(
      CalicoReading.ingress("{action: Allow, http: {methods: [\(many)]}}").errors == [
        "4:50 `spec.ingress[].http.methods` may have at most 20 entries"
      ])
    let path = "/" + String(repeating: "a", count: 1024)
    #expect(
      CalicoReading.ingress("{action: Allow, http: {paths: [{exact: \(path)}]}}").errors == [
        "4:49 `spec.ingress[].http.paths[]` may have at most 1024 characters"
      ])
  }

  @Test("annotations are kept; their keys have the syntax of others")
  func annotations() {
    let rule = "{action: Deny, metadata: {annotations: {example.com/Why: because}}}"
    #expect(CalicoReading.ingress(rule).rule?.annotations == ["example.com/Why": "because"])
    let wrong = CalicoReading.ingress("{action: Deny, metadata: {annotations: {a b: c, d: 1}}}")
    #expect(wrong.rejected == 1 && wrong.errors.count == 2)
  }
}
