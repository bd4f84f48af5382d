import Kubernetes
import SourceGroups
import Testing

@Suite("Findings about a document")
struct FindingsTests {
  private func codes(_ group: String) throws -> [String] {
    let reading = Documents.read(Documents.text(group))
    #expect(reading.policy != nil, "\(reading.diagnostics)")
    #expect(reading.diagnostics.allSatisfy { $0.severity == .warning && $0.location != nil })
    return reading.diagnostics.map(\.code.rawValue)
  }

  @Test(
    "name rules that allow most of everything",
    arguments: [
      ("{anywhere: true}", "[{protocol: any}]", true), ("{anywhere: true}", "[{protocol: TCP}]", true),
      ("{anywhere: true}", "[{protocol: TCP, port: 443}]", false),
      ("{anywhere: true}", "[{protocol: ICMP}]", false),
      ("{cidrs: [0.0.0.0/0]}", "[{protocol: TCP, port: 443}]", true),
      ("{cidrs: [10.0.0.0/8, 64.0.0.0/7]}", "[{protocol: TCP, port: 443}]", true),
      ("{cidrs: [10.0.0.0/8, '2000::/16']}", "[{protocol: any}]", false),
      ("{cidrs: ['2000::/3'], addresses: [192.0.2.1]}", "[{protocol: any}]", true),
    ])
  func breadth(to: String, traffic: String, isBroad: Bool) throws {
    let expected = isBroad ? ["over-broad-rule"] : []
    #expect(try codes(Documents.group(rules: "[\(Documents.rule(to: to, traffic: traffic))]")) == expected)
    let denied = Documents.rule(action: "deny", to: to, traffic: traffic)
    #expect(try codes(Documents.group(rules: "[\(denied)]")).isEmpty)
    let audited = Documents.rule(to: to, traffic: traffic, "mode: audit")
    #expect(try codes(Documents.group(rules: "[\(audited)]")).isEmpty)
  }

  @Test("name groups that decide nothing")
  func emptyGroups() throws {
    #expect(try codes(Documents.group(rules: "[]")) == ["empty-group"])
    #expect(try codes(Documents.group(rules: "[]", "defaultAction: deny")).isEmpty)
  }

  @Test(
    "name sources that are given up while their cluster is only quiet",
    arguments: [(1, true), (89, true), (90, false), (300, false)])
  func shortGraces(seconds: Int, isShort: Bool) throws {
    let sources = "[{kubernetes: {\(Documents.everyPod)}, staleGraceSeconds: \(seconds)}]"
    #expect(try codes(Documents.group(sources: sources)) == (isShort ? ["short-grace"] : []))
  }

  @Test("name rules whose destinations are of a family that no source has")
  func families() throws {
    let rules = "[\(Documents.rule(to: "{cidrs: ['2001:db8::/32']}"))]"
    #expect(try codes(Documents.group(rules: rules)) == ["other-family"])
    let both = "[{cidrs: [10.1.0.0/16]}, {addresses: ['fd00::1']}]"
    #expect(try codes(Documents.group(sources: both, rules: rules)).isEmpty)
    let pods = "[{kubernetes: {\(Documents.everyPod)}}]"
    #expect(try codes(Documents.group(sources: pods, rules: rules)).isEmpty)
  }

  @Test(
    "name rules that one rule before them covers",
    arguments: [
      (
        "{cidrs: [10.0.0.0/8]}", "{protocol: TCP}", "{cidrs: [10.1.0.0/16]}", "{protocol: TCP, port: 1}", true
      ),
      ("{cidrs: [10.0.0.0/8]}", "{protocol: TCP}", "{cidrs: [10.1.0.0/16]}", "{protocol: UDP}", false),
      ("{cidrs: [10.1.0.0/16]}", "{protocol: any}", "{cidrs: [10.0.0.0/8]}", "{protocol: any}", false),
      (
        "{cidrs: [10.0.0.0/9, 10.128.0.0/9]}", "{protocol: any}", "{cidrs: [10.0.0.0/8]}", "{protocol: 47}",
        true
      ),
      ("{anywhere: true}", "{protocol: TCP}", "{domainNames: [a.example.com]}", "{protocol: TCP}", true),
      (
        "{domainNames: ['*.example.com']}", "{protocol: TCP}", "{domainNames: [a.example.com]}",
        "{protocol: TCP}", true
      ),
      (
        "{domainNames: ['*.example.com']}", "{protocol: TCP}", "{domainNames: ['*.b.example.com']}",
        "{protocol: TCP}", true
      ),
      (
        "{domainNames: ['*.example.com']}", "{protocol: TCP}", "{domainNames: [example.com]}",
        "{protocol: TCP}", false
      ),
      (
        "{domainNames: [a.example.com]}", "{protocol: TCP}", "{domainNames: ['*.example.com']}",
        "{protocol: TCP}", false
      ),
      (
        "{cidrs: [10.0.0.0/8]}", "{protocol: ICMP, type: 8}", "{cidrs: [10.0.0.0/8]}",
        "{protocol: ICMP, type: 8, code: 0}", true
      ),
      (
        "{cidrs: [10.0.0.0/8]}", "{protocol: ICMP, type: 8, code: 0}", "{cidrs: [10.0.0.0/8]}",
        "{protocol: ICMP, type: 8}", false
      ),
      (
        "{cidrs: [10.0.0.0/8]}", "{protocol: TCP, port: 1, endPort: 9}", "{cidrs: [10.0.0.0/8]}",
        "{protocol: TCP, port: 9, endPort: 10}", false
      ),
    ])
  func coveredRules(to: String, traffic: String, laterTo: String, laterTraffic: String, isCovered: Bool)
    throws
  {
    func rules(_ rest: String) -> String {
      let first = Documents.rule(id: "first", action: "deny", to: to, traffic: "[\(traffic)]", rest)
      let later = Documents.rule(id: "later", action: "deny", to: laterTo, traffic: "[\(laterTraffic)]")
      return "[\(first), \(later)]"
    }
    #expect(try codes(Documents.group(rules: rules(""))) == (isCovered ? ["covered-rule"] : []))
    #expect(try codes(Documents.group(rules: rules("mode: audit"))).isEmpty)
  }
}
