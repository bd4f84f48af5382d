import PolicyModel
import Testing

/// SEMANTICS.md §4.7 and §2.1.
@Suite("Domain patterns")
struct DomainPatternTests {
  @Test(
    "Cilium's matchPattern",
    arguments: [
      ("*.cilium.io", ["a.cilium.io", "-_9.cilium.io"], ["cilium.io", "a.b.cilium.io", "a.cilium.com"]),
      ("*cilium.io", ["cilium.io", "subcilium.io"], ["www.cilium.io", "cilium.io.io"]),
      ("**.cilium.io", ["a.cilium.io", "a.b.cilium.io"], ["cilium.io", "acilium.io"]),
      ("****.cilium.io", ["a.cilium.io", "a.b.cilium.io"], ["cilium.io"]),
      (
        "*.*.svc.cluster.local", ["a.b.svc.cluster.local"],
        ["b.svc.cluster.local", "x.a.b.svc.cluster.local"]
      ),
      ("sub*.cilium.io", ["sub.cilium.io", "subdomain.cilium.io"], ["www.cilium.io", "su.cilium.io"]),
      ("a.**.io", ["a.b.io", "a.bcd.io"], ["a.b.c.io", "a.io"]),
      ("a**b.io", ["ab.io", "axb.io", "abab.io"], ["a.b.io", "ba.io"]),
      ("*a*b*.io", ["ab.io", "xxaxxbxx.io", "aab.io", "abb.io"], ["ba.io", "a.b.io", "a.io"]),
      ("**.*.io", ["a.b.io", "a.b.c.io"], ["a.io", "io"]),
      ("**foo.io", ["foo.io", "xfoo.io"], ["a.foo.io"]),
      ("*", ["io", "a.b.c", ".", ""], ["a..b", ".a", "a b", "ä.io"]),
      ("**", ["io", "a.b.c", "."], ["a..b"]),
      ("**.", ["io", "a.b.c", "."], ["a..b"]),
      ("*.io", ["a.io"], ["io", ".", "a b.io", "ä.io"]),
      ("cilium.io", ["cilium.io", "CILIUM.io", "cilium.io."], ["www.cilium.io", "cilium.iox", "ciliumxio"]),
      ("Cilium.IO.", ["cilium.io", "cilium.io."], ["cilium.io..", "cilium"]),
    ] as [(String, [String], [String])])
  func matchPattern(_ text: String, _ inside: [String], _ outside: [String]) throws {
    let pattern = try #require(DomainPattern(ciliumMatchPattern: text))
    for name in inside { #expect(pattern.matches(name), "\(name)") }
    for name in outside { #expect(!pattern.matches(name), "\(name)") }
  }

  @Test("Cilium's matchName is one name, in any letter case, with or without the final dot")
  func matchName() throws {
    for text in ["Www.Cilium_1.io", "www.cilium_1.IO."] {
      let pattern = try #require(DomainPattern(ciliumMatchName: text))
      for name in ["www.cilium_1.io", "WWW.CILIUM_1.IO."] { #expect(pattern.matches(name)) }
      for name in ["a.www.cilium_1.io", "cilium_1.io", "", "."] { #expect(!pattern.matches(name)) }
    }
  }

  @Test(
    "the network policy API's `*.` is one or more labels",
    arguments: [
      ("*.cilium.io", ["a.cilium.io", "a.b.cilium.io", "A.CILIUM.IO."], ["cilium.io", "acilium.io"]),
      ("kubernetes.io", ["kubernetes.io", "Kubernetes.io."], ["www.kubernetes.io", "io"]),
      ("*.a_b.C-d.io.", ["x.a_b.c-d.io"], ["a_b.c-d.io"]),
      ("1.2.3.4", ["1.2.3.4"], ["1.2.3.5"]),
      ("_dmarc.x.io", ["_dmarc.x.io"], ["dmarc.x.io"]),
    ] as [(String, [String], [String])])
  func networkPolicyAPI(_ text: String, _ inside: [String], _ outside: [String]) throws {
    let pattern = try #require(DomainPattern(networkPolicyAPI: text))
    for name in inside { #expect(pattern.matches(name), "\(name)") }
    for name in outside { #expect(!pattern.matches(name), "\(name)") }
  }

  @Test("the two notations of all names below another mean the same")
  func sameMeaning() throws {
    let cilium = try #require(DomainPattern(ciliumMatchPattern: "**.example.com"))
    let api = try #require(DomainPattern(networkPolicyAPI: "*.example.com"))
    for name in ["example.com", "a.example.com", "a.b.example.com", "com", "b.com"] {
      #expect(cilium.matches(name) == api.matches(name))
    }
  }

  @Test("stars alone are every name", arguments: ["*", "**", "***", "*.", "**."])
  func everything(_ text: String) {
    #expect(DomainPattern(ciliumMatchPattern: text)?.isEverything == true)
    #expect(DomainPattern(ciliumMatchPattern: "a" + text)?.isEverything == false)
  }

  @Test("a pattern is shown as its author wrote it")
  func description() {
    #expect(DomainPattern(ciliumMatchPattern: "**.Cilium.IO.")?.description == "**.Cilium.IO.")
    #expect(DomainPattern(ciliumMatchName: "Cilium.IO")?.description == "Cilium.IO")
    #expect(DomainPattern(networkPolicyAPI: "*.Cilium.IO")?.description == "*.Cilium.IO")
  }

  @Test(
    "no names to Cilium", arguments: ["", ".", ".a", "a..b", "a b", "ä.io", "a/b", "a:1", "a.\n", "a.b.."])
  func invalid(_ text: String) {
    #expect(DomainPattern(ciliumMatchName: text) == nil)
    #expect(DomainPattern(ciliumMatchPattern: text) == nil)
  }

  @Test("a matchName has no wildcard, and neither is longer than 255 characters")
  func limits() {
    #expect(DomainPattern(ciliumMatchName: "*.a") == nil)
    let longest = String(repeating: "a.", count: 127) + "a"
    #expect(DomainPattern(ciliumMatchName: longest) != nil)
    #expect(DomainPattern(ciliumMatchPattern: longest) != nil)
    #expect(DomainPattern(ciliumMatchName: longest + ".") == nil)
    #expect(DomainPattern(ciliumMatchPattern: longest + ".") == nil)
  }

  @Test(
    "no domainNames to the network policy API",
    arguments: [
      "", "com", "*", "*.com", "a.*.com", "*a.com", "**.a.com", "a..com", "-a.com", "a-.com", "a.b-",
      ".a.com",
      "a b.com", "a.com..",
    ])
  func invalidDomainNames(_ text: String) {
    #expect(DomainPattern(networkPolicyAPI: text) == nil)
  }

  @Test("a long run of wildcards is decided at once")
  func noExplosion() throws {
    let text = String(repeating: "*a", count: 100) + "*b"
    let pattern = try #require(DomainPattern(ciliumMatchPattern: text))
    #expect(!pattern.matches(String(repeating: "a", count: 20_000)))
    #expect(pattern.matches(String(repeating: "a", count: 20_000) + "b"))
  }

  @Test("agrees with a matcher that tries everything", arguments: [1, 2, 3, 4] as [UInt64])
  func reference(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var matches = 0
    for _ in 0..<20_000 {
      let text = Self.text(from: Array("aB*-*."), upTo: 9, &random)
      guard let pattern = DomainPattern(ciliumMatchPattern: text) else { continue }
      let name = Self.text(from: Array("abA-.!"), upTo: 9, &random)
      let expected = BacktrackingMatcher.matches(pattern: text, name: name)
      #expect(pattern.matches(name) == expected, "\(text) \(name)")
      if expected { matches += 1 }
    }
    #expect(matches > 200)
  }

  private static func text(
    from characters: [Character], upTo limit: Int, _ random: inout SplitMix64
  ) -> String {
    String(
      (0..<Int.random(in: 1...limit, using: &random)).map { _ in
        characters.randomElement(using: &random) ?? "."
      })
  }
}

/// The regular expressions of Cilium's `matchpattern.ToAnchoredRegexp`, tried character by character.
private enum BacktrackingMatcher {
  static func matches(pattern: String, name: String) -> Bool {
    let pattern = Array(pattern.lowercased())
    let name = Array(qualified(name.lowercased()))
    let core = pattern.last == "." ? pattern.dropLast() : pattern[...]
    if core.allSatisfy({ $0 == "*" }) { return name == ["."] || isLabels(name[...]) }
    let whole = Array(qualified(String(pattern)))
    let stars = whole.prefix { $0 == "*" }.count
    if stars > 1, whole[stars] == "." {
      // (X+([.]X+)*)[.] and the rest
      return name.indices.contains { dot in
        name[dot] == "." && isLabels(name[...dot]) && rest(whole[(stars + 1)...], name[(dot + 1)...])
      }
    }
    return rest(whole[...], name[...])
  }

  private static func qualified(_ name: String) -> String { name.hasSuffix(".") ? name : name + "." }

  private static func rest(_ pattern: ArraySlice<Character>, _ name: ArraySlice<Character>) -> Bool {
    guard let first = pattern.first else { return name.isEmpty }
    if first == "*" {
      if rest(pattern.dropFirst(), name) { return true }
      guard let character = name.first, isName(character) else { return false }
      return rest(pattern, name.dropFirst())
    }
    return name.first == first && rest(pattern.dropFirst(), name.dropFirst())
  }

  /// `([-a-z0-9_]+[.])+`
  private static func isLabels(_ name: ArraySlice<Character>) -> Bool {
    guard name.last == "." else { return false }
    return name.dropLast().split(separator: ".", omittingEmptySubsequences: false)
      .allSatisfy { !$0.isEmpty && $0.allSatisfy(isName) }
  }

  private static func isName(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber) || character == "-" || character == "_"
  }
}
