import Dialects
import PolicyModel
import Testing

/// Labels that are no part of an identity by default ("Limiting Identity-Relevant Labels" in Cilium's documentation).
@Suite("Cilium: labels that identities are without")
struct CiliumLabelFilterTests {
  private func isLeftOut(_ key: String) -> Bool {
    CiliumLowered.ingress("{fromEndpoints: [{matchExpressions: [{key: \(key), operator: Exists}]}]}").codes
      == ["unseen-label"]
  }

  @Test(
    "patterns are anchored at the start of a key, and open at its end",
    arguments: [
      "pod-template-hash", "k8s:pod-template-hash", "pod-template-hash-2", "pod-template-generation",
      "controller-revision-hash", "controller-uid", "batch.kubernetes.io/controller-uid",
      "batch.kubernetes.io/job-completion-index", "statefulset.kubernetes.io/pod-name",
      "apps.kubernetes.io/pod-index", "kubernetes.io/name", "k8s.io/name", "io.kubernetes.pod.name",
      "annotation.hello", "annotations", "etcd_node", "beta.kubernetes.io/arch",
      "failure-domain.beta.kubernetes.io/zone",
    ])
  func leftOut(_ key: String) { #expect(isLeftOut(key)) }

  @Test(
    "other labels are part of it",
    arguments: [
      "app", "app.kubernetes.io/name", "app.kubernetes.io/part-of", "batch.kubernetes.io/job-name",
      "job-name",
      "topology.kubernetes.io/zone", "node.k8s.io/name", "k8s-app", "my-pod-template-hash", "ioXkubernetes",
      "io.kubernetes.pod.namespace", "io.cilium.k8s.policy.serviceaccount", "io.cilium.k8s.policy.cluster",
    ])
  func kept(_ key: String) { #expect(!isLeftOut(key)) }

  @Test("namespace labels are part of it, but for those of beta.kubernetes.io")
  func ofNamespaces() {
    #expect(!isLeftOut("io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name"))
    #expect(!isLeftOut("io.cilium.k8s.namespace.labels.pod-template-hash"))
    #expect(isLeftOut("io.cilium.k8s.namespace.labels.beta.kubernetes.io/arch"))
  }

  @Test("each selector is warned of once, at the requirement that decides")
  func warning() {
    let lowered = CiliumLowered.spec(
      """
      {endpointSelector: {matchLabels: {app: a, pod-template-hash: x}}, ingress: [{fromEndpoints: [{matchExpressions: [{key: etcd_node, operator: DoesNotExist}, {key: controller-uid, operator: Exists}]}], toPorts: [{ports: [{port: "80"}, {port: "81"}]}]}]}
      """)
    #expect(
      lowered.warnings == [
        "4:49 by default the agent leaves label `pod-template-hash` out of identities: with pod-template-hash=x the policy selects nothing",
        "4:162 by default the agent leaves labels `controller-uid`, `etcd_node` out of identities: with controller-uid the peer matches nothing",
      ])
  }

  @Test("a requirement that is true of what is absent keeps nothing out")
  func negative() {
    let lowered = CiliumLowered.ingress(
      "{fromEndpoints: [{matchExpressions: [{key: pod-template-hash, operator: NotIn, values: [x]}]}]}")
    #expect(lowered.warnings.count == 1)
    #expect(lowered.warnings.first?.hasSuffix(": pod-template-hash!=x is true of everything") == true)
  }

  @Test("the words of a selector stay as they were written")
  func words() {
    let lowered = CiliumLowered.spec(
      "{endpointSelector: {matchLabels: {pod-template-hash: x}}, ingress: [{}]}")
    #expect(lowered.subject == "pods with pod-template-hash=x in namespace shop")
  }

  @Test("where the agent has a `labels` option of its own, the deviation is taken out")
  func ownOption() {
    let lowered = CiliumLowered(
      """
      apiVersion: cilium.io/v2
      kind: CiliumNetworkPolicy
      metadata: {name: p, namespace: shop}
      spec: {endpointSelector: {matchLabels: {pod-template-hash: x}}, ingress: [{}]}
      """, deviations: Deviation.ofCilium.subtracting([.defaultLabelFilter]))
    #expect(lowered.warnings.isEmpty)
  }
}
