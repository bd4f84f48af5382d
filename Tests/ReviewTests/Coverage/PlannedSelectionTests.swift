import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@testable import Review

@Suite("What a plan opens besides what is needed")
struct PlannedSelectionTests {
  private static func plan(
    _ documents: [String], profile: EngineProfile = .kubernetes, settings: String = ""
  ) -> DefaultDenyPlan {
    let input = DeclaredInput(documents, profile: profile, settings: settings)
    return DefaultDenyPlan(input.input, input.cluster)
  }

  private static let cart = service("shop/cart", "selector: {c: cart}, ports: [{port: 7070}]")
  private static let client = "env: [{name: CART, value: \"cart:7070\"}]"

  @Test("a workload whose labels are among another's is told from it by what it lacks")
  func subset() {
    let plan = Self.plan([
      namespace("shop"), container("shop/web", "app: shop", Self.client),
      deployment("shop/cart", "app: shop, c: cart"), Self.cart,
    ])
    let policies: [String] = plan.parts.flatMap { $0.policies }
    let web = policies.first { $0.contains("name: allow-web\n") }
    #expect(
      web?.contains(
        "  podSelector:\n    matchLabels:\n      app: shop\n    matchExpressions:\n      - key: c\n        operator: DoesNotExist\n"
      ) ?? false)
    #expect(web?.contains("#") == false)
  }

  @Test("or by values that it never has")
  func values() {
    func replica(_ name: String, of owner: String, _ value: String) -> String {
      """
      apiVersion: v1
      kind: Pod
      metadata:
        {name: \(name), namespace: shop, labels: {app: x, c: \(value)}, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: \(owner), controller: true}]}
      spec: {containers: []}
      """
    }
    let world = DeclaredInput([
      namespace("shop"), workload("StatefulSet", "shop/a", "app: x, c: one"),
      replica("a-0", of: "a", "one"), replica("a-1", of: "a", "two"), pod("shop/b", "app: x, c: three"),
    ]).cluster.world
    var selector = WorkloadSelector(world)
    let groups = world.workloads.indices.filter { world.workloads[$0].endpoints.count == 2 }
    #expect(groups.map { selector.selection(of: $0).exclusions } == [[.notIn("c", ["three"])]])
  }

  @Test("where no label tells two workloads apart, a comment says so")
  func alike() {
    let plan = Self.plan([
      namespace("shop"), container("shop/web", "app: shop", Self.client),
      deployment("shop/admin", "app: shop"),
      deployment("shop/cart", "c: cart"), Self.cart,
    ])
    #expect(plan.text.contains("# It selects shop/admin too: no label tells it from shop/web."))
    #expect(plan.text.contains("# A rule for shop/web matches shop/admin too: no label tells them apart."))
  }

  @Test(
    "a client on its node's network opens a port to everyone only with a comment",
    arguments: [
      ("", true), ("cluster: {nodeCIDRs: [192.0.2.0/24, 2001:db8::/64]}", false),
    ])
  func hostNetwork(settings: String, isOpen: Bool) {
    let plan = Self.plan(
      [
        namespace("shop"), container("shop/agent", "app: agent", Self.client, "hostNetwork: true"),
        deployment("shop/cart", "c: cart"), Self.cart,
      ], settings: settings)
    #expect(
      plan.text.contains("# TCP 7070 is open to everyone: shop/agent uses its node's network") == isOpen)
    #expect(plan.text.contains("2001:db8::/64") != isOpen)
  }

  @Test("a client without labels is every pod of its namespace, and a comment says so")
  func withoutLabels() {
    let plan = Self.plan([
      namespace("shop"), pod("shop/web", "", "containers: [{name: c, \(Self.client)}]"),
      deployment("shop/cart", "c: cart"), Self.cart,
    ])
    #expect(
      plan.text.contains("# A rule for shop/web matches every pod of namespace shop: it has no labels.\n"))
  }

  @Test("pods on their node's network are not closed for certain")
  func openOnNode() {
    let plan = Self.plan([
      namespace("shop"), deployment("shop/agent", "app: agent", "hostNetwork: true, containers: []"),
    ])
    #expect(plan.open.map(\.direction) == [.ingress, .egress])
    #expect(plan.open.allSatisfy { $0.reason.hasPrefix("it uses its node's network") })
  }

  @Test("ways in whose clients nobody knows are listed")
  func entrances() {
    let plan = Self.plan([
      namespace("shop"), deployment("shop/web", "app: web"),
      service("shop/web", "type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]"),
      service("shop/inner", "selector: {app: web}, ports: [{port: 80, targetPort: 8080}]"),
      object(
        "networking.k8s.io/v1", "Ingress", "shop/web",
        "spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}"),
    ])
    #expect(
      plan.undecided.map(\.summary) == [
        "Service shop/web is of type LoadBalancer", "Ingress shop/web leads to Service shop/web",
      ])
    #expect(plan.text.contains("gets in: Service shop/web is of type LoadBalancer (world.yaml:"))
    #expect(plan.data.json.contains(#""undecided":[{"because":"Service shop/web is of type LoadBalancer""#))
  }

  @Test("what other policies keep open is said", arguments: ["Pass", "Allow"])
  func notClosed(action: String) {
    let plan = Self.plan(
      [
        namespace("shop"), deployment("shop/db", "app: db"), deployment("shop/web", "app: web"),
        object(
          "projectcalico.org/v3", "GlobalNetworkPolicy", "p",
          "spec: {selector: app == 'db', order: 10, types: [Ingress], ingress: [{action: \(action)}]}"),
      ], profile: .calico)
    #expect(plan.open.map { "\($0.workload) \($0.direction.name)" } == ["shop/db ingress"])
    #expect(
      plan.text.contains(
        "# Not closed by these policies: shop/db ingress: GlobalNetworkPolicy p opens it (world.yaml:"))
    #expect(plan.data.json.contains(#""isClosed":false"#))
  }

  @Test("and nothing where the policies close the namespace")
  func closed() {
    let plan = Self.plan([namespace("shop"), deployment("shop/db", "app: db")])
    #expect(plan.open.isEmpty && plan.data.json.contains(#""isClosed":true"#))
  }

  @Test("names that are too long are cut, and stay apart")
  func names() {
    let long = String(repeating: "a", count: 252)
    let (one, two) = (PolicyName.fitting("allow-\(long)1"), PolicyName.fitting("allow-\(long)2"))
    #expect(one.utf8.count == PolicyName.longest && one != two && one == PolicyName.fitting("allow-\(long)1"))
    #expect(PolicyName.fitting("allow-web") == "allow-web")
  }
}
