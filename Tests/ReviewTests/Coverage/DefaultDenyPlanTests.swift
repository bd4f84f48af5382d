import Dialects
import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@testable import Review

@Suite("A default deny that keeps what is needed")
struct DefaultDenyPlanTests {
  /// Three workloads in a row, an Ingress controller elsewhere, a webhook, an operator and a Prometheus.
  private static let world = [
    namespace("shop"), namespace("edge"), namespace("ops"),
    container(
      "shop/web", "app: web", "env: [{name: CART, value: \"http://cart\"}], ports: [{containerPort: 8080}]"),
    service("shop/web", "selector: {app: web}, ports: [{port: 80, targetPort: 8080}]"),
    container("shop/cart", "app: cart, version: v1", "env: [{name: DB, value: \"db:5432\"}]"),
    service("shop/cart", "selector: {app: cart}, ports: [{port: 80, targetPort: 7070}]"),
    deployment("shop/db", "app: db"), service("shop/db", "selector: {app: db}, ports: [{port: 5432}]"),
    deployment("edge/nginx", "app.kubernetes.io/name: ingress-nginx"),
    object(
      "networking.k8s.io/v1", "Ingress", "shop/web",
      "spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}"),
    deployment("ops/prometheus", "app.kubernetes.io/name: prometheus, tier: ops"),
    object(
      "monitoring.coreos.com/v1", "PodMonitor", "shop/cart",
      "spec: {selector: {matchLabels: {app: cart}}, podMetricsEndpoints: [{portNumber: 9090}]}"),
    deployment("ops/operator", "app: operator, tier: ops", "serviceAccountName: operator, containers: []"),
    object(
      "rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "operator",
      "roleRef: {kind: ClusterRole, name: operator}\nsubjects: [{kind: ServiceAccount, name: operator, namespace: ops}]"
    ),
    service("ops/operator", "selector: {app: operator}, ports: [{port: 443, targetPort: 9443}]"),
    object(
      "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "hook",
      "webhooks: [{name: a.b.c, clientConfig: {service: {namespace: ops, name: operator}}}]"),
  ]

  private static func plan(_ documents: [String], settings: String = "", _ namespace: String? = nil)
    -> DefaultDenyPlan
  {
    let input = DeclaredInput(documents, settings: settings)
    return DefaultDenyPlan(input.input, input.cluster, namespace: namespace)
  }

  @Test("the connections that would be cut, by namespace")
  func connections() {
    let plan = Self.plan(Self.world)
    #expect(plan.parts.map(\.namespace) == ["edge", "ops", "shop"])
    let shop = plan.parts[2].connections.filter { $0.need.kind != .dns }
    #expect(
      shop.map { "\($0.direction.name) \($0.source) -> \($0.destination) \($0.port)" } == [
        "egress shop/cart -> shop/db TCP 5432", "ingress ops/prometheus -> shop/cart TCP 9090",
        "ingress shop/web -> shop/cart TCP 7070", "ingress shop/cart -> shop/db TCP 5432",
        "egress shop/web -> shop/cart TCP 7070", "ingress edge/nginx -> shop/web TCP 8080",
      ])
    #expect(plan.lost.isEmpty)
  }

  @Test("the policies of a namespace, named and minimal")
  func policies() {
    let plan = Self.plan(Self.world, "shop")
    #expect(plan.parts.map(\.namespace) == ["shop"])
    let names = plan.parts[0].policies.compactMap { text in
      text.split(separator: "\n").first { $0.hasPrefix("  name: ") }.map { String($0.dropFirst(8)) }
    }
    #expect(names == ["default-deny", "allow-dns", "allow-cart", "allow-db", "allow-web"])
    #expect(
      plan.parts[0].policies.last == """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: allow-web
          namespace: shop
        spec:
          podSelector:
            matchLabels:
              app: web
          policyTypes:
            - Ingress
            - Egress
          ingress:
            - from:
                - namespaceSelector:
                    matchLabels:
                      kubernetes.io/metadata.name: edge
                  podSelector:
                    matchLabels:
                      app.kubernetes.io/name: ingress-nginx
              ports:
                - protocol: TCP
                  port: 8080
          egress:
            - to:
                - podSelector:
                    matchLabels:
                      app: cart
              ports:
                - protocol: TCP
                  port: 7070

        """)
  }

  @Test(
    "every need that is met stays met, and nothing else is open within a namespace",
    arguments: ["", "cluster: {podCIDRs: [10.244.0.0/16]}", "cluster: {apiServerAddresses: [192.0.2.10]}"])
  func proof(settings: String) throws {
    let before = DeclaredInput(Self.world, settings: settings)
    let plan = DefaultDenyPlan(before.input, before.cluster)
    let after = DeclaredInput(Self.world + plan.parts.flatMap(\.policies), settings: settings)
    #expect(!after.cluster.hasErrors)
    #expect(after.needs(Set(Need.Kind.allCases)) == before.needs(Set(Need.Kind.allCases)))
    let met = after.needs(Set(Need.Kind.allCases)).count { $0.contains(" met: ") }
    #expect(met == 19)
    // Everything that may flow between workloads of one namespace is needed.
    let report = ConnectivityReport(after.cluster)
    var rows: [String] = []
    let walk = report.makeWalk()
    for (number, unit) in report.units.enumerated() {
      for found in walk.destinations(of: number)
      where report.units[Int(found.unit)].namespace == unit.namespace {
        let traffic = walk.connection(found.connection)
        rows.append("\(report.names[number]) -> \(report.names[Int(found.unit)]) \(traffic.possible)")
      }
    }
    #expect(
      rows == [
        "kube-system/coredns -> kube-system/coredns all", "shop/cart -> shop/db TCP 5432",
        "shop/web -> shop/cart TCP 7070",
      ])
  }

  @Test("what is closed already, and what is allowed already, is left alone")
  func existing() {
    let closed = policy("shop/default-deny", "podSelector: {}, policyTypes: [Ingress, Egress]")
    #expect(Self.plan(Self.world + [closed], "shop").parts[0].policies.isEmpty)
    let ingress = policy("shop/default-deny", "podSelector: {}")
    let open = policy("shop/open", "podSelector: {}, ingress: [{}]")
    let plan = Self.plan(Self.world + [ingress, open], "shop")
    #expect(plan.parts[0].connections.allSatisfy { $0.direction == .egress })
    #expect(plan.parts[0].policies.first?.contains("  name: default-deny-2\n") ?? false)
    #expect(plan.parts[0].policies.first?.contains("policyTypes:\n    - Egress\n") ?? false)
  }

  @Test("a need of pods that no selector names is reported as lost")
  func lost() {
    let world = [
      namespace("shop"),
      pod("shop/web", "", "containers: [{name: c, env: [{name: DB, value: \"db:5432\"}]}]"),
      deployment("shop/db", "app: db"), service("shop/db", "selector: {app: db}, ports: [{port: 5432}]"),
    ]
    let plan = Self.plan(world)
    #expect(plan.lost.map(\.kind) == [.service])
    #expect(
      plan.text.contains("# No NetworkPolicy can keep this: shop/web uses Service shop/db (DB) on TCP 5432"))
  }

  @Test("labels that tell a workload from its neighbours, and no more")
  func selectors() {
    let input = DeclaredInput([
      namespace("shop"), deployment("shop/a", "app: x, component: a, version: v1"),
      deployment("shop/b", "app: x, component: b, version: v1"), deployment("shop/c", "app: z, version: v2"),
    ])
    var selector = WorkloadSelector(input.cluster.world)
    let groups = input.cluster.world.workloads.indices.filter {
      input.cluster.world.workloads[$0].name.count == 1
    }
    #expect(
      groups.map { selector.selection(of: $0).labels } == [
        ["component": "a"], ["component": "b"], ["app": "z"],
      ])
  }

  @Test("every form has every connection")
  func forms() {
    let plan = Self.plan(Self.world, "shop")
    let count = plan.parts[0].connections.count
    #expect(plan.csv.split(separator: "\n").count == count + 1)
    #expect(plan.text.contains("# Namespace shop: a default deny would cut \(count) connections"))
    #expect(
      plan.markdown.contains(
        "| edge/nginx | shop/web | TCP 8080 | edge/nginx forwards to Service shop/web (Ingress shop/web) |\n")
    )
    #expect(
      plan.data.json.contains(#""from":"edge/nginx","to":"shop/web","port":"TCP 8080","kind":"ingress""#))
  }
}
