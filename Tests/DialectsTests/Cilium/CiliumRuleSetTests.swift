import Dialects
import Kubernetes
import PolicyModel
import Testing

/// SEMANTICS.md §4.1 and §4.6: the fields of a rule set.
@Suite("Cilium rule sets")
struct CiliumRuleSetTests {
  private func clusterwide(_ spec: String) -> CiliumReading {
    .policy("spec: \(spec)", kind: "CiliumClusterwideNetworkPolicy")
  }

  @Test("endpointSelector selects endpoints, nodeSelector the nodes themselves")
  func subjects() {
    guard case .endpoints(let endpoints)? = CiliumReading.spec("ingress: [{}]").ruleSet?.subject,
      case .nodes(let nodes)? = clusterwide("{nodeSelector: {matchLabels: {a: b}}, ingress: [{}]}").ruleSet?
        .subject
    else {
      Issue.record("another subject")
      return
    }
    #expect(endpoints.text.isEmpty && endpoints.location.column == 26)
    #expect(nodes.text == "a=b")
  }

  @Test(
    "a rule set has exactly one of the selectors",
    arguments: [
      ("{ingress: [{}]}", "4:7 `spec` needs an `endpointSelector` or a `nodeSelector`"),
      (
        "{endpointSelector: null, ingress: [{}]}",
        "4:7 `spec` needs an `endpointSelector` or a `nodeSelector`"
      ),
      (
        "{endpointSelector: {}, nodeSelector: {}, ingress: [{}]}",
        "4:26 `spec` must not have both an `endpointSelector` and a `nodeSelector`"
      ),
    ])
  func oneSelector(_ spec: String, _ error: String) {
    #expect(clusterwide(spec).isRefused(error))
  }

  @Test("a nodeSelector in a CiliumNetworkPolicy is ignored by the agent")
  func nodeSelector() {
    let reading = CiliumReading.policy("spec: {nodeSelector: {}, ingress: [{}]}")
    #expect(reading.isIgnored("4:22 a CiliumNetworkPolicy cannot have a `nodeSelector`"))
    #expect(reading.diagnostics.first?.fix == "make it a CiliumClusterwideNetworkPolicy")
  }

  @Test("none of the four lists is refused by the server")
  func noLists() {
    #expect(
      CiliumReading.policy("spec: {endpointSelector: {}}").isRefused(
        "4:7 a rule set needs `ingress`, `ingressDeny`, `egress` or `egressDeny`"))
  }

  @Test("rules keep their list, their order and their places")
  func lists() throws {
    let set = try #require(
      CiliumReading.spec(
        "ingress: [{fromEntities: [all]}, {fromEntities: [host]}], ingressDeny: [{fromEntities: [world]}], egress: [{toEntities: [cluster]}], egressDeny: [{toEntities: [init]}]"
      ).ruleSet)
    #expect(set.ingress?.map(\.peers.text) == ["entities [all]", "entities [host]"])
    #expect(set.ingress?.map(\.location.column) == [40, 63])
    #expect(set.ingressDeny?.map(\.peers.text) == ["entities [world]"])
    #expect(set.egress?.map(\.peers.text) == ["entities [cluster]"])
    #expect(set.egressDeny?.map(\.peers.text) == ["entities [init]"])
  }

  @Test(
    "default deny is where there is a rule, unless enableDefaultDeny says otherwise",
    arguments: [
      ("ingress: [{}]", [.ingress]), ("ingressDeny: [{}]", [.ingress]), ("egress: [{}]", [.egress]),
      ("egressDeny: [{}]", [.egress]), ("ingress: [{}], egressDeny: [{}]", [.ingress, .egress]),
      ("ingress: [{}], enableDefaultDeny: {ingress: false}", []),
      ("ingress: [{}], enableDefaultDeny: {egress: true}", [.ingress]),
      ("ingress: [{}], enableDefaultDeny: {ingress: null, egress: false}", [.ingress]),
      ("ingress: [{}], enableDefaultDeny: null", [.ingress]),
      ("ingress: [{}], enableDefaultDeny: {}", [.ingress]),
    ] as [(String, Set<Direction>)])
  func defaultDeny(_ fields: String, _ directions: Set<Direction>) {
    let reading = CiliumReading.spec(fields)
    #expect(reading.isAccepted && reading.ruleSet?.defaultDenies == directions)
  }

  @Test("enableDefaultDeny closes no direction without rules")
  func defaultDenyWithoutRules() {
    let reading = CiliumReading.spec("ingress: [{}], enableDefaultDeny: {egress: true}")
    #expect(
      reading.warnings == [
        "4:73 this closes nothing: Cilium turns default deny on with a rule of the direction, and the rule set has no egress rule"
      ])
    #expect(reading.diagnostics.first?.fix == "write egress: [{}] to close egress and allow nothing")
  }

  @Test("labels, description and log are kept")
  func descriptions() throws {
    let reading = CiliumReading.spec(
      "ingress: [{}], labels: [{key: a, value: b, source: k8s}, {key: c}], description: why, log: {value: ü}")
    let set = try #require(reading.ruleSet)
    #expect(set.labels.map { [$0.source, $0.key, $0.value] } == [["k8s", "a", "b"], ["", "c", ""]])
    #expect(set.description == "why" && set.log == "ü")
  }

  @Test(
    "what they cannot be",
    arguments: [
      ("labels: [{value: b}]", "4:54 an entry of `labels` needs a `key`; the API server rejects this"),
      ("labels: [a]", "4:54 `labels[]` must be a mapping, not the string `a`"),
      ("description: 1", "4:58 `spec.description` must be a string, not the number `1`"),
      ("log: x", "4:50 `spec.log` must be a mapping, not the string `x`"),
      ("log: {vale: x}", "4:51 unknown field `vale` in LogConfig: did you mean `value`?"),
      (
        "log: {value: \"a\\tb\"}",
        "4:58 `log.value` must have at most 32 characters, all of them visible; the API server rejects this"
      ),
      (
        "log: {value: 123456789-123456789-123456789-123}",
        "4:58 `log.value` must have at most 32 characters, all of them visible; the API server rejects this"
      ),
      ("enableDefaultDeny: true", "4:64 `spec.enableDefaultDeny` must be a mapping, not the boolean `true`"),
      (
        "enableDefaultDeny: {ingress: \"no\"}",
        "4:74 `enableDefaultDeny.ingress` must be true or false, not the string `no`"
      ),
      ("ingres: []", "4:45 unknown field `ingres` in Rule: did you mean `ingress`?"),
    ])
  func invalid(_ field: String, _ error: String) {
    let reading = CiliumReading.spec("ingress: [{}], \(field)")
    #expect(reading.rejected == 1 && reading.errors == [error])
  }

  @Test("a label without text for a key is ignored by the agent")
  func emptyLabelKey() {
    let reading = CiliumReading.spec("ingress: [{}], labels: [{key: \"\"}]")
    #expect(reading.isIgnored("4:60 `labels[].key` is empty"))
  }

  @Test("32 characters of any length in bytes are a log value")
  func longLog() {
    let text = String(repeating: "ü", count: 32)
    #expect(CiliumReading.spec("ingress: [{}], log: {value: \(text)}").ruleSet?.log == text)
  }
}
