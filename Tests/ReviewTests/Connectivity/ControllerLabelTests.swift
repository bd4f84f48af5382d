import Dialects
import Kubernetes
import PolicyEngine
import PolicyModel
import Review
import Testing

@Suite("Labels that controllers add count when a policy looks at them")
struct ControllerLabelTests {
  private static let deployment = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: d, namespace: s}
    spec: {template: {metadata: {labels: {app: d}}, spec: {containers: []}}}
    ---
    apiVersion: apps/v1
    kind: ReplicaSet
    metadata:
      name: d-abc
      namespace: s
      ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: d, uid: u, controller: true}]
    spec:
      replicas: 2
      template: {metadata: {labels: {app: d, pod-template-hash: abc}}, spec: {containers: []}}
    ---
    """

  private func verdict(selector: String) throws -> Outcome {
    let policy = """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: p, namespace: s}
      spec: {podSelector: {matchLabels: {\(selector)}}, policyTypes: [Ingress]}
      """
    let options = PolicySet.readerOptions(defaultNamespace: "default")
    let text = ManifestText(path: "m.yaml", Self.deployment + "\n" + policy)
    let cluster = Cluster(
      ManifestReader(options: options).readSequentially([text]), defaultNamespace: "default",
      profile: .kubernetes)
    #expect(cluster.world.endpoints.count == 1)
    let evaluator = FlowEvaluator(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
    return evaluator.verdict(try FlowParser(cluster.world).parse("1.1.1.1 -> s/d tcp/80")).outcome
  }

  @Test("a policy on pod-template-hash selects the pods of that ReplicaSet")
  func mentioned() throws {
    #expect(try verdict(selector: "pod-template-hash: abc") == .denied)
    #expect(try verdict(selector: "pod-template-hash: other") == .allowed)
  }

  @Test("otherwise Deployment and ReplicaSet are one")
  func notMentioned() throws {
    #expect(try verdict(selector: "app: d") == .denied)
  }
}
