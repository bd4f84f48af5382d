import PolicyEngine
import Testing

/// Which pods and templates are one workload, and what a flow from or to a workload means.
@Suite("Workloads")
struct WorkloadTests {
  private let closed = policy(
    "shop/p", "podSelector: {matchLabels: {app: api}}\npolicyTypes: [Ingress, Egress]")

  /// Names of the endpoints of a workload.
  private func members(_ world: WorldFixture, _ name: String) -> [[String]] {
    world.world.workloads.filter { $0.name == name }.map { group in
      group.endpoints.map { world.world.endpoints[$0] }.map { "\($0.kind.name)/\($0.name)" }
    }
  }

  @Test("a template stands for its replicas")
  func template() throws {
    try WorldFixture.shop(workload("Deployment", "shop/api", "app: api"), closed).expect(
      """
      shop/api -> shop/db tcp/80 denied denied allowed
      shop/deployment/api -> shop/db tcp/80 denied denied allowed
      shop/web -> shop/deploy/api tcp/80 denied allowed denied
      """)
  }

  @Test("labels of the workload object itself are not its pods' labels")
  func objectLabels() throws {
    let labelled = workload("Deployment", "shop/api", "app: other").replacing(
      "name: api, labels: {}", with: "name: api, labels: {app: api}")
    try WorldFixture.shop(labelled, closed).expect("shop/web -> shop/api tcp/80 allowed")
  }

  @Test("a Pod belongs to the ReplicaSet that owns it, and this to its Deployment")
  func ownershipChain() throws {
    let world = WorldFixture.shop(
      workload("Deployment", "shop/api", "app: api"),
      workload("ReplicaSet", "shop/api-5d9", "app: api, pod-template-hash: 5d9", owner: "Deployment/api"),
      pod("shop/api-5d9-x", "app: api, pod-template-hash: 5d9", ip: "10.1.0.11", owner: "ReplicaSet/api-5d9"),
      pod("shop/api-5d9-z", "app: api, pod-template-hash: 5d9", ip: "10.1.0.12", owner: "ReplicaSet/api-5d9"),
      closed)
    #expect(members(world, "api") == [["Pod/api-5d9-x", "Pod/api-5d9-z"]])
    try world.expect(
      """
      shop/web -> shop/api tcp/80 denied
      shop/web -> shop/api-5d9-x tcp/80 denied
      10.1.0.12 -> shop/db tcp/80 denied
      """)
  }

  @Test("a ReplicaSet with its Deployment's template is not counted twice")
  func replicaSetWithoutPods() {
    let world = WorldFixture.shop(
      workload("Deployment", "shop/api", "app: api"),
      workload("ReplicaSet", "shop/api-5d9", "app: api, pod-template-hash: 5d9", owner: "Deployment/api"))
    #expect(members(world, "api") == [["Deployment/api"]])
  }

  @Test("the name of a ReplicaSet means its own pods, of which its Deployment may have others")
  func replicaSetWithPods() throws {
    func owned(_ hash: String, _ pods: String...) -> [String] {
      let labels = "app: api, pod-template-hash: \(hash)"
      return [workload("ReplicaSet", "shop/api-\(hash)", labels, owner: "Deployment/api")]
        + pods.map {
          pod("shop/api-\(hash)-\($0)", labels, ip: "10.1.0.\($0)", owner: "ReplicaSet/api-\(hash)")
        }
    }
    let world = WorldFixture(
      [pod("shop/web", "app: web", ip: "10.1.0.1"), workload("Deployment", "shop/api", "app: api")]
        + owned("old", "11", "12") + owned("new", "13")
        + owned("older").map {
          $0.replacing("spec:\n  template:", with: "spec:\n  replicas: 0\n  template:")
        } + [policy("shop/p", "podSelector: {matchLabels: {pod-template-hash: old}}")])
    #expect(members(world, "api") == [["Pod/api-old-11", "Pod/api-old-12", "Pod/api-new-13"]])
    try world.expect(
      """
      shop/web -> shop/api tcp/80 undefined
      shop/web -> shop/rs/api-old tcp/80 denied
      shop/web -> shop/api-old tcp/80 denied
      shop/web -> shop/replicaset/api-new tcp/80 allowed
      shop/api-old -> shop/api-old tcp/80 denied
      shop/api-new -> shop/api-new tcp/80 allowed
      shop/rs/api-old -> shop/rs/api-new tcp/80 allowed
      shop/rs/api-new -> shop/api tcp/80 denied
      """)
    #expect(
      world.complaint("shop/web -> shop/rs/api-older tcp/80")
        == "`shop/api-older` has no running pod in the input")
    #expect(
      world.complaint("shop/web -> shop/deploy/api-old tcp/80")
        == "Deployment `shop/api-old` is not in the input; did you mean `shop/replicaset/api-old`?")
  }

  @Test("the name of a ReplicaSet without pods means the template that it has from its Deployment")
  func replicaSetWithDeploymentsTemplate() throws {
    try WorldFixture.shop(
      workload("ReplicaSet", "shop/api-5d9", "app: api, pod-template-hash: 5d9", owner: "Deployment/api"),
      workload("Deployment", "shop/api", "app: api"), closed
    ).expect(
      """
      shop/web -> shop/rs/api-5d9 tcp/80 denied
      shop/api-5d9 -> shop/db tcp/80 denied
      """)
  }

  @Test("a Pod whose owner is not in the input stands alone")
  func absentOwner() throws {
    let world = WorldFixture.shop(
      pod("shop/api-1", "app: api", ip: "10.1.0.11", owner: "ReplicaSet/api-5d9"), closed)
    #expect(members(world, "api-1") == [["Pod/api-1"]])
    try world.expect("shop/web -> shop/api-1 tcp/80 denied")
  }

  @Test("StatefulSet pods that a policy tells apart by name: undefined for the whole, exact for each")
  func statefulSetPods() throws {
    let name = "statefulset.kubernetes.io/pod-name"
    try WorldFixture.shop(
      workload("StatefulSet", "shop/store", "app: store"),
      pod("shop/store-0", "app: store, \(name): store-0", ip: "10.1.0.30", owner: "StatefulSet/store"),
      pod("shop/store-1", "app: store, \(name): store-1", ip: "10.1.0.31", owner: "StatefulSet/store"),
      policy("shop/p", "podSelector: {matchLabels: {\(name): store-0}}")
    ).expect(
      """
      shop/web -> shop/store-0 tcp/80 denied
      shop/web -> shop/store-1 tcp/80 allowed
      shop/web -> shop/store tcp/80 undefined allowed undefined
      shop/store -> shop/web tcp/80 allowed
      """)
  }

  @Test("replicas that no policy tells apart are one case")
  func equalReplicas() throws {
    let name = "statefulset.kubernetes.io/pod-name"
    let world = WorldFixture.shop(
      workload("StatefulSet", "shop/store", "app: store"),
      pod("shop/store-0", "app: store, \(name): store-0", ip: "10.1.0.30", owner: "StatefulSet/store"),
      pod("shop/store-1", "app: store, \(name): store-1", ip: "10.1.0.31", owner: "StatefulSet/store"),
      policy("shop/p", "podSelector: {matchLabels: {app: store}}"))
    try world.expect("shop/web -> shop/store tcp/80 denied")
  }

  @Test("replicas whose addresses a block tells apart: undefined")
  func addressesOfReplicas() throws {
    try WorldFixture.shop(
      workload("Deployment", "shop/api", "app: api"),
      pod("shop/api-1", "app: api", ip: "10.1.0.11", owner: "Deployment/api"),
      pod("shop/api-2", "app: api", ip: "10.1.0.12", owner: "Deployment/api"),
      policy(
        "shop/p",
        "podSelector: {matchLabels: {app: db}}\ningress: [{from: [{ipBlock: {cidr: 10.1.0.11/32}}]}]")
    ).expect(
      """
      shop/api -> shop/db tcp/80 undefined allowed undefined
      shop/api-1 -> shop/db tcp/80 allowed
      shop/api-2 -> shop/db tcp/80 denied
      """)
  }

  @Test("replicas on several nodes: the node of some is not the node of all")
  func nodesOfReplicas() throws {
    try WorldFixture.shop(
      workload("Deployment", "shop/api", "app: api"),
      pod("shop/api-1", "app: api", ip: "10.1.0.11", on: "n1", owner: "Deployment/api"),
      pod("shop/api-2", "app: api", ip: "10.1.0.12", on: "n2", owner: "Deployment/api"),
      policy("shop/p", "podSelector: {matchLabels: {app: api}}")
    ).expect(
      """
      node/n1 -> shop/api tcp/80 undefined
      node/n1 -> shop/api-1 tcp/80 allowed
      node/n1 -> shop/api-2 tcp/80 denied
      """)
  }

  @Test("a canary whose labels differ is an endpoint class of its own")
  func canary() throws {
    let world = WorldFixture.shop(
      workload("Deployment", "shop/api", "app: api, track: stable"),
      workload("ReplicaSet", "shop/api-new", "app: api, track: canary", owner: "Deployment/api"),
      policy("shop/p", "podSelector: {matchLabels: {track: canary}}"))
    #expect(members(world, "api") == [["Deployment/api", "ReplicaSet/api-new"]])
    try world.expect(
      """
      shop/web -> shop/api tcp/80 undefined
      shop/web -> shop/api-new tcp/80 denied
      shop/web -> shop/replicaset/api-new tcp/80 denied
      """)
  }

  @Test("a canary whose named ports differ is an endpoint class of its own")
  func canaryPorts() throws {
    try WorldFixture.shop(
      workload(
        "Deployment", "shop/api", "app: api", "containers: [{ports: [{name: http, containerPort: 8080}]}]"),
      workload(
        "ReplicaSet", "shop/api-new", "app: api", owner: "Deployment/api",
        "containers: [{ports: [{name: http, containerPort: 9090}]}]"),
      policy("shop/p", "podSelector: {matchLabels: {app: api}}\ningress: [{ports: [{port: http}]}]")
    ).expect(
      """
      shop/web -> shop/api tcp/8080 undefined
      shop/web -> shop/api-new tcp/9090 allowed
      """)
  }

  @Test("the template stays when running pods do not carry its labels yet")
  func rollout() {
    let world = WorldFixture.shop(
      workload("Deployment", "shop/api", "app: api, version: two"),
      pod("shop/api-1", "app: api, version: one", ip: "10.1.0.11", owner: "Deployment/api"))
    #expect(members(world, "api") == [["Pod/api-1", "Deployment/api"]])
  }

  @Test("a Deployment and a StatefulSet of one name are two")
  func sameName() throws {
    let world = WorldFixture.shop(
      workload("Deployment", "shop/twin", "app: api"), workload("StatefulSet", "shop/twin", "app: twin"),
      closed)
    try world.expect(
      """
      shop/web -> shop/deployment/twin tcp/80 denied
      shop/web -> shop/statefulset/twin tcp/80 allowed
      """)
    #expect(
      world.complaint("shop/web -> shop/twin tcp/80")
        == "`shop/twin` is 2 workloads; write shop/deployment/twin or shop/statefulset/twin")
  }

  @Test("a pod goes before a workload of its name")
  func podFirst() throws {
    try WorldFixture.shop(
      pod("shop/api", "app: alone", ip: "10.1.0.11"), workload("Deployment", "shop/api", "app: api"), closed
    ).expect(
      """
      shop/web -> shop/api tcp/80 allowed
      shop/web -> shop/pod/api tcp/80 allowed
      shop/web -> shop/deployment/api tcp/80 denied
      """)
  }

  // MARK: - Replicas among themselves

  @Test("from a workload to itself means two of its replicas")
  func amongReplicas() throws {
    let pods = (1...3).map { pod("shop/api-\($0)", "app: api", ip: "10.1.0.1\($0)", owner: "Deployment/api") }
    let deployment = workload("Deployment", "shop/api", "app: api")
    try WorldFixture.shop(([deployment, closed] + pods).joined(separator: "\n---\n")).expect(
      """
      shop/api -> shop/api tcp/80 denied
      shop/api -> self tcp/80 allowed
      shop/api-1 -> shop/api tcp/80 denied
      shop/api -> shop/api-1 tcp/80 denied
      shop/api -> 10.1.0.13 tcp/80 denied
      shop/api-1 -> shop/api-1 tcp/80 allowed
      """)
    // The only replica there is can only mean itself.
    try WorldFixture.shop(deployment, closed, pods[0]).expect("shop/api -> shop/api tcp/80 allowed")
  }

  @Test("from a workload of distinguishable pods to itself: no pod is asked about itself")
  func amongDistinguishableReplicas() throws {
    let name = "statefulset.kubernetes.io/pod-name"
    func rule(_ subject: String, _ peer: String) -> String {
      policy(
        "shop/\(subject)",
        "podSelector: {matchLabels: {\(name): \(subject)}}\ningress: [{from: [{podSelector: {matchLabels: {\(name): \(peer)}}}]}]"
      )
    }
    try WorldFixture.shop(
      workload("StatefulSet", "shop/store", "app: store"),
      pod("shop/store-0", "\(name): store-0, app: store", ip: "10.1.0.30", owner: "StatefulSet/store"),
      pod("shop/store-1", "\(name): store-1, app: store", ip: "10.1.0.31", owner: "StatefulSet/store"),
      rule("store-0", "store-1"), rule("store-1", "store-0")
    ).expect(
      """
      shop/store -> shop/store tcp/80 allowed
      shop/web -> shop/store tcp/80 denied
      """)
  }
}
