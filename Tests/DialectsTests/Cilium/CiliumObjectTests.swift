import Dialects
import Kubernetes
import Testing

/// SEMANTICS.md §4.1: objects, and what makes the agent ignore one as a whole.
@Suite("Cilium objects")
struct CiliumObjectTests {
  @Test("a CiliumNetworkPolicy is of its namespace, a CiliumClusterwideNetworkPolicy of none")
  func scopes() throws {
    let namespaced = try #require(CiliumReading.spec("ingress: [{}]").policy)
    #expect(namespaced.scope == .namespaced && namespaced.meta.namespace == "shop")
    let clusterwide = try #require(
      CiliumReading.spec("ingress: [{}]", kind: "CiliumClusterwideNetworkPolicy").policy)
    #expect(clusterwide.scope == .clusterwide && clusterwide.meta.namespace.isEmpty)
    let reading = CiliumReading(
      "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: p}\nspec: {endpointSelector: {}, ingress: [{}]}\n"
    )
    #expect(reading.policy?.meta.namespace == "default" && reading.policy?.meta.name == "p")
  }

  @Test("spec and specs are rule sets, each with its place")
  func specs() throws {
    let set = "{endpointSelector: {}, ingress: [{}]}"
    let reading = CiliumReading.policy("spec: \(set)\nspecs:\n  - \(set)\n  - \(set)")
    let policy = try #require(reading.policy)
    #expect(reading.isAccepted && policy.spec != nil && policy.specs.count == 2)
    #expect(policy.ruleSets.map { "\($0.location)" } == ["c.yaml:4:7", "c.yaml:6:5", "c.yaml:7:5"])
  }

  @Test("one of spec and specs must be there", arguments: ["", "spec: null", "spec: null\nspecs: null"])
  func noSpec(_ fields: String) {
    #expect(CiliumReading.policy(fields).isRefused("1:1 a CiliumNetworkPolicy needs a `spec` or `specs`"))
  }

  @Test("an empty specs is enough, and has no rule sets")
  func emptySpecs() {
    let reading = CiliumReading.policy("specs: []")
    #expect(reading.isAccepted && reading.policy?.ruleSets.isEmpty == true)
  }

  @Test("one invalid rule set makes the agent ignore the whole object, and all of its problems are reported")
  func wholeObject() {
    let good = "{endpointSelector: {}, ingress: [{}]}"
    let reading = CiliumReading.policy(
      "spec: \(good)\nspecs:\n  - \(good)\n  - {endpointSelector: {}, ingress: []}\n  - {nodeSelector: {}, ingress: [{}]}"
    )
    #expect(reading.rejected == 1 && reading.policy == nil)
    #expect(
      reading.ignored == [
        "7:37 a rule set without any rule closes nothing (from Cilium 1.19 on)",
        "8:20 a CiliumNetworkPolicy cannot have a `nodeSelector`",
      ])
    #expect(reading.diagnostics.allSatisfy { $0.code == .ignoredByAgent })
  }

  @Test(
    "fields and types of the object",
    arguments: [
      ("spce: {}", "4:1 unknown field `spce` in CiliumNetworkPolicy: did you mean `spec`?"),
      ("spec: []", "4:7 `spec` must be a mapping, not a list"),
      ("specs: {}", "4:8 `CiliumNetworkPolicy.specs` must be a list, not a mapping"),
      ("specs: [null]", "4:9 an entry of `specs` must not be null; the API server rejects this"),
      ("specs: [a]", "4:9 `specs[]` must be a mapping, not the string `a`"),
    ])
  func fields(_ text: String, _ error: String) {
    let reading = CiliumReading.policy(text)
    #expect(reading.rejected == 1 && reading.errors.contains(error), "\(reading.errors)")
  }

  @Test("the status is the server's own")
  func status() {
    let reading = CiliumReading.policy(
      "spec: {endpointSelector: {}, ingress: [{}]}\nstatus: {conditions: [{type: Valid, status: \"True\"}]}")
    #expect(reading.isAccepted && reading.diagnostics.isEmpty)
  }

  @Test("metadata is read as strictly as the rest")
  func metadata() {
    let reading = CiliumReading(
      "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: P, label: {}}\nspecs: []\n")
    #expect(
      reading.errors == [
        "3:18 the name `P` of this CiliumNetworkPolicy must consist of lower-case letters, digits, `-` and `.`, and start and end with a letter or digit",
        "3:21 unknown field `label` in ObjectMeta: did you mean `labels`?",
      ])
  }

  @Test("no server serves other versions", arguments: ["v1", "v2alpha1", "v3"])
  func versions(_ version: String) {
    let reading = CiliumReading(
      "apiVersion: cilium.io/\(version)\nkind: CiliumNetworkPolicy\nmetadata: {name: p}\nspecs: []\n")
    #expect(reading.errors == ["1:13 no API server serves this version of CiliumNetworkPolicy"])
    #expect(reading.diagnostics.first?.fix == "write apiVersion: cilium.io/v2")
  }

  @Test("an object with a key twice is none: nobody knows which value was meant")
  func duplicateKeys() {
    let reading = CiliumReading.spec("ingress: [{}], ingress: []")
    #expect(reading.rejected == 1 && reading.errors.count == 1)
  }

  @Test("a value in braces is a template's")
  func template() {
    let reading = CiliumReading.ingress("{fromCIDR: [\"{{ .Values.cidr }}\"]}")
    #expect(reading.errors == ["1:1 this is a Helm template, not a manifest"])
  }

  @Test("a CiliumCIDRGroup has CIDRs, in both versions", arguments: ["v2", "v2alpha1"])
  func cidrGroup(_ version: String) throws {
    let reading = CiliumReading(
      "apiVersion: cilium.io/\(version)\nkind: CiliumCIDRGroup\nmetadata: {name: g, labels: {team: a}}\nspec: {externalCIDRs: [10.0.0.0/8, \"fd00::/8\"]}\n"
    )
    guard case .cidrGroup(let group)? = reading.objects.first else {
      Issue.record("\(reading.errors)")
      return
    }
    #expect(group.meta.name == "g" && group.meta.labels["team"] == "a")
    #expect(
      group.externalCIDRs.map { "\($0.value) \($0.location)" } == [
        "10.0.0.0/8 c.yaml:4:24", "fd00::/8 c.yaml:4:36",
      ])
  }

  @Test(
    "what a CiliumCIDRGroup cannot be",
    arguments: [
      ("", "1:1 a CiliumCIDRGroup needs a `spec`; the API server rejects this"),
      ("spec: {}", "4:7 `spec` needs `externalCIDRs`; the API server rejects this"),
      ("spec: {externalCIDRs: null}", "4:7 `spec` needs `externalCIDRs`; the API server rejects this"),
      (
        "spec: {externalCIDRs: [10.0.0.1]}",
        "4:24 `10.0.0.1` is not a CIDR such as 10.0.0.0/8 or fd00::/8; the API server rejects this"
      ),
      ("spec: {externalCIDRs: [1]}", "4:24 `spec.externalCIDRs[]` must be a string, not the number `1`"),
      (
        "spec: {externalCIDRs: [null]}",
        "4:24 an entry of `externalCIDRs` must not be null; the API server rejects this"
      ),
      ("spec: {cidrs: []}", "4:8 unknown field `cidrs` in CiliumCIDRGroupSpec"),
      ("specs: []", "4:1 unknown field `specs` in CiliumCIDRGroup: did you mean `spec`?"),
    ])
  func invalidCIDRGroup(_ fields: String, _ error: String) {
    let reading = CiliumReading(
      "apiVersion: cilium.io/v2\nkind: CiliumCIDRGroup\nmetadata: {name: g}\n\(fields)\n")
    #expect(reading.rejected == 1 && reading.errors.contains(error), "\(reading.errors)")
  }

  @Test("an empty CiliumCIDRGroup is one")
  func emptyCIDRGroup() {
    let reading = CiliumReading(
      "apiVersion: cilium.io/v2\nkind: CiliumCIDRGroup\nmetadata: {name: g}\nspec: {externalCIDRs: []}\n")
    #expect(reading.isAccepted)
  }
}
