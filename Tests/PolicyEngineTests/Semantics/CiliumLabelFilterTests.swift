import PolicyEngine
import PolicyModel
import Testing

/// Labels that are no part of an identity by default ("Limiting Identity-Relevant Labels" in Cilium's documentation).
@Suite("Cilium: the label filter")
struct CiliumLabelFilterTests {
  private static let hashed = pod(
    "shop/hashed", "app: hashed, pod-template-hash: x", ip: "10.1.0.3", on: "n1")
  private static let filtered = Deviation.ofCilium
  private static let unfiltered = Deviation.ofCilium.subtracting([.defaultLabelFilter])

  private static func networkPolicy(_ spec: String) -> String {
    """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: p, namespace: shop}
    spec: \(spec)
    """
  }

  private static let policies = [
    cnp("shop/p", "{endpointSelector: {matchLabels: {pod-template-hash: x}}, ingress: [{}]}"),
    ccnp("p", "{endpointSelector: {matchLabels: {k8s:pod-template-hash: x}}, ingress: [{}]}"),
    networkPolicy("{podSelector: {matchLabels: {pod-template-hash: x}}}"),
    """
    apiVersion: policy.networking.k8s.io/v1alpha2
    kind: ClusterNetworkPolicy
    metadata: {name: p}
    spec:
      tier: Admin
      priority: 1
      subject: {pods: {podSelector: {matchLabels: {pod-template-hash: x}}}}
      ingress: [{action: Deny, from: [{namespaces: {}}]}]
    """,
  ]

  @Test("a subject by such a label is nobody, in every dialect", arguments: policies)
  func subject(_ policy: String) throws {
    let fixture = WorldFixture.cilium(Self.hashed, policy)
    try fixture.expect("shop/web -> shop/hashed tcp/80 allowed")
    #expect(fixture.remarks.count == 1)
    try WorldFixture.cilium(Self.hashed, policy, deviations: Self.unfiltered)
      .expect("shop/web -> shop/hashed tcp/80 denied")
  }

  @Test(
    "peers see such a label as absent",
    arguments: [
      ("{matchLabels: {pod-template-hash: x}}", "D D", "A D"),
      ("{matchExpressions: [{key: pod-template-hash, operator: NotIn, values: [x]}]}", "A A", "D A"),
      ("{matchExpressions: [{key: pod-template-hash, operator: DoesNotExist}]}", "A A", "D A"),
      ("{matchLabels: {app: hashed}}", "A D", "A D"),
    ])
  func peers(_ selector: String, _ filtered: String, _ unfiltered: String) throws {
    for policy in [
      cnp("shop/p", "{endpointSelector: {}, ingress: [{fromEndpoints: [\(selector)]}]}"),
      Self.networkPolicy("{podSelector: {}, ingress: [{from: [{podSelector: \(selector)}]}]}"),
    ] {
      for (deviations, letters) in [(Self.filtered, filtered), (Self.unfiltered, unfiltered)] {
        try WorldFixture.cilium(Self.hashed, policy, deviations: deviations)
          .expect("* -> shop/web tcp/80", ["shop/hashed", "shop/db"], letters)
      }
    }
  }

  @Test("the selector of a Service that a rule names is a peer like others")
  func services() throws {
    let service = """
      apiVersion: v1
      kind: Service
      metadata: {name: front, namespace: shop}
      spec: {selector: {pod-template-hash: x}, ports: [{port: 80}]}
      """
    let policy = cnp(
      "shop/p",
      "{endpointSelector: {matchLabels: {app: web}}, egress: [{toServices: [{k8sService: {serviceName: front}}]}]}"
    )
    try WorldFixture.cilium(Self.hashed, service, policy).expect("shop/web -> shop/hashed tcp/80 denied")
    try WorldFixture.cilium(Self.hashed, service, policy, deviations: Self.unfiltered)
      .expect("shop/web -> shop/hashed tcp/80 allowed")
  }

  @Test(
    "labels of the nodes that a policy is about go through the filter too, those of nodes in rules do not")
  func nodes() throws {
    let edge = labelledNode("n3", "kubernetes.io/hostname: n3", "192.168.0.3")
    let selector = "{matchLabels: {kubernetes.io/hostname: n3}}"
    try WorldFixture.cilium(edge, ccnp("p", "{nodeSelector: \(selector), ingress: [{}]}"))
      .expect("203.0.113.5 -> node/n3 tcp/22 allowed")
    try WorldFixture.cilium(
      edge, cnp("shop/p", "{endpointSelector: {}, ingress: [{fromNodes: [\(selector)]}]}")
    ).expect("* -> shop/web tcp/80", ["node/n3", "node/n2"], "A D")
  }

  @Test("replicas that only such a label tells apart are one endpoint")
  func replicas() throws {
    let db = workload("StatefulSet", "shop/store", "app: store", "containers: []")
    let fixture = WorldFixture.cilium(
      db,
      cnp(
        "shop/p",
        "{endpointSelector: {matchLabels: {statefulset.kubernetes.io/pod-name: store-0}}, ingress: [{}]}"))
    try fixture.expect("shop/web -> shop/store tcp/80 allowed")
  }

  @Test("other engines see every label", arguments: [EngineProfile.kubernetes, .calico])
  func otherEngines(_ profile: EngineProfile) throws {
    let fixture = WorldFixture.shop(Self.hashed, Self.policies[2], profile: profile)
    try fixture.expect("shop/web -> shop/hashed tcp/80 denied")
    #expect(fixture.remarks.isEmpty)
  }
}
