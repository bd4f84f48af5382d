import Kubernetes
import PolicyModel
import Testing

@testable import Dialects

/// SEMANTICS.md §3.3: policies that are reported, not enforced.
@Suite("Calico staged policies")
struct CalicoStagedPolicyTests {
  private func kubernetes(_ spec: String) -> CalicoReading {
    CalicoReading.spec(spec, kind: .stagedKubernetesNetworkPolicy)
  }

  private func policy(_ reading: CalicoReading) -> CalicoStagedKubernetesPolicy? {
    if case .stagedKubernetesPolicy(let policy)? = reading.objects.first { policy } else { nil }
  }

  @Test(
    "a staged action is Set unless another is written",
    arguments: [CalicoKind.stagedNetworkPolicy, .stagedGlobalNetworkPolicy])
  func actions(_ kind: CalicoKind) {
    for (text, action) in [
      ("", CalicoStagedAction.set), ("stagedAction: null, ", .set), ("stagedAction: Set, ", .set),
      ("stagedAction: Learn, ", .learn), ("stagedAction: Ignore, ", .ignore),
    ] {
      let reading = CalicoReading.spec("{\(text)selector: has(a), ingress: [{action: Allow}]}", kind: kind)
      #expect(reading.isAccepted && reading.policy?.enforcement == .staged(action))
      #expect(reading.policy?.ingress.count == 1 && reading.policy?.kind == kind)
    }
    #expect(
      CalicoReading.spec("{stagedAction: set}", kind: kind).errors == [
        "4:22 `spec.stagedAction` must be Set, Delete, Learn or Ignore, not `set`"
      ])
  }

  @Test("beside Delete only the tier may stand")
  func delete() {
    let reading = CalicoReading.spec(
      "{stagedAction: Delete, tier: a, selector: \"\", ingress: []}", kind: .stagedNetworkPolicy)
    #expect(reading.isAccepted && reading.policy?.enforcement == .staged(.delete))
    let wrong = CalicoReading.spec(
      "{stagedAction: Delete, order: 1, types: [Ingress]}", kind: .stagedGlobalNetworkPolicy)
    #expect(wrong.rejected == 1)
    #expect(
      wrong.errors == [
        "4:30 `order` must not stand beside `stagedAction: Delete`",
        "4:40 `types` must not stand beside `stagedAction: Delete`",
      ])
  }

  @Test("rules are validated as if they were enforced")
  func rules() {
    let reading = CalicoReading.spec("{ingress: [{action: Alow}]}", kind: .stagedNetworkPolicy)
    #expect(reading.rejected == 1 && reading.errors.count == 1)
  }

  @Test("a StagedKubernetesNetworkPolicy has the spec of a NetworkPolicy of Kubernetes")
  func kubernetesSpec() throws {
    let reading = kubernetes(
      "{stagedAction: Ignore, podSelector: {matchLabels: {a: b}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 80}]}]}"
    )
    #expect(reading.isAccepted && reading.warnings.isEmpty)
    let policy = try #require(self.policy(reading))
    #expect(policy.stagedAction == .ignore && policy.meta.namespace == "shop")
    #expect(policy.spec.podSelector?.requirements.count == 1 && policy.spec.ingress.first?.ports.count == 1)
  }

  @Test(
    "its directions are filled in as in Kubernetes",
    arguments: [
      ("{}", [.ingress]), ("{egress: [{}]}", [.ingress, .egress]), ("{policyTypes: [Egress]}", [.egress]),
    ] as [(String, Set<Direction>)])
  func policyTypes(_ spec: String, _ types: Set<Direction>) {
    #expect(policy(kubernetes(spec))?.spec.effectiveTypes == types)
  }

  @Test(
    "it is as strict as Kubernetes, and its policyTypes are a set that is not empty",
    arguments: [
      ("{policyTypes: []}", "4:21 `policyTypes` must have one or two entries"),
      ("{policyTypes: [Ingress, Ingress]}", "4:31 `Ingress` stands twice in `spec.policyTypes`"),
      ("{policyTypes: [ingress]}", "4:22 `policyTypes` entries must be Ingress or Egress, not `ingress`"),
      ("{ingress: [{ports: [{port: 0}]}]}", "4:34 `port` must be 1 to 65535, not 0"),
      (
        "{selector: all()}",
        "4:8 unknown field `selector` in StagedKubernetesNetworkPolicySpec"
      ),
      (
        "{stagedAction: Delete, podSelector: {}, ingress: [{}]}",
        "4:47 `ingress` must not stand beside `stagedAction: Delete`"
      ),
    ])
  func wrongKubernetes(_ spec: String, _ error: String) {
    let reading = kubernetes(spec)
    #expect(
      reading.rejected == 1 && reading.errors.map { String($0.prefix(error.count)) } == [error],
      "\(reading.errors)")
  }
}
