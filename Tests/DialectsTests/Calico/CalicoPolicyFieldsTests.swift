import Kubernetes
import PolicyModel
import Testing

@testable import Dialects

/// SEMANTICS.md §3.2: the fields of policies.
@Suite("Calico policy fields")
struct CalicoPolicyFieldsTests {
  private static let policies: [CalicoKind] = [
    .networkPolicy, .globalNetworkPolicy, .stagedNetworkPolicy, .stagedGlobalNetworkPolicy,
  ]

  @Test("the four kinds are read in both groups", arguments: policies, CalicoGroup.allCases)
  func kinds(_ kind: CalicoKind, _ group: CalicoGroup) throws {
    let reading = CalicoReading.spec("{types: [Ingress]}", kind: kind, apiVersion: group.apiVersion)
    #expect(reading.isAccepted && reading.warnings.isEmpty)
    let policy = try #require(reading.policy)
    #expect(policy.kind == kind && policy.meta.name == "p")
    #expect(policy.meta.namespace == (kind.isNamespaced ? "shop" : ""))
  }

  @Test("what is left out has its default")
  func defaults() throws {
    let policy = try #require(CalicoReading.spec("{}", kind: .globalNetworkPolicy).policy)
    #expect(policy.tier == "default" && policy.order == nil && policy.selector.description == "all()")
    #expect(policy.selector.location == policy.meta.location)
    #expect(policy.serviceAccountSelector == nil && policy.types.isEmpty && policy.performanceHints.isEmpty)
    #expect(policy.ingress.isEmpty && policy.egress.isEmpty && policy.enforcement == .enforced)
    guard case .global(let global) = policy.scope else {
      Issue.record("\(policy.scope)")
      return
    }
    #expect(global.namespaceSelector == nil && global.stage == .tracked(applyOnForward: false))
  }

  @Test("null is as good as absent, and so are empty texts")
  func nulls() throws {
    let reading = CalicoReading.spec(
      "{tier: null, order: null, selector: \"\", serviceAccountSelector: null, types: null, ingress: null, egress: [], performanceHints: null}"
    )
    #expect(reading.isAccepted && reading.policy?.tier == "default")
    #expect(reading.policy?.serviceAccountSelector == nil && reading.policy?.effectiveTypes == [.ingress])
  }

  @Test("every field of a global policy")
  func allFields() throws {
    let reading = CalicoReading(
      """
      apiVersion: projectcalico.org/v3
      kind: GlobalNetworkPolicy
      metadata: {name: security.deny, annotations: {projectcalico.org/metadata: "{}"}}
      spec:
        tier: security
        order: -1.5
        selector: app == 'web'
        namespaceSelector: team in {'a'}
        serviceAccountSelector: has(ci)
        types: [Ingress, Egress]
        applyOnForward: true
        performanceHints: [AssumeNeededOnEveryNode]
        ingress: [{action: Deny}]
        egress: [{action: Pass}, {action: Log}]

      """)
    #expect(reading.isAccepted && reading.warnings.isEmpty)
    let policy = try #require(reading.policy)
    #expect(policy.meta.name == "security.deny" && policy.tier == "security" && policy.order == -1.5)
    #expect(policy.selector.description == "app == 'web'" && policy.selector.location.column == 13)
    #expect(policy.serviceAccountSelector?.description == "has(ci)")
    #expect(policy.types == [.ingress, .egress] && policy.performanceHints == [.assumeNeededOnEveryNode])
    #expect(policy.ingress.map(\.action) == [.deny] && policy.egress.map(\.action) == [.pass, .log])
    #expect(policy.egress.map { $0.location.column } == [12, 28])
    guard case .global(let global) = policy.scope else {
      Issue.record("\(policy.scope)")
      return
    }
    #expect(global.namespaceSelector?.description == "team in {'a'}")
    #expect(global.stage == .tracked(applyOnForward: true))
  }

  @Test(
    "order is a number, negative and broken ones too", arguments: [("7", 7), ("-0.5", -0.5), ("1e3", 1000)])
  func order(_ text: String, _ order: Double) {
    #expect(CalicoReading.spec("{order: \(text)}").policy?.order == order)
  }

  @Test(
    "an order that is no number is rejected",
    arguments: [
      ("\"7\"", "the string `7`"), ("high", "the string `high`"), (".inf", "the number `.inf`"),
      ("true", "the boolean `true`"), ("[1]", "a list"),
    ])
  func wrongOrder(_ text: String, _ found: String) {
    let reading = CalicoReading.spec("{order: \(text)}")
    #expect(reading.rejected == 1 && reading.errors == ["4:15 `spec.order` must be a number, not \(found)"])
  }

  @Test(
    "types that are left out follow the number of rules, unlike in Kubernetes",
    arguments: [
      ("{}", [.ingress]), ("{ingress: [], egress: []}", [.ingress]), ("{egress: []}", [.ingress]),
      ("{ingress: [{action: Allow}]}", [.ingress]), ("{egress: [{action: Allow}]}", [.egress]),
      ("{ingress: [], egress: [{action: Allow}]}", [.egress]),
      ("{ingress: [{action: Allow}], egress: [{action: Allow}]}", [.ingress, .egress]),
      ("{types: [Egress]}", [.egress]), ("{types: [Egress, Ingress]}", [.ingress, .egress]),
      ("{types: [Ingress], ingress: [{action: Allow}]}", [.ingress]),
    ] as [(String, Set<Direction>)])
  func effectiveTypes(_ spec: String, _ types: Set<Direction>) {
    let reading = CalicoReading.spec(spec)
    #expect(reading.isAccepted && reading.warnings.isEmpty && reading.policy?.effectiveTypes == types)
  }

  @Test("nobody fills types in for crd.projectcalico.org/v1: Felix polices both directions")
  func storedTypes() {
    let reading = CalicoReading.spec("{selector: all()}", apiVersion: "crd.projectcalico.org/v1")
    #expect(reading.isAccepted && reading.policy?.effectiveTypes == [.ingress, .egress])
    #expect(
      reading.warnings == [
        "4:7 without `types` this policy polices both directions: only `projectcalico.org/v3` fills them in"
      ])
  }

  @Test(
    "types are one or two different ones of Ingress and Egress",
    arguments: [
      ("[]", "4:15 `types` must have one or two entries"),
      ("[Ingress, Ingress]", "4:25 `Ingress` stands twice in `spec.types`"),
      ("[ingress]", "4:16 `spec.types[]` must be Ingress or Egress, not `ingress`"),
      ("[null]", "4:16 `spec.types[]` must be Ingress or Egress, not null"),
      ("[1]", "4:16 `spec.types[]` must be a string, not the number `1`"),
      ("Ingress", "4:15 `spec.types` must be a list, not the string `Ingress`"),
    ])
  func wrongTypes(_ types: String, _ error: String) {
    let reading = CalicoReading.spec("{types: \(types)}")
    #expect(reading.rejected == 1 && reading.errors == [error])
  }

  @Test("rules of a direction that is not listed do nothing, and the author is told")
  func inertRules() {
    let reading = CalicoReading.spec("{types: [Ingress], egress: [{action: Allow}]}")
    #expect(reading.isAccepted && reading.policy?.effectiveTypes == [.ingress])
    #expect(reading.warnings == ["4:34 these egress rules do nothing: `types` does not list Egress"])
  }

  @Test("doNotTrack and preDNAT are for forwarded traffic too")
  func stages() {
    for (spec, stage) in [
      ("{doNotTrack: true, applyOnForward: true}", CalicoPolicy.PacketStage.doNotTrack),
      ("{preDNAT: true, applyOnForward: true, types: [Ingress]}", .preDNAT),
      ("{doNotTrack: false, preDNAT: false}", .tracked(applyOnForward: false)),
    ] {
      let reading = CalicoReading.spec(spec, kind: .globalNetworkPolicy)
      #expect(reading.isAccepted)
      guard case .global(let global)? = reading.policy?.scope else {
        Issue.record("\(spec)")
        continue
      }
      #expect(global.stage == stage)
    }
  }

  @Test(
    "doNotTrack and preDNAT exclude each other and need applyOnForward; preDNAT has no egress",
    arguments: [
      (
        "{doNotTrack: true, preDNAT: true, applyOnForward: true}",
        ["4:35 `preDNAT` and `doNotTrack` exclude each other"]
      ),
      ("{doNotTrack: true}", ["4:20 `doNotTrack` needs `applyOnForward: true`"]),
      ("{preDNAT: true, applyOnForward: false}", ["4:17 `preDNAT` needs `applyOnForward: true`"]),
      (
        "{preDNAT: true, applyOnForward: true, types: [Ingress, Egress]}",
        ["4:52 a policy with `preDNAT` must not have the type Egress"]
      ),
      (
        "{preDNAT: true, applyOnForward: true, egress: [{action: Allow}]}",
        ["4:53 a policy with `preDNAT` must not have egress rules"]
      ),
      ("{doNotTrack: \"true\"}", ["4:20 `spec.doNotTrack` must be true or false, not the string `true`"]),
    ])
  func wrongStages(_ spec: String, _ errors: [String]) {
    let reading = CalicoReading.spec(spec, kind: .globalNetworkPolicy)
    #expect(reading.rejected == 1 && reading.errors == errors)
  }

  @Test(
    "performance hints are known ones, each once",
    arguments: [
      ("[Faster]", "4:27 `spec.performanceHints[]` must be AssumeNeededOnEveryNode, not `Faster`"),
      (
        "[AssumeNeededOnEveryNode, AssumeNeededOnEveryNode]",
        "4:52 `AssumeNeededOnEveryNode` stands twice in `spec.performanceHints`; the API server accepts this, but Felix ignores the whole policy: traffic stays open"
      ),
    ])
  func hints(_ hints: String, _ error: String) {
    let reading = CalicoReading.spec("{performanceHints: \(hints)}")
    #expect(reading.rejected == 1 && reading.errors == [error])
  }

  @Test("more rules than releases after 3.32 take deserve a warning")
  func manyRules() {
    let rules = Array(repeating: "{action: Allow}", count: 1025).joined(separator: ", ")
    let reading = CalicoReading.ingress(rules)
    #expect(reading.isAccepted)
    #expect(
      reading.warnings == [
        "4:17 `spec.ingress` has 1025 rules: Calico releases after 3.32 take at most 1024"
      ])
  }
}
