import Dialects
import Kubernetes
import PolicyModel
import Testing

/// SEMANTICS.md §4.7: names of `toFQDNs` and of DNS rules.
@Suite("Cilium toFQDNs")
struct FQDNPatternTests {
  private func read(_ entry: String) -> FQDNPattern? {
    guard case .fqdns(let patterns)? = CiliumReading.egress("{toFQDNs: [\(entry)]}").rule?.peers else {
      return nil
    }
    return patterns.first?.value
  }

  @Test(
    "what patterns match",
    arguments: [
      ("*.cilium.io", ["a.cilium.io"], ["cilium.io", "a.b.cilium.io"]),
      ("*cilium.io", ["cilium.io", "subcilium.io"], ["www.cilium.io"]),
      ("**.cilium.io", ["a.cilium.io", "a.b.cilium.io"], ["cilium.io"]),
      (
        "*.*.svc.cluster.local", ["a.b.svc.cluster.local"],
        ["b.svc.cluster.local", "x.a.b.svc.cluster.local"]
      ),
      ("sub*.cilium.io", ["sub.cilium.io", "subdomain.cilium.io"], ["www.cilium.io"]),
      ("a.**.io", ["a.b.io"], ["a.b.c.io"]),
      ("*", ["a", "a.b.c"], []),
    ] as [(String, [String], [String])])
  func matchPattern(_ text: String, _ inside: [String], _ outside: [String]) throws {
    let pattern = try #require(read("{matchPattern: \"\(text)\"}"))
    #expect(pattern.description == "matchPattern \(text)")
    for name in inside { #expect(pattern.matches(name) && pattern.matches(name.uppercased() + ".")) }
    for name in outside { #expect(!pattern.matches(name)) }
  }

  @Test("a matchName is one name")
  func matchName() throws {
    let pattern = try #require(read("{matchName: Cilium.io}"))
    #expect(pattern.description == "matchName Cilium.io")
    #expect(pattern.matches("cilium.io.") && !pattern.matches("www.cilium.io"))
  }

  @Test(
    "what the server refuses",
    arguments: [
      ("{}", "4:50 an entry of `toFQDNs` needs either a `matchName` or a `matchPattern`"),
      ("{matchName: null}", "4:50 an entry of `toFQDNs` needs either a `matchName` or a `matchPattern`"),
      (
        "{matchName: a.io, matchPattern: a.io}",
        "4:50 an entry of `toFQDNs` needs either a `matchName` or a `matchPattern`"
      ),
      (
        "{matchName: \"*.io\"}",
        "4:62 `*.io` is not a DNS name of at most 255 letters, digits, `-`, `_` and dots"
      ),
      (
        "{matchName: a..io}",
        "4:62 `a..io` is not a DNS name of at most 255 letters, digits, `-`, `_` and dots"
      ),
      (
        "{matchName: \"\"}", "4:62 `` is not a DNS name of at most 255 letters, digits, `-`, `_` and dots"
      ),
      (
        "{matchPattern: .cilium.io}",
        "4:65 `.cilium.io` is not a pattern of at most 255 letters, digits, `-`, `_`, `*` and dots"
      ),
      (
        "{matchPattern: a/b}",
        "4:65 `a/b` is not a pattern of at most 255 letters, digits, `-`, `_`, `*` and dots"
      ),
    ])
  func refused(_ entry: String, _ error: String) {
    let reading = CiliumReading.egress("{toFQDNs: [\(entry)]}")
    #expect(reading.isRefused(error), "\(reading.errors)")
  }

  @Test("a pattern as matchName is recognised")
  func suggestion() {
    let reading = CiliumReading.egress("{toFQDNs: [{matchName: \"*.io\"}]}")
    #expect(reading.diagnostics.first?.fix == "write matchPattern: \"*.io\"")
  }
}
