import PolicyEngine
import Testing

/// SEMANTICS.md §1.1 and §1.5.
@Suite("Empty versus absent")
struct EmptyAndAbsentTests {
  struct Spelling: Sendable, CustomTestStringConvertible {
    let types: String?
    let ingress: String?
    let egress: String?

    var testDescription: String {
      [types.map { "policyTypes: \($0)" }, ingress.map { "ingress: \($0)" }, egress.map { "egress: \($0)" }]
        .compactMap { $0 }.joined(separator: ", ")
    }

    var spec: String {
      let lines = [
        types.map { "policyTypes: \($0)" }, ingress.map { "ingress: \($0)" }, egress.map { "egress: \($0)" },
      ]
      return (["podSelector: {}"] + lines.compactMap { $0 }).joined(separator: "\n")
    }

    static let all: [Spelling] = {
      let types: [String?] = [
        nil, "null", "[]", "[Ingress]", "[Egress]", "[Ingress, Egress]", "[Ingress, Ingress]",
      ]
      let rules: [String?] = [nil, "null", "[]", "[{}]"]
      return types.flatMap { type in
        rules.flatMap { ingress in rules.map { Spelling(types: type, ingress: ingress, egress: $0) } }
      }
    }()
  }

  @Test(
    "policyTypes of length 0 mean Ingress, and Egress iff there is an egress rule", arguments: Spelling.all)
  func policyTypes(_ spelling: Spelling) throws {
    let isOpen = (ingress: spelling.ingress == "[{}]", egress: spelling.egress == "[{}]")
    let types = spelling.types ?? "[]"
    let isDefaulted = types == "[]" || types == "null"
    let isolates = (
      ingress: isDefaulted || types.contains("Ingress"),
      egress: isDefaulted ? isOpen.egress : types.contains("Egress")
    )
    let ingress = isolates.ingress && !isOpen.ingress ? "denied" : "allowed"
    let egress = isolates.egress && !isOpen.egress ? "denied" : "allowed"
    let world = WorldFixture.shop(policy("shop/p", spelling.spec))
    try world.expect(
      """
      data/job -> shop/web tcp/80 \(ingress) allowed \(ingress)
      shop/web -> data/job tcp/80 \(egress) \(egress) allowed
      """)
  }

  /// A spec, and the verdict of `data/job -> shop/web` and `shop/web -> data/job`.
  private func expect(_ spec: String, in ingress: String, out egress: String) throws {
    try WorldFixture.shop(policy("shop/p", spec)).expect(
      """
      data/job -> shop/web tcp/80 \(ingress)
      shop/web -> data/job tcp/80 \(egress)
      """)
  }

  @Test("spec: {} closes ingress of the whole namespace")
  func emptySpec() throws {
    let empty = """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {namespace: shop, name: p}
      spec: {}
      """
    try WorldFixture.shop(empty).expect(
      """
      data/job -> shop/web tcp/80 denied
      data/job -> shop/db udp/53 denied
      shop/web -> data/job tcp/80 allowed
      """)
  }

  @Test(
    "podSelector absent, null and {} select every pod of the policy's namespace",
    arguments: ["", "null", "{}"])
  func podSelector(_ text: String) throws {
    let field = text.isEmpty ? "" : "podSelector: \(text)\n"
    try WorldFixture.shop(policy("shop/p", field + "policyTypes: [Ingress]")).expect(
      """
      data/job -> shop/web tcp/80 denied
      data/job -> shop/db tcp/80 denied
      shop/web -> data/job tcp/80 allowed
      """)
  }

  @Test("an egress-only manifest without policyTypes closes ingress too")
  func egressOnly() throws {
    try expect("podSelector: {}\negress: [{}]", in: "denied", out: "allowed")
    try expect("podSelector: {}\negress: [{ports: [{port: 443}]}]", in: "denied", out: "denied")
  }

  @Test("policyTypes: [Egress] without egress closes egress only")
  func closedEgress() throws {
    try expect("podSelector: {}\npolicyTypes: [Egress]", in: "allowed", out: "denied")
  }

  @Test("rules of a direction that policyTypes does not list are inert")
  func inertRules() throws {
    let onlyJob = "[{from: [{namespaceSelector: {matchLabels: {no: body}}}]}]"
    try expect(
      "podSelector: {}\npolicyTypes: [Egress]\ningress: \(onlyJob)\negress: [{}]", in: "allowed",
      out: "allowed")
    try expect("podSelector: {}\npolicyTypes: [Ingress]\negress: [{}]", in: "denied", out: "allowed")
  }

  @Test("a null rule is stored as {} and opens everything")
  func nullRule() throws {
    try expect("podSelector: {}\ningress: [null]", in: "allowed", out: "allowed")
  }

  @Test("from absent, null and [] mean any source", arguments: ["{}", "{from: null}", "{from: []}"])
  func anySource(_ rule: String) throws {
    try WorldFixture.shop(policy("shop/p", "podSelector: {}\ningress: [\(rule)]")).expect(
      """
      data/job -> shop/web tcp/80 allowed
      203.0.113.5 -> shop/web udp/53 allowed
      2001:db8::5 -> shop/web sctp/9 allowed
      node/n2 -> shop/web tcp/80 allowed
      """)
  }

  @Test("to absent, null and [] mean any destination", arguments: ["{}", "{to: null}", "{to: []}"])
  func anyDestination(_ rule: String) throws {
    try WorldFixture.shop(policy("shop/p", "podSelector: {}\ningress: [{}]\negress: [\(rule)]")).expect(
      """
      shop/web -> data/job tcp/80 allowed
      shop/web -> 203.0.113.5 udp/53 allowed
      shop/web -> node/n2 tcp/80 allowed
      """)
  }

  @Test("from: [{podSelector: {}}] is all pods of the own namespace")
  func ownNamespace() throws {
    try WorldFixture.shop(policy("shop/p", "podSelector: {}\ningress: [{from: [{podSelector: {}}]}]")).expect(
      """
      shop/web -> shop/db tcp/80 allowed
      data/job -> shop/db tcp/80 denied
      203.0.113.5 -> shop/db tcp/80 denied
      """)
  }

  @Test("from: [{namespaceSelector: {}}] is all pods, and nothing but pods")
  func allPods() throws {
    try WorldFixture.shop(policy("shop/p", "podSelector: {}\ningress: [{from: [{namespaceSelector: {}}]}]"))
      .expect(
        """
        shop/web -> shop/db tcp/80 allowed
        data/job -> shop/db tcp/80 allowed
        203.0.113.5 -> shop/db tcp/80 denied
        node/n1 -> shop/db tcp/80 denied
        """)
  }

  @Test(
    "ports absent, null and [] mean any protocol and port", arguments: ["{}", "{ports: null}", "{ports: []}"])
  func anyPort(_ rule: String) throws {
    try WorldFixture.shop(policy("shop/p", "podSelector: {}\ningress: [\(rule)]")).expect(
      """
      shop/web -> shop/db tcp/1 allowed
      shop/web -> shop/db udp/65535 allowed
      shop/web -> shop/db sctp/80 allowed
      """)
  }

  @Test("ports: [{}] is all TCP ports")
  func emptyPort() throws {
    try WorldFixture.shop(policy("shop/p", "podSelector: {}\ningress: [{ports: [{}]}]")).expect(
      """
      shop/web -> shop/db tcp/1 allowed
      shop/web -> shop/db tcp/65535 allowed
      shop/web -> shop/db udp/53 denied
      shop/web -> shop/db sctp/80 denied
      """)
  }

  @Test("from: [{}] and {podSelector: null} are rejected, and isolate nothing")
  func emptyPeer() throws {
    for peer in ["{}", "{podSelector: null}"] {
      let world = WorldFixture.shop(policy("shop/p", "podSelector: {}\ningress: [{from: [\(peer)]}]"))
      #expect(world.problems.count == 1)
      #expect(try world.verdict("data/job -> shop/web tcp/80").outcome == .allowed)
    }
  }
}
