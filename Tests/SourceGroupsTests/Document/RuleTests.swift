import Kubernetes
import PolicyModel
import SourceGroups
import Testing

@Suite("A rule of a source group")
struct RuleTests {
  private func read(_ rule: String) -> SourceGroupReading {
    Documents.read(Documents.text(Documents.group(rules: "[\(rule)]")))
  }

  @Test(
    "goes to addresses and names",
    arguments: [
      ("{anywhere: true}", [], []),
      ("{cidrs: [10.0.0.0/9], addresses: ['2001:db8::1']}", ["10.0.0.0/9", "2001:db8::1/128"], []),
      ("{domainNames: [API.example.com., '*.example.org']}", [], ["api.example.com", "*.example.org"]),
    ])
  func destinations(to: String, blocks: [String], names: [String]) throws {
    let policy = try #require(read(Documents.rule(to: to)).policy)
    let found = policy.groups[0].rules[0].destinations
    #expect(found.blocks.map(\.value.description) == blocks)
    #expect(found.names.map(\.value.description) == names)
  }

  @Test(
    "to no destination is an error",
    arguments: [
      Expected(
        "{}", .missingField, "`to` says no destination",
        fix: "write to: {anywhere: true} for every destination"),
      Expected("{anywhere: false}", .invalidValue, "`to.anywhere` can only be true", fix: "leave it out"),
      Expected("{anywhere: true, cidrs: [10.0.0.0/8]}", .invalidValue, "`anywhere` and `cidrs` of `to`"),
      Expected(
        "{domainNames: ['*']}", .invalidValue, "`*` is no domain name",
        fix: "write anywhere: true for every destination"),
      Expected(
        "{domainNames: ['.*\\.example\\.com']}", .invalidValue, "is a regular expression",
        fix: "write the name, or *.example.com for all names below example.com"),
      Expected(
        "{domainNames: ['*example.com']}", .invalidValue, "does not stand for whole labels",
        fix: "write *.example.com"),
      Expected("{domainNames: [example]}", .invalidValue, "must have a dot"),
      Expected("{domainNames: ['*.com']}", .invalidValue, "must have a dot"),
      Expected("{domainNames: [-a.example.com]}", .invalidValue, "no label may start or end with `-`"),
      Expected(
        "{domainNames: [192.0.2.1]}", .invalidValue, "is an address", fix: "write it in `addresses`"),
    ])
  func destinationErrors(expected: Expected) { expected.check(read(Documents.rule(to: expected.text))) }

  @Test("without destination or traffic is an error", arguments: ["to", "traffic"])
  func missing(field: String) {
    let rule = Documents.rule().replacing("\(field): ", with: "\(field): null, mode: enforce, x").replacing(
      ", x{anywhere: true}", with: ""
    ).replacing(", x[{protocol: TCP, port: 443}]", with: "")
    let errors = read(rule).diagnostics
    #expect(errors.map(\.code) == [.missingField])
    #expect(errors[0].message == "the rule `r` needs `\(field)`")
    #expect(errors[0].fix != nil)
  }

  @Test(
    "matches protocols, ports and messages",
    arguments: [
      ("{protocol: any}", RuleTraffic.any), ("{protocol: TCP}", .ports(.tcp, nil)),
      ("{protocol: UDP, port: 53}", .ports(.udp, 53...53)),
      ("{protocol: SCTP, port: 1, endPort: 65535}", .ports(.sctp, 1...65535)),
      ("{protocol: ICMP}", .icmp(.ipv4, type: nil, code: nil)),
      ("{protocol: ICMPv6, type: 128, code: 0}", .icmp(.ipv6, type: 128, code: 0)),
      ("{protocol: 47}", .other(47)),
    ])
  func traffic(entry: String, expected: RuleTraffic) throws {
    let policy = try #require(read(Documents.rule(traffic: "[\(entry)]")).policy)
    #expect(policy.groups[0].rules[0].traffic.map(\.value) == [expected])
  }

  @Test(
    "with traffic that cannot be is an error",
    arguments: [
      Expected("{protocol: TCP, port: 0}", .invalidValue, "must be 1 to 65535, not 0"),
      Expected("{protocol: TCP, port: 65536}", .invalidValue, "must be 1 to 65535, not 65536"),
      Expected("{protocol: TCP, port: '80'}", .wrongType, "must be an integer", fix: "remove the quotes: 80"),
      Expected("{protocol: TCP, port: 9, endPort: 8}", .invalidValue, "`endPort` 8 is before `port` 9"),
      Expected("{protocol: TCP, endPort: 8}", .missingField, "`endPort` needs `port`"),
      Expected("{protocol: tcp}", .invalidValue, "not `tcp`", fix: "did you mean `TCP`?"),
      Expected("{protocol: ICMP, code: 0}", .missingField, "`code` needs `type` beside it"),
      Expected("{protocol: ICMP, type: 256}", .invalidValue, "must be 0 to 255"),
      Expected(
        "{protocol: ICMP, port: 8}", .invalidValue, "`port` needs TCP, UDP or SCTP: `ICMP` has no ports"),
      Expected("{protocol: 47, port: 8}", .invalidValue, "`47` has no ports"),
      Expected("{protocol: any, port: 8}", .invalidValue, "`any` has no ports"),
      Expected("{protocol: TCP, type: 8}", .invalidValue, "`type` needs ICMP or ICMPv6"),
      Expected("{protocol: 6}", .invalidValue, "protocol 6 has a name", fix: "write protocol: TCP"),
      Expected("{protocol: 300}", .invalidValue, "must be 0 to 255"),
      Expected(
        "{port: 8}", .missingField, "needs `protocol`", fix: "write protocol: any for every protocol"),
    ])
  func trafficErrors(expected: Expected) {
    expected.check(read(Documents.rule(traffic: "[\(expected.text)]")))
  }

  @Test("may look at the port that a connection comes from, where there are ports")
  func sourcePorts() throws {
    let policy = try #require(read(Documents.rule("sourcePorts: [{port: 1024, endPort: 2048}]")).policy)
    #expect(policy.groups[0].rules[0].sourcePorts.map(\.value) == [1024...2048])
    let rule = Documents.rule(traffic: "[{protocol: ICMP}]", "sourcePorts: [{port: 9}]")
    Expected(rule, .invalidValue, "`sourcePorts` of the rule `r` needs TCP, UDP or SCTP").check(read(rule))
  }
}
