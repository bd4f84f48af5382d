import Dialects
import Kubernetes
import Testing

/// SEMANTICS.md §4.2: the keys of selectors, and who checks what of a selector.
@Suite("Cilium selectors")
struct CiliumSelectorTests {
  @Test(
    "what a key asks for",
    arguments: [
      ("app", .kubernetes(.label("app"), .any), "app"),
      ("any:app", .kubernetes(.label("app"), .any), "app"),
      ("k8s:app", .kubernetes(.label("app"), .k8s), "k8s:app"),
      ("k8s:app.io/name", .kubernetes(.label("app.io/name"), .k8s), "k8s:app.io/name"),
      ("io.kubernetes.pod.namespace", .kubernetes(.podNamespace, .any), "io.kubernetes.pod.namespace"),
      (
        "k8s:io.kubernetes.pod.namespace", .kubernetes(.podNamespace, .k8s), "k8s:io.kubernetes.pod.namespace"
      ),
      (
        "k8s:io.cilium.k8s.namespace.labels.team", .kubernetes(.namespaceLabel("team"), .k8s),
        "k8s:io.cilium.k8s.namespace.labels.team"
      ),
      (
        "io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name",
        .kubernetes(.namespaceLabel("kubernetes.io/metadata.name"), .any),
        "io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name"
      ),
      (
        "io.cilium.k8s.namespace.labels", .kubernetes(.label("io.cilium.k8s.namespace.labels"), .any),
        "io.cilium.k8s.namespace.labels"
      ),
      (
        "io.cilium.k8s.policy.serviceaccount", .kubernetes(.serviceAccount, .any),
        "io.cilium.k8s.policy.serviceaccount"
      ),
      (
        "any:io.cilium.k8s.policy.cluster", .kubernetes(.cluster, .any), "io.cilium.k8s.policy.cluster"
      ),
      ("reserved:host", .reserved("host"), "reserved:host"),
      ("container:app", .foreign(source: "container", key: "app"), "container:app"),
      ("cidr:app", .foreign(source: "cidr", key: "app"), "cidr:app"),
    ] as [(String, CiliumLabelKey, String)])
  func keys(_ text: String, _ key: CiliumLabelKey, _ description: String) {
    #expect(CiliumLabelKey(text) == key)
    #expect(CiliumLabelKey(text)?.description == description)
    #expect(CiliumLabelKey(description) == key)
  }

  @Test(
    "what is no key",
    arguments: [
      "", ":", ":app", "k8s:", "k8s:a:b", "k-s:app", "$host", "a b", "k8s:a=b", "-a", "A.B/c",
      "io.cilium.k8s.namespace.labels.",
    ])
  func noKeys(_ text: String) {
    #expect(CiliumLabelKey(text) == nil && CiliumLabelKey.problem(text) != nil)
    let reading = CiliumReading.policy(
      "spec: {endpointSelector: {matchLabels: {\"\(text)\": b}}, ingress: [{}]}")
    #expect(reading.rejected == 1 && reading.ignored.count == 1)
    #expect(reading.ignored.first?.hasPrefix("4:41 the label key `\(text)` ") == true)
  }

  @Test("matchLabels and matchExpressions together, each requirement with its place")
  func requirements() throws {
    let reading = CiliumReading.ingress(
      "{fromEndpoints: [{matchLabels: {app: web, k8s:tier: \"\"}, matchExpressions: [{key: a, operator: In, values: [x, z]}, {key: b, operator: NotIn, values: [u]}, {key: any:c, operator: Exists}, {key: reserved:host, operator: DoesNotExist, values: []}]}]}"
    )
    guard case .endpoints(let selectors)? = reading.rule?.peers, let selector = selectors.first else {
      Issue.record("\(reading.errors)")
      return
    }
    #expect(
      selector.requirements.map(\.value.description) == [
        "app=web", "k8s:tier=", "a in (x,z)", "b!=u", "c", "!reserved:host",
      ])
    #expect(selector.requirements.map(\.location.column) == [72, 82, 116, 156, 196, 228])
    #expect(selector.location.column == 57)
    #expect(selector.mentions { $0 == .reserved("host") } && !selector.mentions { $0 == .reserved("world") })
  }

  @Test(
    "what the server refuses",
    arguments: [
      (
        "{matchLabels: {app: a/b}}",
        "4:46 the label value `a/b` must consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit; the API server rejects this"
      ),
      (
        "{matchExpressions: [{key: a, operator: in, values: [b]}]}",
        "4:65 `matchExpressions[].operator` must be In, NotIn, Exists, DoesNotExist, not `in`; the API server rejects this"
      ),
      (
        "{matchExpressions: [{key: a, operator: Gt, values: [b]}]}",
        "4:65 `matchExpressions[].operator` must be In, NotIn, Exists, DoesNotExist, not `Gt`; the API server rejects this"
      ),
      (
        "{matchExpressions: [{operator: Exists}]}",
        "4:46 a `matchExpressions` entry needs a `key` and an `operator`; the API server rejects this"
      ),
      (
        "{matchExpressions: [{key: a}]}",
        "4:46 a `matchExpressions` entry needs a `key` and an `operator`; the API server rejects this"
      ),
      (
        "{matchExpressions: [null]}",
        "4:46 an entry of `matchExpressions` must not be null; the API server rejects this"
      ),
      (
        "{matchExpressions: [{key: a, operator: In, values: [null]}]}",
        "4:78 an entry of `values` must not be null; the API server rejects this"
      ),
      (
        "{matchLabels: {app: 1}}",
        "4:46 `spec.endpointSelector.matchLabels.app` must be a string, not the number `1`"
      ),
      ("{matchLabels: []}", "4:40 `spec.endpointSelector.matchLabels` must be a mapping, not a list"),
      (
        "{matchLabel: {}}",
        "4:27 unknown field `matchLabel` in LabelSelector: did you mean `matchLabels`? (a server that drops it selects everything)"
      ),
      ("[]", "4:26 `spec.endpointSelector` must be a mapping, not a list"),
    ])
  func refused(_ selector: String, _ error: String) {
    let reading = CiliumReading.policy("spec: {endpointSelector: \(selector), ingress: [{}]}")
    #expect(reading.rejected == 1 && reading.errors.contains(error), "\(reading.errors)")
  }

  @Test(
    "what only the agent knows",
    arguments: [
      ("{key: a, operator: In}", "4:65 `operator: In` needs at least one value"),
      ("{key: a, operator: In, values: []}", "4:65 `operator: In` needs at least one value"),
      ("{key: a, operator: NotIn, values: null}", "4:65 `operator: NotIn` needs at least one value"),
      ("{key: a, operator: Exists, values: [b]}", "4:65 `operator: Exists` must not have values"),
      ("{key: a, operator: DoesNotExist, values: [b]}", "4:65 `operator: DoesNotExist` must not have values"),
      (
        "{key: a, operator: In, values: [a/b]}",
        "4:78 the label value `a/b` must consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit"
      ),
      (
        "{key: \"a b\", operator: Exists}",
        "4:52 the label key `a b` must consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit"
      ),
    ])
  func ignored(_ expression: String, _ error: String) {
    let reading = CiliumReading.policy(
      "spec: {endpointSelector: {matchExpressions: [\(expression)]}, ingress: [{}]}")
    #expect(reading.isIgnored(error), "\(reading.errors)")
  }

  @Test("a null label value is dropped by the API server, and the selector selects more")
  func nullValue() {
    let reading = CiliumReading.policy(
      "spec: {endpointSelector: {matchLabels: {a: null, b: c}}, ingress: [{}]}")
    guard case .endpoints(let selector)? = reading.ruleSet?.subject else {
      Issue.record("\(reading.errors)")
      return
    }
    #expect(reading.isAccepted && selector.text == "b=c")
    #expect(
      reading.warnings == [
        "4:44 the label `a` is null, and dropped by the API server: the selector selects more"
      ])
  }
}
