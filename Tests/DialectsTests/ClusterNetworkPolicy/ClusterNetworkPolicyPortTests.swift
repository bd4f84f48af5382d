import Kubernetes
import Testing

@testable import Dialects

/// SEMANTICS.md §2.1: `protocols` of v1alpha2, and §2.3: `ports` of v1alpha1. An entry starts in line 6.
@Suite("Ports of cluster-wide policies")
struct ClusterNetworkPolicyPortTests {
  typealias Reading = ClusterNetworkPolicyReading
  typealias Kind = ClusterNetworkPolicy.Kind

  private func traffic(_ reading: Reading) -> String? {
    reading.ruleTexts.first.map { String($0.drop { $0 != "|" }.dropFirst(2)) }
  }

  @Test(
    "entries of v1alpha2",
    arguments: [
      ("{tcp: {destinationPort: {number: 1}}}", "TCP 1"),
      ("{udp: {destinationPort: {number: 65535}}}", "UDP 65535"),
      ("{sctp: {destinationPort: {range: {start: 1, end: 2}}}}", "SCTP 1-2"),
      ("{tcp: {destinationPort: {range: {start: 1, end: 65535}}}}", "TCP all ports"),
      ("{destinationNamedPort: http}", "named http"),
      ("{tcp: {destinationPort: {number: 1, range: null}}, udp: null}", "TCP 1"),
    ])
  func protocols(_ entry: String, _ expected: String) {
    let reading = Reading.port(entry)
    #expect(reading.diagnostics.isEmpty && traffic(reading) == expected)
  }

  @Test("no protocols means all traffic; an empty list is rejected")
  func emptyProtocols() {
    #expect(
      traffic(Reading.rules("ingress: [{action: Deny, from: [{namespaces: {}}], protocols: null}]")) == "any")
    #expect(Reading.port("").errors == ["6:13 `spec.ingress[].protocols` must have at least one entry"])
    #expect(Reading.port("").fixes == ["leave it out to mean all traffic"])
    #expect(
      Reading.port("", .adminNetworkPolicy).errors == [
        "6:9 `spec.ingress[].ports` must have at least one entry"
      ])
  }

  @Test(
    "wrong entries of v1alpha2",
    arguments: [
      (
        "{}",
        "6:14 an entry of `protocols` needs exactly one of `tcp`, `udp`, `sctp`, `destinationNamedPort`"
      ),
      (
        "{tcp: {destinationPort: {number: 1}}, udp: {destinationPort: {number: 1}}}",
        "6:14 an entry of `protocols` must not have `tcp` and `udp` at once"
      ),
      ("{tcp: {}}", "6:20 `tcp` needs a `destinationPort`"),
      ("{udp: {destinationPort: null}}", "6:20 `udp` needs a `destinationPort`"),
      (
        "{tcp: {number: 80}}",
        "6:21 unknown field `number` in ClusterNetworkPolicyProtocolTCP: it stands in `destinationPort`"
      ),
      ("{tcp: {destinationPort: {}}}", "6:38 `destinationPort` needs exactly one of `number`, `range`"),
      (
        "{tcp: {destinationPort: {number: 1, range: {start: 1, end: 2}}}}",
        "6:38 `destinationPort` must not have `number` and `range` at once"
      ),
      ("{tcp: {destinationPort: 80}}", "6:38 `tcp.destinationPort` must be a mapping, not the number `80`"),
      ("{tcp: {destinationPort: {number: 0}}}", "6:47 `number` must be 1 to 65535, not 0"),
      ("{tcp: {destinationPort: {number: 65536}}}", "6:47 `number` must be 1 to 65535, not 65536"),
      (
        "{tcp: {destinationPort: {number: http}}}",
        "6:47 `number` must be an integer, not the string `http`"
      ),
      (
        "{tcp: {destinationPort: {range: {start: 80, end: 80}}}}",
        "6:46 `start` 80 must be less than `end` 80"
      ),
      (
        "{tcp: {destinationPort: {range: {start: 90, end: 80}}}}",
        "6:46 `start` 90 must be less than `end` 80"
      ),
      ("{tcp: {destinationPort: {range: {start: 90}}}}", "6:46 `range` without `end`"),
      ("{tcp: {destinationPort: {range: {start: 0, end: 5}}}}", "6:54 `start` must be 1 to 65535, not 0"),
      (
        "{tcp: {destinationPort: {range: [80, 90]}}}", "6:46 `range` must be a mapping, not a list"
      ),
      (
        "{portNumber: {port: 80}}",
        "6:15 unknown field `portNumber` in ClusterNetworkPolicyProtocol: v1alpha1 has it; write `tcp: {destinationPort: {number: …}}`"
      ),
      (
        "{namedPort: a}",
        "6:15 unknown field `namedPort` in ClusterNetworkPolicyProtocol: v1alpha1 has it; write `destinationNamedPort`"
      ),
      (
        "{TCP: {destinationPort: {number: 1}}}",
        "6:15 unknown field `TCP` in ClusterNetworkPolicyProtocol: did you mean `tcp`?"
      ),
      ("null", "6:14 `spec.ingress[].protocols[]` must be a mapping, not null"),
      ("tcp", "6:14 `spec.ingress[].protocols[]` must be a mapping, not the string `tcp`"),
      ("{destinationNamedPort: 80}", "6:37 `destinationNamedPort` must be a string, not the number `80`"),
    ])
  func wrongProtocols(_ entry: String, _ error: String) {
    let reading = Reading.port(entry)
    #expect(reading.policies.isEmpty && reading.errors == [error])
  }

  @Test("what to write for every port, and for a range of one")
  func fixes() {
    #expect(
      Reading.port("{tcp: {}}").fixes == [
        "for every port write tcp: {destinationPort: {range: {start: 1, end: 65535}}}"
      ])
    #expect(
      Reading.port("{tcp: {destinationPort: {range: {start: 80, end: 80}}}}").fixes == ["write number: 80"])
    #expect(
      Reading.port("{tcp: {destinationPort: {range: {start: 90, end: 80}}}}").fixes == [
        "swap them: start 80, end 90"
      ])
  }

  @Test(
    "any string is a port's name to a server; one that no container port can have is told",
    arguments: ["", "Not Valid!", String(repeating: "a", count: 64), "80"])
  func portNames(_ name: String) {
    let reading = Reading.port("{destinationNamedPort: \"\(name)\"}", action: "Deny")
    #expect(reading.isAccepted && traffic(reading) == "named \(name)" && reading.warnings.count == 1)
    #expect(
      reading.warnings.first?.hasPrefix("6:37 no container port can have the name `\(name)`, which must ")
        == true)
    #expect(
      reading.warnings.first?.hasSuffix(
        "servers admit it: the entry matches nothing, and the Deny rule denies none of it") == true)
    #expect(
      reading.fixes == [name == "80" ? "for the number write tcp: {destinationPort: {number: 80}}" : nil])
  }

  @Test(
    "entries of v1alpha1; the protocol is TCP when left out",
    arguments: [
      ("{portNumber: {port: 80}}", "TCP 80"), ("{portNumber: {protocol: null, port: 80}}", "TCP 80"),
      ("{portNumber: {protocol: UDP, port: 80}}", "UDP 80"),
      ("{portRange: {start: 80, end: 80}}", "TCP 80"),
      ("{portRange: {protocol: SCTP, start: 80, end: 90}}", "SCTP 80-90"),
    ])
  func ports(_ entry: String, _ expected: String) {
    for kind in [Kind.adminNetworkPolicy, .baselineAdminNetworkPolicy] {
      let reading = Reading.port(entry, kind)
      #expect(reading.diagnostics.isEmpty && traffic(reading) == expected)
    }
  }

  @Test("a named port is the experimental channel's in v1alpha1, and for every protocol")
  func namedPort() {
    let reading = Reading.port("{namedPort: http}, {namedPort: http2}", .baselineAdminNetworkPolicy)
    #expect(traffic(reading) == "named http, named http2")
    #expect(
      reading.warnings == [
        "6:10 standard-channel clusters reject `namedPort`: only the experimental channel of the API has it"
      ])
  }

  @Test(
    "wrong entries of v1alpha1",
    arguments: [
      ("{}", "6:10 an entry of `ports` needs exactly one of `portNumber`, `portRange`, `namedPort`"),
      (
        "{portNumber: {port: 1}, namedPort: a}",
        "6:10 an entry of `ports` must not have `portNumber` and `namedPort` at once"
      ),
      ("{portNumber: {}}", "6:23 `portNumber` without `port`"),
      ("{portNumber: {port: 0}}", "6:30 `port` must be 1 to 65535, not 0"),
      ("{portNumber: {port: 1, protocol: 6}}", "6:43 `protocol` must be a string, not the number `6`"),
      ("{portRange: {start: 1, end: 65536}}", "6:38 `end` must be 1 to 65535, not 65536"),
      ("{portRange: {end: 1}}", "6:22 `portRange` without `start`"),
      (
        "{tcp: {}}",
        "6:11 unknown field `tcp` in AdminNetworkPolicyPort: v1alpha2 has it; write `portNumber: {protocol: …, port: …}`"
      ),
    ])
  func wrongPorts(_ entry: String, _ error: String) {
    let reading = Reading.port(entry, .adminNetworkPolicy)
    #expect(reading.policies.isEmpty && reading.errors == [error])
  }

  @Test(
    "servers of v1alpha1 admit any protocol; an entry with an unknown one matches nothing",
    arguments: ["tcp", "ICMP", ""])
  func unknownProtocol(_ name: String) {
    let reading = Reading.port("{portNumber: {protocol: \"\(name)\", port: 80}}", .adminNetworkPolicy)
    #expect(reading.isAccepted && traffic(reading) == "unknown \(name)")
    #expect(
      reading.warnings == [
        "6:34 no engine knows the `protocol` `\(name)`, which servers admit: the entry matches nothing"
      ])
    #expect(reading.fixes == [name == "tcp" ? "write TCP" : "write TCP, UDP or SCTP"])
    let deny = Reading.port(
      "{portRange: {protocol: \"\(name)\", start: 1, end: 2}}", action: "Deny", .baselineAdminNetworkPolicy)
    #expect(traffic(deny) == "unknown \(name)")
    #expect(
      deny.warnings == [
        "6:33 no engine knows the `protocol` `\(name)`, which servers admit: the entry matches nothing, and the Deny rule denies none of it"
      ])
  }

  @Test("servers of v1alpha1 admit a range that ends before it starts; it matches nothing")
  func emptyRange() {
    let reading = Reading.port("{portRange: {start: 90, end: 80}}", .adminNetworkPolicy)
    #expect(reading.isAccepted && traffic(reading) == "empty 90-80")
    #expect(
      reading.warnings == [
        "6:22 `start` 90 is greater than `end` 80; servers admit it: the entry matches nothing"
      ])
    #expect(reading.fixes == ["swap them: start 80, end 90"])
  }
}
