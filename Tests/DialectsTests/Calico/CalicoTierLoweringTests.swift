import Dialects
import Kubernetes
import PolicyModel
import Testing

/// SEMANTICS.md §3.5, §2.4: the order of tiers and of policies in them.
@Suite("Calico: tiers")
struct CalicoTierLoweringTests {
  private let networkPolicy =
    "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: k, namespace: shop}, spec: {podSelector: {}}}"

  private func global(_ name: String, _ spec: String) -> String {
    calico("GlobalNetworkPolicy", name, "{types: [Ingress], \(spec)}")
  }

  private func cluster(_ name: String, _ tier: String, _ priority: Int) -> String {
    """
    apiVersion: policy.networking.k8s.io/v1alpha2
    kind: ClusterNetworkPolicy
    metadata: {name: \(name)}
    spec: {tier: \(tier), priority: \(priority), subject: {namespaces: {}}}
    """
  }

  @Test("built-in tiers have fixed places, others go by order and name, absent orders last")
  func tiers() {
    let reading = CalicoStackReading(
      calico("Tier", "zone", "{order: 1}"), calico("Tier", "area", "{order: 1}"),
      calico("Tier", "late", "{}"), calico("Tier", "after", "{order: 2000000}"), global("a", "tier: late"),
      global("b", "tier: after"), global("c", "tier: zone"), global("d", "tier: area"),
      cluster("e", "Admin", 7), cluster("f", "Baseline", 7), networkPolicy)
    #expect(
      reading.tiers == [
        "area: GlobalNetworkPolicy d", "zone: GlobalNetworkPolicy c", "kube-admin: ClusterNetworkPolicy e",
        "default: NetworkPolicy shop/k", "after: GlobalNetworkPolicy b",
        "kube-baseline: ClusterNetworkPolicy f", "late: GlobalNetworkPolicy a",
      ])
    #expect(reading.problems.isEmpty)
  }

  @Test("policies go by order, then by name/namespace/kind; NetworkPolicies have order 1000")
  func policies() {
    let reading = CalicoStackReading(
      networkPolicy, global("z", "order: 1000"), global("a", "order: 1000"), global("m", "order: 1001"),
      calico("NetworkPolicy", "shop/k", "{order: 1000}"), global("last", "selector: all()"),
      global("first", "order: -1"), calico("NetworkPolicy", "data/z", "{order: 1000}"))
    #expect(
      reading.tiers == [
        "default: GlobalNetworkPolicy first, GlobalNetworkPolicy a, NetworkPolicy shop/k, NetworkPolicy shop/k, GlobalNetworkPolicy z, NetworkPolicy data/z, GlobalNetworkPolicy m, GlobalNetworkPolicy last"
      ])
    #expect(reading.stack.tiers[0].policies.map(\.rank) == Array(0...7))
  }

  @Test("the stored form has the tier before the name, which does not count")
  func storedNames() {
    let reading = CalicoStackReading(
      calico(
        "GlobalNetworkPolicy", "default.b", apiVersion: "crd.projectcalico.org/v1", "{types: [Ingress]}"),
      global("a", "selector: all()"), global("c", "selector: all()"))
    #expect(
      reading.tiers == [
        "default: GlobalNetworkPolicy a, GlobalNetworkPolicy default.b, GlobalNetworkPolicy c"
      ])
  }

  @Test("a tier that passes closes nothing")
  func defaultAction() {
    let closing = CalicoStackReading(calico("Tier", "t", "{order: 1}"), global("p", "tier: t"))
    let passing = CalicoStackReading(
      calico("Tier", "t", "{order: 1, defaultAction: Pass}"), global("p", "tier: t"))
    #expect(closing.subjects == ["all pods in all namespaces; closes ingress"])
    #expect(passing.subjects == ["all pods in all namespaces; closes nothing"])
  }

  @Test("a policy in a tier that is not there is left out, and an error with the nearest name")
  func missingTier() {
    let reading = CalicoStackReading(global("p", "tier: defualt"))
    #expect(reading.tiers.isEmpty)
    #expect(
      reading.problems == ["3:18 error: no Tier `defualt` is in the input: answers are without this policy"])
    #expect(reading.stack.diagnostics.first?.fix == "did you mean `default`?")
    #expect(
      CalicoStackReading(global("p", "tier: x")).stack.diagnostics.first?.fix == "add the Tier")
  }

  @Test("around host endpoints: failsafe ports first, profiles last, stages before tiers")
  func hostEndpoints() {
    let host = calico(
      "HostEndpoint", "h", labels: "role: edge",
      "{node: n1, interfaceName: '*', expectedIPs: [192.168.0.1]}")
    let reading = CalicoStackReading(
      host, global("p", "selector: role == 'edge'"),
      global("u", "selector: role == 'edge', doNotTrack: true, applyOnForward: true"),
      global("d", "selector: role == 'edge', preDNAT: true, applyOnForward: true"))
    #expect(
      reading.tiers == [
        "failsafe: HostEndpoint h", "default (doNotTrack): GlobalNetworkPolicy u",
        "default (preDNAT): GlobalNetworkPolicy d", "default: GlobalNetworkPolicy p",
        "profiles: HostEndpoint h",
      ])
    #expect(
      reading.subjects == [
        "node n1; closes nothing", "node n1; closes nothing", "node n1; closes nothing",
        "pods with role=edge in all namespaces and node n1; closes ingress",
        "node n1; closes ingress and egress",
      ])
  }

  @Test("staged policies are counted as not enforced, by their kind")
  func staged() {
    let documents = [
      calico("StagedNetworkPolicy", "shop/a", "{types: [Ingress]}"),
      calico("StagedNetworkPolicy", "shop/b", "{types: [Ingress]}"),
      calico("StagedKubernetesNetworkPolicy", "shop/c", "{podSelector: {}}"),
    ].joined(separator: "\n---\n")
    let reading = CalicoStackReading(documents)
    #expect(reading.tiers.isEmpty)
    #expect(
      reading.stack.notEnforced.map { "\($0.count) \($0.kind.kind)" } == [
        "1 StagedKubernetesNetworkPolicy", "2 StagedNetworkPolicy",
      ])
    let enforcing = CalicoStackReading(documents, enforcesStaged: true)
    #expect(enforcing.stack.notEnforced.isEmpty)
    #expect(
      enforcing.tiers == [
        "default: StagedKubernetesNetworkPolicy shop/c, StagedNetworkPolicy shop/a, StagedNetworkPolicy shop/b"
      ])
  }

  @Test("a port name of a host endpoint is not evaluated, which is a warning")
  func hostPorts() {
    let host = calico(
      "HostEndpoint", "h",
      "{node: n1, interfaceName: '*', profiles: [projectcalico-default-allow], ports: [{name: ssh, protocol: TCP, port: 22}]}"
    )
    let rule = "ingress: [{action: Allow, protocol: TCP, destination: {ports: [ssh]}}]"
    let reading = CalicoStackReading(global("p", "selector: has(x), \(rule)"), host)
    #expect(
      reading.problems.map { $0.split(separator: " ").dropFirst().joined(separator: " ") } == [
        "warning: the port name `ssh` of host endpoint h is not evaluated: here it means ports of pods only"
      ])
  }
}
