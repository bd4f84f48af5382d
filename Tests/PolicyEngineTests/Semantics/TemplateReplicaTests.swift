import PolicyEngine
import PolicyModel
import Testing

/// Workloads without pods in the input, and policies on labels that their controllers will give to each pod.
@Suite("Replicas that are not in the input")
struct TemplateReplicaTests {
  private static let podName = "statefulset.kubernetes.io/pod-name"
  private static let podIndex = "apps.kubernetes.io/pod-index"

  /// A StatefulSet `shop/store`; `spec` is more YAML of its `spec`, one line.
  private func store(_ spec: String) -> String {
    workload("StatefulSet", "shop/store", "app: store").replacing(
      "spec:\n  template:", with: "spec:\n  \(spec)\n  template:")
  }

  private func backup(_ labels: String = "app: backup") -> String {
    """
    apiVersion: batch/v1
    kind: CronJob
    metadata: {namespace: shop, name: backup}
    spec: {jobTemplate: {spec: {template: {metadata: {labels: {\(labels)}}, spec: {containers: []}}}}}
    """
  }

  private func closing(_ selector: String) -> String { policy("shop/p", "podSelector: {\(selector)}") }

  private func members(_ world: WorldFixture, _ name: String) -> [[String]] {
    world.world.workloads.filter { $0.name == name }.map { group in
      group.endpoints.map { world.world.endpoints[$0] }.map { "\($0.kind.name)/\($0.name)" }
    }
  }

  @Test("a StatefulSet's pod that a policy names is an endpoint, and the template stands for the others")
  func namedPod() throws {
    let world = WorldFixture.shop(store("replicas: 3"), closing("matchLabels: {\(Self.podName): store-1}"))
    #expect(members(world, "store") == [["Pod/store-1", "StatefulSet/store"]])
    #expect(!world.compiled.selectsNothing(0))
    try world.expect(
      """
      shop/web -> shop/store-1 tcp/80 denied allowed denied
      shop/web -> shop/pod/store-1 tcp/80 denied
      shop/web -> shop/store tcp/80 undefined allowed undefined
      shop/store -> shop/web tcp/80 allowed
      shop/store-1 -> shop/store-1 tcp/80 allowed
      shop/store -> shop/store-1 tcp/80 denied
      """)
  }

  @Test("a StatefulSet's pod that nobody mentions has a name, too: its template stands for it")
  func unmentionedPod() throws {
    let world = WorldFixture.shop(store("replicas: 3"), closing("matchLabels: {\(Self.podName): store-1}"))
    try world.expect(
      """
      shop/web -> shop/store-0 tcp/80 allowed
      shop/web -> shop/pod/store-2 tcp/80 allowed
      shop/web -> shop/store-1 tcp/80 denied
      """)
    for name in ["shop/store-3", "shop/store-01", "shop/stor-0", "shop/web-0"] {
      #expect(throws: FlowLineError.self) { try world.parser.parse("shop/web -> \(name) tcp/80") }
    }
    try WorldFixture.shop(store("replicas: 2")).expect("shop/web -> shop/store-1 tcp/80 allowed")
  }

  @Test("a StatefulSet's pod that a policy names by its index")
  func podIndex() throws {
    let world = WorldFixture.shop(
      store("replicas: 3"),
      closing("matchExpressions: [{key: \(Self.podIndex), operator: NotIn, values: ['0']}]"))
    #expect(members(world, "store") == [["Pod/store-0", "StatefulSet/store"]])
    try world.expect(
      """
      shop/web -> shop/store-0 tcp/80 allowed
      shop/web -> shop/store tcp/80 undefined
      """)
  }

  @Test("a peer that names a StatefulSet's pod matches this one")
  func peer() throws {
    try WorldFixture.shop(
      store("replicas: 3"),
      policy(
        "shop/p",
        "podSelector: {matchLabels: {app: db}}\ningress: [{from: [{podSelector: {matchLabels: {\(Self.podName): store-0}}}]}]"
      )
    ).expect(
      """
      shop/store-0 -> shop/db tcp/80 allowed
      shop/store -> shop/db tcp/80 undefined allowed undefined
      """)
  }

  @Test(
    "how many pods there are: one unless `replicas` says more; the last that nobody names is a pod, too",
    arguments: [
      ("serviceName: s", ["Pod/store-0"]), ("replicas: 1", ["Pod/store-0"]), ("replicas: 0", ["Pod/store-0"]),
      ("replicas: 2", ["Pod/store-0", "Pod/store-1"]), ("replicas: 3", ["Pod/store-0", "StatefulSet/store"]),
      ("ordinals: {start: 5}", ["Pod/store-5"]),
      ("{replicas: 2, ordinals: {start: 5}}", ["Pod/store-5", "Pod/store-6"]),
    ])
  func replicas(_ spec: String, _ expected: [String]) {
    let lines = spec.hasPrefix("{") ? "replicas: 2\n  ordinals: {start: 5}" : spec
    let first = spec.contains("start") ? "store-5" : "store-0"
    let world = WorldFixture.shop(store(lines), closing("matchLabels: {\(Self.podName): \(first)}"))
    #expect(world.problems.isEmpty && members(world, "store") == [expected])
  }

  @Test(
    "a name that no pod will have selects nothing",
    arguments: [
      "store-3", "store-01", "store--1", "store", "other-0",
      "store-99999999999999999999",
    ])
  func unknownName(_ name: String) throws {
    let world = WorldFixture.shop(
      store("replicas: 3"),
      closing("matchExpressions: [{key: \(Self.podName), operator: In, values: ['\(name)']}]"))
    #expect(world.compiled.selectsNothing(0))
    #expect(members(world, "store") == [["StatefulSet/store"]])
  }

  @Test("that the label is there is known of all")
  func exists() throws {
    let world = WorldFixture.shop(
      store("replicas: 3"), closing("matchExpressions: [{key: \(Self.podName), operator: Exists}]"))
    #expect(members(world, "store") == [["StatefulSet/store"]])
    try world.expect("shop/web -> shop/store tcp/80 denied")
  }

  @Test("what a policy says about another StatefulSet changes nothing")
  func otherStatefulSet() throws {
    let world = WorldFixture.shop(
      store("replicas: 1"), closing("matchLabels: {\(Self.podName): other-0}"))
    #expect(members(world, "store") == [["StatefulSet/store"]])
    try world.expect("shop/web -> shop/store tcp/80 allowed")
  }

  @Test("without such a policy the template stands for all")
  func notMentioned() throws {
    let world = WorldFixture.shop(store("replicas: 3"), closing("matchLabels: {app: store}"))
    #expect(members(world, "store") == [["StatefulSet/store"]])
    try world.expect("shop/web -> shop/store tcp/80 denied")
  }

  @Test("the controller's label takes the place of one in the template")
  func writtenLabel() throws {
    let world = WorldFixture.shop(
      store("replicas: 3").replacing("app: store", with: "app: store, \(Self.podName): mine"),
      closing("matchLabels: {\(Self.podName): mine}"))
    #expect(world.compiled.selectsNothing(0))
  }

  @Test("a hundred thousand replicas cost what policies say about them")
  func manyReplicas() throws {
    let names = "matchExpressions: [{key: \(Self.podName), operator: NotIn, values: [store-7, store-99999]}]"
    let world = WorldFixture.shop(store("replicas: 100000"), closing(names))
    #expect(members(world, "store") == [["Pod/store-7", "Pod/store-99999", "StatefulSet/store"]])
    try world.expect(
      """
      shop/web -> shop/store-99999 tcp/80 allowed
      shop/web -> shop/store tcp/80 undefined
      """)
  }

  @Test("pods that are there take the template's place; while they have old labels the template stays one")
  func livePods() throws {
    let old = pod(
      "shop/store-0", "version: one, \(Self.podName): store-0", ip: "10.1.0.30", owner: "StatefulSet/store")
    let policy = closing("matchLabels: {\(Self.podName): store-0}")
    let rollout = WorldFixture.shop(store("replicas: 3"), old, policy)
    #expect(members(rollout, "store") == [["Pod/store-0", "StatefulSet/store"]])
    try rollout.expect(
      """
      shop/web -> shop/store-0 tcp/80 denied
      shop/web -> shop/statefulset/store tcp/80 undefined
      """)
    let live = WorldFixture.shop(
      store("replicas: 3"), old.replacing("version: one", with: "app: store"), policy)
    #expect(members(live, "store") == [["Pod/store-0"]])
  }

  @Test(
    "where a policy asks for a part of the name, replicas stay together as far as it does not tell them apart"
  )
  func partOfTheName() throws {
    func world(_ selector: String, replicas: Int = 30) -> WorldFixture {
      .shop(
        profile: .calico, store("replicas: \(replicas)"),
        calico("NetworkPolicy", "shop/p", "selector: \(Self.podName) \(selector)\ntypes: [Ingress]"))
    }
    let ones = world("starts with 'store-1'")
    #expect(members(ones, "store") == [["StatefulSet/store", "StatefulSet/store"]])
    try ones.expect("shop/web -> shop/store tcp/80 undefined allowed undefined")
    #expect(members(world("ends with '-1'"), "store") == [["Pod/store-1", "StatefulSet/store"]])
    try world("ends with '-1'").expect("shop/web -> shop/store-1 tcp/80 denied")
    #expect(members(world("starts with 'store-'"), "store") == [["StatefulSet/store"]])
    try world("starts with 'store-'").expect("shop/web -> shop/store tcp/80 denied")
    try world("contains '9'", replicas: 9).expect("shop/web -> shop/store tcp/80 allowed")
    #expect(world("contains '9'", replicas: 9).compiled.selectsNothing(0))
  }

  @Test("Cilium's and Calico's policies know the names, too")
  func otherDialects() throws {
    let rows = """
      shop/web -> shop/store-1 tcp/80 denied
      shop/web -> shop/store tcp/80 undefined
      """
    try WorldFixture.cilium(
      store("replicas: 3"),
      cnp("shop/p", "{endpointSelector: {matchLabels: {\(Self.podName): store-1}}, ingress: [{}]}"),
      deviations: Deviation.ofCilium.subtracting([.defaultLabelFilter])
    ).expect(rows)
    try WorldFixture.shop(
      profile: .calico, store("replicas: 3"),
      calico("GlobalNetworkPolicy", "p", "selector: \(Self.podIndex) == '1'\ntypes: [Ingress]")
    ).expect(rows)
  }

  @Test("a Service that picks one pod of a StatefulSet has this pod behind it")
  func service() throws {
    try WorldFixture.shop(
      store("replicas: 3"),
      PolicyEngineTests.service(
        "shop/first", "selector: {\(Self.podName): store-0}\nports: [{port: 80}]\nclusterIP: 10.96.0.1"),
      policy("shop/p", "podSelector: {matchLabels: {app: store}}\ningress: [{ports: [{port: 80}]}]")
    ).expect(
      """
      shop/web -> service/shop/first tcp/80 allowed
      shop/web -> shop/store tcp/81 denied
      """)
  }

  // MARK: - CronJobs

  @Test(
    "a Job that a policy names may come of a CronJob: an endpoint, and the template stands for all others",
    arguments: ["job-name", "batch.kubernetes.io/job-name"])
  func namedJob(_ key: String) throws {
    let world = WorldFixture.shop(
      backup(),
      policy(
        "shop/p", "podSelector: {matchLabels: {\(key): backup-29000000}}\npolicyTypes: [Ingress, Egress]"))
    #expect(members(world, "backup") == [["Job/backup-29000000", "CronJob/backup"]])
    #expect(!world.compiled.selectsNothing(0))
    try world.expect(
      """
      shop/backup-29000000 -> shop/db tcp/80 denied denied allowed
      shop/job/backup-29000000 -> shop/db tcp/80 denied
      shop/backup -> shop/db tcp/80 undefined undefined allowed
      """)
  }

  @Test("where a policy asks for a part of a Job's name, it depends on the Job which is meant")
  func partOfAJobsName() throws {
    func world(_ selector: String) -> WorldFixture {
      .shop(
        profile: .calico, backup(),
        calico("NetworkPolicy", "shop/p", "selector: job-name \(selector)\ntypes: [Ingress]"))
    }
    try world("starts with 'backup-'").expect("shop/web -> shop/backup tcp/80 denied")
    try world("starts with 'backup-29'").expect("shop/web -> shop/backup tcp/80 undefined")
    try world("ends with '0'").expect("shop/web -> shop/backup tcp/80 undefined")
    try world("contains 'x'").expect("shop/web -> shop/backup tcp/80 allowed")
    let both = world("starts with 'backup-2' && job-name ends with '2'")
    try both.expect("shop/web -> shop/backup tcp/80 undefined")
    #expect(members(both, "backup")[0].count == 4)
  }

  @Test(
    "that a CronJob's pods have a Job's name is known of all; what no Job of it can be called is none of its own"
  )
  func otherJobs() throws {
    let exists = WorldFixture.shop(backup(), closing("matchExpressions: [{key: job-name, operator: Exists}]"))
    #expect(members(exists, "backup") == [["CronJob/backup"]])
    try exists.expect("shop/web -> shop/backup tcp/80 denied")
    let other = WorldFixture.shop(backup(), closing("matchLabels: {job-name: backup-now}"))
    #expect(members(other, "backup") == [["CronJob/backup"]] && other.compiled.selectsNothing(0))
  }
}
