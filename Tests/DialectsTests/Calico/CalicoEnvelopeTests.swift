import Kubernetes
import PolicyModel
import Testing

@testable import Dialects

@Suite("What surrounds the spec of Calico's kinds")
struct CalicoEnvelopeTests {
  private static let specs: [(kind: CalicoKind, spec: String)] = CalicoKind.allCases.map {
    ($0, $0 == .hostEndpoint ? "{node: n1, interfaceName: eth0}" : "{}")
  }

  @Test("all kinds are kept and read, in both groups", arguments: specs, CalicoGroup.allCases)
  func kinds(_ kind: (kind: CalicoKind, spec: String), _ group: CalicoGroup) {
    let reading = CalicoReading.spec(kind.spec, kind: kind.kind, apiVersion: group.apiVersion)
    #expect(reading.isAccepted, "\(reading.errors)")
    #expect(CalicoObject.groupKinds.contains(GroupKind(group: group.rawValue, kind: kind.kind.rawValue)))
  }

  @Test(
    "each group has one version",
    arguments: [
      ("projectcalico.org/v1", "projectcalico.org/v3"), ("projectcalico.org/v3beta1", "projectcalico.org/v3"),
      ("crd.projectcalico.org/v3", "crd.projectcalico.org/v1"),
    ])
  func versions(_ written: String, _ served: String) {
    let reading = CalicoReading.spec("{types: [Ingress]}", apiVersion: written)
    #expect(reading.rejected == 1 && reading.errors == ["1:13 no API server serves `\(written)`"])
    #expect(reading.diagnostics.first?.fix == "write apiVersion: \(served)")
  }

  @Test("projectcalico.org/v3 needs a spec, crd.projectcalico.org/v1 does not")
  func missingSpec() {
    func read(_ group: CalicoGroup, _ kind: CalicoKind) -> CalicoReading {
      CalicoReading("apiVersion: \(group.apiVersion)\nkind: \(kind.rawValue)\nmetadata: {name: p}\n")
    }
    for kind in [CalicoKind.networkPolicy, .globalNetworkPolicy, .networkSet, .stagedKubernetesNetworkPolicy]
    {
      #expect(read(.projectCalico, kind).errors == ["1:1 \(kind.rawValue) without `spec`"])
      #expect(read(.crdProjectCalico, kind).isAccepted)
    }
    #expect(read(.crdProjectCalico, .tier).errors == ["1:1 Tier without `spec`"])
    #expect(read(.crdProjectCalico, .networkPolicy).policy?.effectiveTypes == [.ingress, .egress])
  }

  @Test("names may carry the tier or not; the name stays as it is")
  func names() {
    for name in ["p", "default.p", "security.p", "knp.default.a.b", "a.b.c"] {
      let reading = CalicoReading(
        "apiVersion: crd.projectcalico.org/v1\nkind: NetworkPolicy\nmetadata: {name: \(name)}\nspec: {types: [Egress]}\n"
      )
      #expect(reading.isAccepted && reading.policy?.meta.name == name)
      #expect(reading.policy?.meta.namespace == "default")
    }
    let wrong = CalicoReading(
      "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: A}\nspec: {}\n")
    #expect(wrong.rejected == 1 && wrong.errors.first?.hasPrefix("3:18 the name `A` of this") == true)
  }

  @Test("metadata is read as strictly as that of other kinds")
  func metadata() {
    let reading = CalicoReading(
      "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: p, label: {}, annotations: {a b: c}}\nspec: {}\n"
    )
    #expect(reading.rejected == 1)
    #expect(reading.errors.count == 2 && reading.errors[0].contains("unknown field `label` in ObjectMeta"))
  }

  @Test("a cluster-wide kind has no namespace, which is said")
  func clusterWide() {
    let reading = CalicoReading(
      "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: {}\n"
    )
    #expect(reading.isAccepted && reading.policy?.meta.namespace == "")
    #expect(reading.warnings == ["3:32 GlobalNetworkPolicy has no namespace: this one is ignored"])
  }

  @Test(
    "unknown fields are errors, because a server that drops them changes what is meant",
    arguments: [
      (
        "{selectr: all()}",
        "4:8 unknown field `selectr` in NetworkPolicySpec: did you mean `selector`? (a server that drops it changes what the policy does)"
      ),
      (
        "{namespaceSelector: all()}",
        "4:8 unknown field `namespaceSelector` in NetworkPolicySpec (a server that drops it changes what the policy does)"
      ),
      (
        "{doNotTrack: true}",
        "4:8 unknown field `doNotTrack` in NetworkPolicySpec (a server that drops it changes what the policy does)"
      ),
      (
        "{preDNAT: true}",
        "4:8 unknown field `preDNAT` in NetworkPolicySpec (a server that drops it changes what the policy does)"
      ),
      (
        "{applyOnForward: true}",
        "4:8 unknown field `applyOnForward` in NetworkPolicySpec (a server that drops it changes what the policy does)"
      ),
      (
        "{stagedAction: Set}",
        "4:8 unknown field `stagedAction` in NetworkPolicySpec (a server that drops it changes what the policy does)"
      ),
      (
        "{ingress: [{action: Allow, from: []}]}",
        "4:34 unknown field `from` in Rule (a server that drops it widens the rule)"
      ),
      (
        "{ingress: [{action: Allow, source: {net: 10.0.0.0/8}}]}",
        "4:43 unknown field `net` in EntityRule: did you mean `nets`? (a server that drops it widens the rule)"
      ),
      (
        "{ingress: [{action: Allow, protocol: ICMP, icmp: {typ: 8}}]}",
        "4:57 unknown field `typ` in ICMPFields: did you mean `type`? (a server that drops it widens the rule)"
      ),
      (
        "{ingress: [{action: Allow, source: {serviceAccounts: {name: a}}}]}",
        "4:61 unknown field `name` in ServiceAccountMatch: did you mean `names`? (a server that drops it widens the rule)"
      ),
      (
        "{egress: [{action: Allow, destination: {services: {name: a, port: 1}}}]}",
        "4:67 unknown field `port` in ServiceMatch (a server that drops it widens the rule)"
      ),
      (
        "{ingress: [{action: Allow, http: {method: [GET]}}]}",
        "4:41 unknown field `method` in HTTPMatch: did you mean `methods`? (a server that drops it widens the rule)"
      ),
      (
        "{ingress: [{action: Allow, http: {paths: [{exact: /a, regex: b}]}}]}",
        "4:61 unknown field `regex` in HTTPPath (a server that drops it widens the rule)"
      ),
      ("{ingress: [{action: Allow, metadata: {labels: {}}}]}", "4:45 unknown field `labels` in RuleMetadata"),
    ])
  func unknownFields(_ spec: String, _ error: String) {
    let reading = CalicoReading.spec(spec)
    #expect(reading.rejected == 1 && reading.errors.contains(error), "\(reading.errors)")
  }

  @Test("fields of Calico Enterprise and Cloud are known as such: open-source Calico drops them")
  func enterpriseFields() {
    let rule = CalicoReading.egress("{action: Allow, destination: {domains: [api.example.com]}}")
    #expect(rule.rejected == 1)
    #expect(
      rule.errors == [
        "4:56 `domains` exists in Calico Enterprise and Calico Cloud only: open-source Calico drops it, which opens the rule"
      ])
    let set = CalicoReading.spec("{allowedEgressDomains: [api.example.com]}", kind: .globalNetworkSet)
    #expect(
      set.errors == [
        "4:30 `allowedEgressDomains` exists in Calico Enterprise and Calico Cloud only: open-source Calico drops it, so that the set lacks them and a rule that denies the set opens"
      ])
  }

  @Test("an object with a key twice is rejected: nobody knows which value was meant")
  func duplicateKeys() {
    let reading = CalicoReading.spec("{selector: has(a), selector: has(b)}")
    #expect(reading.rejected == 1 && reading.objects.isEmpty && reading.errors.count == 1)
  }

  @Test("a value in braces is a template's: render first")
  func template() {
    let reading = CalicoReading.spec("{selector: \"app == {{ .Values.app }}\"}")
    #expect(reading.errors == ["1:1 this is a Helm template, not a manifest"])
  }

  @Test("all problems of one policy are reported in one run")
  func allProblems() {
    let reading = CalicoReading(
      """
      apiVersion: projectcalico.org/v3
      kind: GlobalNetworkPolicy
      metadata: {name: p}
      spec:
        selector: app = 'web'
        types: [In]
        ingress:
          - source: {nets: [bogus, fd00::/8], ports: [80]}
            action: allow
            protocol: ANY
        egress:
          - action: Allow
            destination: {services: {name: s}, selector: has(x), ports: [0]}

      """)
    #expect(
      reading.errors.map { String($0.prefix { $0 != " " }) }.sorted() == [
        "10:17", "13:31", "13:31", "13:67", "13:68", "5:17", "6:11", "8:23", "9:15",
      ])
  }
}
