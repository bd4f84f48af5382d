import PolicyEngine
import PolicyModel
import Testing

/// SEMANTICS.md §3.2: `serviceAccounts` and `services`.
@Suite("Calico: service accounts and Services")
struct CalicoServiceTests {
  private func shop(_ documents: String...) -> WorldFixture {
    WorldFixture(
      [
        namespace("shop"), namespace("data"),
        pod("shop/web", "app: web", ip: "10.1.0.1", "serviceAccountName: front"),
        pod(
          "shop/db", "app: db", ip: "10.1.0.2",
          "serviceAccountName: back\ncontainers: [{ports: [{name: sql, containerPort: 5432}]}]"),
        pod("data/job", "app: job", ip: "10.2.0.1", "serviceAccountName: front"),
        serviceAccount("shop/front", "role: edge"), serviceAccount("shop/back", "role: store"),
        serviceAccount("data/front", "role: batch"),
      ] + documents, profile: .calico)
  }

  private func ingress(_ end: String, kind: String = "NetworkPolicy") -> String {
    let name = kind == "NetworkPolicy" ? "shop/p" : "p"
    return calico(
      kind, name, "selector: app == 'db'\ningress: [{action: Allow, source: {serviceAccounts: {\(end)}}}]")
  }

  @Test("service accounts by name: those of the own namespace, of all in a global policy")
  func names() throws {
    try shop(ingress("names: [front]")).expect(
      "shop/web -> shop/db tcp/80 allowed\ndata/job -> shop/db tcp/80 denied")
    try shop(ingress("names: [front]", kind: "GlobalNetworkPolicy")).expect(
      "shop/web -> shop/db tcp/80 allowed\ndata/job -> shop/db tcp/80 allowed")
    try shop(ingress("names: [other]")).expect("shop/web -> shop/db tcp/80 denied")
  }

  @Test("service accounts by label; names and labels together are AND-ed")
  func labels() throws {
    try shop(ingress("selector: role == 'edge'")).expect("shop/web -> shop/db tcp/80 allowed")
    try shop(ingress("selector: role == 'batch'", kind: "GlobalNetworkPolicy")).expect(
      "shop/web -> shop/db tcp/80 denied\ndata/job -> shop/db tcp/80 allowed")
    try shop(ingress("names: [front], selector: role == 'store'")).expect("shop/web -> shop/db tcp/80 denied")
  }

  @Test("with a namespaceSelector they are those of other namespaces")
  func elsewhere() throws {
    try shop(
      calico(
        "NetworkPolicy", "shop/p",
        "selector: app == 'db'\ningress: [{action: Allow, source: {namespaceSelector: projectcalico.org/name == 'data', serviceAccounts: {names: [front]}}}]"
      )
    ).expect("shop/web -> shop/db tcp/80 denied\ndata/job -> shop/db tcp/80 allowed")
  }

  private let egress = calico(
    "NetworkPolicy", "shop/p",
    "selector: app == 'web'\negress: [{action: Allow, destination: {services: {name: db}}}]")

  @Test("services as egress destination: the backends, with their target ports and protocols")
  func destination() throws {
    let service = service(
      "shop/db", "selector: {app: db}\nports: [{port: 80, targetPort: sql}, {port: 53, protocol: UDP}]")
    try shop(service, egress).expect(
      """
      shop/web -> shop/db tcp/5432 allowed
      shop/web -> service/shop/db tcp/80 allowed
      shop/web -> shop/db tcp/80 denied
      shop/web -> shop/db udp/53 allowed
      shop/web -> shop/db icmp/8 denied
      shop/web -> data/job tcp/5432 denied
      """)
  }

  @Test("slices of the input say the backends, also of a Service without selector")
  func slices() throws {
    try shop(
      service("shop/db", "ports: [{port: 80}]"),
      endpointSlice("shop/db", "[{addresses: [203.0.113.7], conditions: {ready: false}}]", "[{port: 5432}]"),
      egress
    ).expect(
      """
      shop/web -> 203.0.113.7 tcp/5432 allowed
      shop/web -> 203.0.113.7 tcp/80 denied
      shop/web -> 203.0.113.8 tcp/5432 denied
      """)
  }

  @Test("a protocol beside a Service narrows its ports")
  func narrowed() throws {
    try shop(
      service("shop/db", "selector: {app: db}\nports: [{port: 80}, {port: 53, protocol: UDP}]"),
      calico(
        "NetworkPolicy", "shop/p",
        "selector: app == 'web'\negress: [{action: Allow, protocol: UDP, destination: {services: {name: db}}}]"
      )
    ).expect("shop/web -> shop/db tcp/80 denied\nshop/web -> shop/db udp/53 allowed")
  }

  @Test("services as ingress source: the backends' addresses, whatever their ports")
  func source() throws {
    try shop(
      service("data/jobs", "selector: {app: job}\nports: [{port: 80}]"),
      calico(
        "GlobalNetworkPolicy", "p",
        "selector: app == 'db'\ningress: [{action: Allow, source: {services: {name: jobs, namespace: data}}}]"
      )
    ).expect(
      "data/job -> shop/db udp/9 allowed\ndata/job -> shop/db icmp/8 allowed\nshop/web -> shop/db tcp/80 denied"
    )
  }

  @Test("a Service that is not in the input matches nothing, with a warning")
  func unknown() throws {
    let world = shop(egress)
    try world.expect("shop/web -> shop/db tcp/5432 denied")
    #expect(world.remarks == ["no Service shop/db is in the input: the rule matches nothing"])
  }

  @Test("default/kubernetes without a slice is the API server")
  func apiServer() throws {
    let world = shop(
      calico(
        "GlobalNetworkPolicy", "p",
        "selector: app == 'web'\negress: [{action: Allow, destination: {services: {name: kubernetes, namespace: default}}}]"
      ))
    try world.expect(
      "shop/web -> entity/kube-apiserver tcp/6443 allowed\nshop/web -> 203.0.113.1 tcp/6443 denied")
    #expect(world.remarks.count == 1)
  }
}
