import PolicyEngine
import PolicyModel
import Testing

/// SEMANTICS.md §4.2, `toServices`.
@Suite("Cilium: toServices")
struct CiliumServiceTests {
  private let services = [
    "apiVersion: v1\nkind: Service\nmetadata: {namespace: shop, name: db, labels: {tier: data}}\nspec: {selector: {app: db}, ports: [{port: 5432}]}",
    "apiVersion: v1\nkind: Service\nmetadata: {namespace: data, name: db, labels: {tier: data}}\nspec: {selector: {app: job}, ports: [{port: 5432}]}",
    "apiVersion: v1\nkind: Service\nmetadata: {namespace: shop, name: ext, labels: {tier: outside}}\nspec: {ports: [{port: 443}]}",
    "apiVersion: v1\nkind: Endpoints\nmetadata: {namespace: shop, name: ext}\nsubsets: [{addresses: [{ip: 203.0.113.9}, {ip: 10.1.0.2}], ports: [{port: 443}]}]",
    "apiVersion: v1\nkind: Service\nmetadata: {namespace: shop, name: sliced}\nspec: {ports: [{port: 443}]}",
    "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {namespace: shop, name: sliced-x, labels: {kubernetes.io/service-name: sliced}}\naddressType: IPv4\nendpoints: [{addresses: [198.51.100.7]}]\nports: [{port: 443}]",
  ]

  private func fixture(_ rule: String) -> WorldFixture {
    .shop(services + [cnp("shop/p", "{endpointSelector: {}, \(rule)}")], profile: .cilium)
  }

  private let ends = ["shop/db", "data/job", "203.0.113.9", "198.51.100.7", "203.0.113.10"]

  @Test(
    "backends of Services, by name and by labels; without a namespace in every namespace",
    arguments: [
      ("{k8sService: {serviceName: db, namespace: shop}}", "A D D D D"),
      ("{k8sService: {serviceName: db}}", "A A D D D"),
      ("{k8sService: {serviceName: db, namespace: \"\"}}", "A A D D D"),
      ("{k8sService: {serviceName: nobody}}", "D D D D D"),
      ("{k8sServiceSelector: {selector: {matchLabels: {tier: data}}}}", "A A D D D"),
      ("{k8sServiceSelector: {selector: {matchLabels: {k8s:tier: data}}, namespace: data}}", "D A D D D"),
      ("{k8sServiceSelector: {selector: {}}}", "A A A A D"),
      // Beside a selector the name does not count.
      (
        "{k8sService: {serviceName: db, namespace: shop}, k8sServiceSelector: {selector: {matchLabels: {tier: outside}}}}",
        "D D A D D"
      ),
    ])
  func backends(_ entry: String, _ letters: String) throws {
    try fixture("egress: [{toServices: [\(entry)]}]").expect("shop/web -> * tcp/443", ends, letters)
  }

  @Test("a Service without selector is its listed addresses, which are CIDRs and match no pods")
  func withoutSelector() throws {
    try fixture("egress: [{toServices: [{k8sService: {serviceName: ext, namespace: shop}}]}]")
      .expect("shop/web -> * tcp/443", ends, "D D A D D")
    try fixture("egress: [{toServices: [{k8sService: {serviceName: sliced, namespace: shop}}]}]")
      .expect("shop/web -> * tcp/443", ends, "D D D A D")
  }

  @Test("ports are the backends', and can be restricted")
  func ports() throws {
    let rule =
      "{toServices: [{k8sService: {serviceName: db, namespace: shop}}], toPorts: [{ports: [{port: \"5432\", protocol: TCP}]}]}"
    try fixture("egress: [\(rule)]").expect("shop/web -> shop/db *", ["tcp/5432", "tcp/80"], "A D")
    try fixture("egress: [\(rule)]").expect("shop/web -> service/shop/db tcp/5432 allowed")
  }

  @Test("deny rules do not find Services")
  func deny() throws {
    let entry = "toServices: [{k8sService: {serviceName: db, namespace: shop}}]"
    try fixture("egress: [{toEntities: [all]}], egressDeny: [{\(entry)}]")
      .expect("shop/web -> * tcp/443", ["shop/db", "data/job"], "A A")
    try fixture(
      "egress: [{toEntities: [all]}], egressDeny: [{\(entry), toPorts: [{ports: [{port: \"443\", protocol: TCP}]}]}]"
    )
    .expect("shop/web -> * tcp/443", ["shop/db", "data/job"], "D D")
  }
}
