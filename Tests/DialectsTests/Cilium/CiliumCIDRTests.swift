import Dialects
import Kubernetes
import PolicyModel
import Testing

/// SEMANTICS.md §4.1 and §4.5: CIDRs and sets of them.
@Suite("Cilium CIDRs")
struct CiliumCIDRTests {
  @Test(
    "an address without prefix length is read by releases up to 1.19",
    arguments: [("10.0.0.1", "10.0.0.1/32"), ("fd00::1", "fd00::1/128")])
  func bareAddress(_ text: String, _ meaning: String) {
    for reading in [CiliumReading.ingress("{fromCIDR: [\"\(text)\"]}"), .egress("{toCIDR: [\"\(text)\"]}")] {
      #expect(reading.isAccepted && reading.rule?.peers.text == "cidr [\(meaning)]")
      #expect(
        reading.warnings.map { $0.drop { $0 != " " } } == [
          " `\(text)` has no prefix length; API servers with Cilium 1.20 or later reject it, older ones read \(meaning)"
        ])
      #expect(reading.diagnostics.map(\.code) == [.legacyForm])
      #expect(reading.diagnostics.first?.fix == "write \(meaning)")
    }
    let inSet = CiliumReading.ingress("{fromCIDRSet: [{cidr: \"\(text)\"}]}")
    #expect(inSet.isRefused("4:62 `\(text)` is not a CIDR such as 10.0.0.0/8 or fd00::/8"))
    #expect(inSet.diagnostics.first?.fix == "add the prefix length: \(meaning)")
  }

  @Test(
    "bits after the prefix are masked", arguments: [("10.0.0.1/8", "10.0.0.0/8"), ("fd00::1/8", "fd00::/8")])
  func hostBits(_ text: String, _ meaning: String) {
    let reading = CiliumReading.ingress("{fromCIDR: [\"\(text)\"]}")
    #expect(reading.isAccepted && reading.rule?.peers.text == "cidr [\(meaning)]")
    #expect(reading.warnings == ["4:52 `\(text)` has bits set after its prefix; Cilium reads \(meaning)"])
  }

  @Test("an IPv4 block in IPv6 form stays an IPv6 block")
  func mapped() {
    let reading = CiliumReading.ingress("{fromCIDR: [\"::ffff:10.0.0.0/104\"]}")
    #expect(reading.isAccepted && reading.rule?.peers.text == "cidr [::ffff:a00:0/104]")
    #expect(
      reading.warnings == [
        "4:52 `::ffff:10.0.0.0/104` is an IPv6 block to Cilium and matches no IPv4 address"
      ])
  }

  @Test(
    "what the server refuses",
    arguments: [
      "", "any", "10.0.0.0/33", "10.0/8", "10.0.0.0/8 ", "fd00::/129", "010.0.0.0/8", "10.0.0.0/-1",
      "fe80::%eth0/64", "::ffff:10.0.0.1",
    ])
  func refused(_ text: String) {
    let reading = CiliumReading.ingress("{fromCIDR: [\"\(text)\"]}")
    #expect(reading.rejected == 1 && reading.errors.count == 1)
    #expect(reading.refused.first?.hasPrefix("4:52 `\(text)` ") == true, "\(reading.errors)")
  }

  @Test("zeros before a prefix length are ignored by the agent only")
  func leadingZeros() {
    #expect(
      CiliumReading.ingress("{fromCIDR: [10.0.0.0/08]}").isIgnored("4:52 `10.0.0.0/08` has leading zeros"))
  }

  @Test(
    "elements of a set",
    arguments: [
      ("{cidr: 10.0.0.0/8}", "10.0.0.0/8"),
      ("{cidr: 10.0.0.0/8, except: []}", "10.0.0.0/8"),
      ("{cidr: 10.0.0.0/8, except: [10.0.0.0/8]}", "10.0.0.0/8 except [10.0.0.0/8]"),
      (
        "{cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.2.0.1/16]}",
        "10.0.0.0/8 except [10.1.0.0/16, 10.2.0.0/16]"
      ),
      ("{cidrGroupRef: a.b}", "group a.b"),
      ("{cidrGroupRef: a, except: [10.0.0.0/8]}", "group a except [10.0.0.0/8]"),
      ("{cidrGroupSelector: {matchLabels: {a: b}}}", "groups [\"a=b\"]"),
      ("{cidrGroupSelector: {}, cidr: null}", "groups []"),
    ])
  func sets(_ element: String, _ text: String) {
    let reading = CiliumReading.ingress("{fromCIDRSet: [\(element)]}")
    #expect(
      reading.isAccepted && reading.rule?.peers.text == "cidrSet [\"\(text.escaped)\"]",
      "\(reading.rule?.peers.text ?? "")")
  }

  @Test(
    "an element is one of cidr, cidrGroupRef and cidrGroupSelector",
    arguments: [
      "{}", "{except: []}", "{cidr: 10.0.0.0/8, cidrGroupRef: a}", "{cidrGroupRef: a, cidrGroupSelector: {}}",
      "{cidr: null}",
    ])
  func oneKind(_ element: String) {
    #expect(
      CiliumReading.ingress("{fromCIDRSet: [\(element)]}").isRefused(
        "4:55 an entry of `fromCIDRSet` needs one of `cidr`, `cidrGroupRef` and `cidrGroupSelector`"))
  }

  @Test(
    "an except lies inside its block",
    arguments: ["10.0.0.0/7", "11.0.0.0/16", "\"fd00::/16\"", "0.0.0.0/0"])
  func excepts(_ except: String) {
    let reading = CiliumReading.ingress("{fromCIDRSet: [{cidr: 10.0.0.0/8, except: [\(except)]}]}")
    #expect(reading.rejected == 1 && reading.ignored.count == 1 && reading.errors.count == 1)
    #expect(reading.ignored.first?.hasSuffix(" is not inside the block 10.0.0.0/8") == true)
  }

  @Test("an except without prefix length is refused, and a group's name has the form of one")
  func invalidMembers() {
    #expect(
      CiliumReading.ingress("{fromCIDRSet: [{cidr: 10.0.0.0/8, except: [10.0.0.1]}]}").isRefused(
        "4:83 `10.0.0.1` is not a CIDR such as 10.0.0.0/8 or fd00::/8"))
    #expect(
      CiliumReading.ingress("{fromCIDRSet: [{cidrGroupRef: A}]}").isRefused(
        "4:70 the CiliumCIDRGroup name `A` must consist of lower-case letters, digits, `-` and `.`, and start and end with a letter or digit"
      ))
  }

  @Test("keys of a selector of groups have no source")
  func groupKeys() {
    #expect(
      CiliumReading.ingress("{fromCIDRSet: [{cidrGroupSelector: {matchLabels: {k8s:a: b}}}]}").isIgnored(
        "4:90 the label key `k8s:a` must consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit"
      ))
  }
}

extension String {
  /// As an array's description shows it.
  fileprivate var escaped: String { replacing("\"", with: "\\\"") }
}
