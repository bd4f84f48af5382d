import PolicyEngine
import PolicyModel
import Testing

/// SEMANTICS.md §4.2, selectors of identities.
@Suite("Cilium: selectors")
struct CiliumSelectorTests {
  private let sources = ["shop/db", "data/job", "node/n2", "203.0.113.5"]

  @Test(
    "peers of a CiliumNetworkPolicy are in its namespace, unless the selector speaks of namespaces or reserved labels",
    arguments: [
      ("{}", "A D D D"),
      ("{matchLabels: {app: db}}", "A D D D"),
      ("{matchLabels: {any:app: db}}", "A D D D"),
      ("{matchLabels: {k8s:app: db}}", "A D D D"),
      ("{matchLabels: {container:app: db}}", "D D D D"),
      ("{matchExpressions: [{key: app, operator: In, values: [job, db]}]}", "A D D D"),
      ("{matchExpressions: [{key: app, operator: Exists}]}", "A D D D"),
      ("{matchExpressions: [{key: app, operator: NotIn, values: [db]}]}", "D D D D"),
      ("{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}", "A D D D"),
      ("{matchExpressions: [{key: tier, operator: DoesNotExist}]}", "A D D D"),
      ("{matchLabels: {k8s:io.kubernetes.pod.namespace: data}}", "D A D D"),
      ("{matchLabels: {io.kubernetes.pod.namespace: data}}", "D A D D"),
      ("{matchLabels: {io.kubernetes.pod.namespace: data, app: db}}", "D D D D"),
      ("{matchExpressions: [{key: io.kubernetes.pod.namespace, operator: Exists}]}", "A A D D"),
      ("{matchLabels: {io.cilium.k8s.namespace.labels.team: data}}", "D A D D"),
      ("{matchLabels: {k8s:io.cilium.k8s.namespace.labels.team: data, app: web}}", "D D D D"),
      ("{matchLabels: {reserved:remote-node: \"\"}}", "D D A D"),
      ("{matchLabels: {reserved:world: \"\"}}", "D D D A"),
      ("{matchLabels: {reserved:health: \"\"}}", "D D D D"),
      ("{matchLabels: {reserved:remote-node: \"\", reserved:world: \"\"}}", "D D D D"),
      ("{matchLabels: {reserved:world: \"\", app: db}}", "D D D D"),
      ("{matchExpressions: [{key: reserved:world, operator: DoesNotExist}]}", "A A A D"),
      ("{matchExpressions: [{key: reserved:remote-node, operator: DoesNotExist}]}", "A A D A"),
      ("{matchLabels: {io.cilium.k8s.policy.cluster: default}}", "A D D D"),
      ("{matchLabels: {io.cilium.k8s.policy.cluster: east}}", "D D D D"),
    ])
  func namespacedPeers(_ selector: String, _ letters: String) throws {
    try WorldFixture.cilium(
      cnp("shop/p", "{endpointSelector: {}, ingress: [{fromEndpoints: [\(selector)]}]}")
    )
    .expect("* -> shop/web tcp/80", sources, letters)
  }

  @Test(
    "peers of a CiliumClusterwideNetworkPolicy are all pods",
    arguments: [
      ("{}", "A A D D"),
      ("{matchLabels: {app: job}}", "D A D D"),
      ("{matchLabels: {io.cilium.k8s.namespace.labels.team: data}}", "D A D D"),
      ("{matchExpressions: [{key: app, operator: NotIn, values: [db]}]}", "D A D D"),
      ("{matchLabels: {reserved:world: \"\"}}", "D D D A"),
    ])
  func clusterwidePeers(_ selector: String, _ letters: String) throws {
    try WorldFixture.cilium(ccnp("p", "{endpointSelector: {}, ingress: [{fromEndpoints: [\(selector)]}]}"))
      .expect("* -> shop/web tcp/80", sources, letters)
  }

  @Test("several selectors are alternatives")
  func alternatives() throws {
    let selectors = "[{matchLabels: {app: db}}, {matchLabels: {io.kubernetes.pod.namespace: data}}]"
    try WorldFixture.cilium(cnp("shop/p", "{endpointSelector: {}, ingress: [{fromEndpoints: \(selectors)}]}"))
      .expect("* -> shop/web tcp/80", sources, "A A D D")
  }

  @Test("service accounts are labels of identities")
  func serviceAccounts() throws {
    let selector = "{matchLabels: {io.cilium.k8s.policy.serviceaccount: robot}}"
    try WorldFixture.cilium(
      pod("shop/robot", "app: x", ip: "10.1.0.7", "serviceAccountName: robot"),
      cnp("shop/p", "{endpointSelector: {}, ingress: [{fromEndpoints: [\(selector)]}]}")
    ).expect("* -> shop/web tcp/80", ["shop/robot", "shop/db"], "A D")
  }

  @Test("pods without an address and finished pods have no identity, not even to a negative selector")
  func noIdentity() throws {
    let pending = "status: {phase: Pending}"
    let pods = [
      "apiVersion: v1\nkind: Pod\nmetadata: {namespace: shop, name: new}\nspec: {containers: []}\n\(pending)",
      "apiVersion: v1\nkind: Pod\nmetadata: {namespace: shop, name: old}\nspec: {containers: []}\nstatus: {phase: Succeeded}",
    ]
    for name in ["world", "host", "health"] {
      let selector = "{matchExpressions: [{key: reserved:\(name), operator: DoesNotExist}]}"
      try WorldFixture.cilium(
        pods[0], pods[1],
        cnp("shop/p", "{endpointSelector: {matchLabels: {app: web}}, egress: [{toEndpoints: [\(selector)]}]}")
      ).expect("shop/web -> * tcp/80", ["shop/new", "shop/old", "shop/db"], "D D A")
    }
  }

  // MARK: - Subjects

  @Test(
    "a CiliumNetworkPolicy is about its own namespace: another name is overwritten, or contradicts",
    arguments: [
      ("{}", "D D A"),
      ("{matchLabels: {app: web}}", "D A A"),
      ("{matchLabels: {k8s:io.kubernetes.pod.namespace: data}}", "D D A"),
      ("{matchLabels: {io.kubernetes.pod.namespace: data}}", "A A A"),
      ("{matchExpressions: [{key: k8s:io.kubernetes.pod.namespace, operator: In, values: [data]}]}", "A A A"),
      ("{matchLabels: {io.kubernetes.pod.namespace: shop}}", "D D A"),
      ("{matchLabels: {reserved:init: \"\"}}", "A A A"),
    ])
  func namespacedSubject(_ selector: String, _ letters: String) throws {
    try WorldFixture.cilium(cnp("shop/p", "{endpointSelector: \(selector), ingress: [{}]}"))
      .expect("203.0.113.5 -> * tcp/80", ["shop/web", "shop/db", "data/job"], letters)
  }

  @Test(
    "a CiliumClusterwideNetworkPolicy is about pods of all namespaces",
    arguments: [
      ("{}", "D D D"), ("{matchLabels: {app: web}}", "D A A"),
      ("{matchLabels: {io.kubernetes.pod.namespace: data}}", "A A D"),
      ("{matchLabels: {io.cilium.k8s.namespace.labels.team: data}}", "A A D"),
      ("{matchExpressions: [{key: io.kubernetes.pod.namespace, operator: NotIn, values: [shop]}]}", "A A D"),
    ])
  func clusterwideSubject(_ selector: String, _ letters: String) throws {
    try WorldFixture.cilium(ccnp("p", "{endpointSelector: \(selector), ingress: [{}]}"))
      .expect("203.0.113.5 -> * tcp/80", ["shop/web", "shop/db", "data/job"], letters)
  }

  // MARK: - cilium#46949

  private static let negative =
    "{matchExpressions: [{key: k8s:io.kubernetes.pod.namespace, operator: NotIn, values: [data]}]}"

  private static let overSelecting: [(String, String)] = [
    (
      "CiliumNetworkPolicy",
      cnp("shop/p", "{endpointSelector: {}, ingress: [{fromEndpoints: [\(negative)]}]}")
    ),
    (
      "CiliumNetworkPolicy, namespace labels",
      cnp(
        "shop/p",
        "{endpointSelector: {}, ingress: [{fromEndpoints: [{matchExpressions: [{key: io.cilium.k8s.namespace.labels.team, operator: DoesNotExist}]}]}]}"
      )
    ),
    (
      "CiliumClusterwideNetworkPolicy",
      ccnp("p", "{endpointSelector: {}, ingress: [{fromEndpoints: [\(negative)]}]}")
    ),
    (
      "NetworkPolicy",
      policy(
        "shop/p",
        "podSelector: {}\ningress: [{from: [{namespaceSelector: {matchExpressions: [{key: team, operator: NotIn, values: [data]}]}}]}]"
      )
    ),
  ]

  @Test(
    "negative namespace terms alone match nodes and ingress too, or even everything", arguments: overSelecting
  )
  func negativeNamespaces(_ kind: String, _ document: String) throws {
    let all = sources + ["entity/ingress", "entity/health"]
    try WorldFixture.cilium(document).expect("* -> shop/web tcp/80", all, "A D A D A D")
    try WorldFixture.cilium(document, deviations: []).expect("* -> shop/web tcp/80", all, "A D D D D D")
    try WorldFixture.cilium(document, deviations: [.negativeNamespacesMatchWorld])
      .expect("* -> shop/web tcp/80", all, "A D A A A A")
  }

  @Test(
    "a positive term beside them keeps to pods",
    arguments: [
      cnp(
        "shop/p",
        "{endpointSelector: {}, ingress: [{fromEndpoints: [{matchLabels: {app: db}, matchExpressions: [{key: k8s:io.kubernetes.pod.namespace, operator: NotIn, values: [data]}]}]}]}"
      ),
      cnp(
        "shop/p",
        "{endpointSelector: {}, ingress: [{fromEndpoints: [{matchExpressions: [{key: k8s:io.kubernetes.pod.namespace, operator: NotIn, values: [data]}, {key: k8s:io.kubernetes.pod.namespace, operator: Exists}]}]}]}"
      ),
      policy(
        "shop/p",
        "podSelector: {}\ningress: [{from: [{podSelector: {matchLabels: {app: db}}, namespaceSelector: {matchExpressions: [{key: team, operator: NotIn, values: [data]}]}}]}]"
      ),
      policy(
        "shop/p",
        "podSelector: {}\ningress: [{from: [{namespaceSelector: {}, podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [job]}]}}]}]"
      ),
      // Cilium adds a term to a clusterwide policy that names only labels of namespaces.
      ccnp(
        "p",
        "{endpointSelector: {}, ingress: [{fromEndpoints: [{matchExpressions: [{key: io.cilium.k8s.namespace.labels.team, operator: DoesNotExist}]}]}]}"
      ),
    ])
  func positiveTerm(_ document: String) throws {
    try WorldFixture.cilium(document).expect("* -> shop/web tcp/80", sources, "A D D D")
  }

  @Test("the own host is among the nodes that negative namespaces match, in a ClusterNetworkPolicy, too")
  func ownHost() throws {
    for peer in [
      "namespaces: \(Self.notData)", "pods: {namespaceSelector: \(Self.notData), podSelector: {}}",
    ] {
      let rules = "ingress: [{action: Deny, from: [{\(peer)}]}], egress: [{action: Deny, to: [{\(peer)}]}]"
      for tier in ["Admin", "Baseline"] {
        let fixture = WorldFixture.cilium(clusterPolicy("p", tier, 1, rules))
        try fixture.expect("* -> shop/web tcp/80", ["node/n1", "node/n2"], "D D")
        try fixture.expect("shop/web -> * tcp/80", ["node/n1", "node/n2"], "D D")
      }
    }
  }

  private static let notData = "{matchExpressions: [{key: team, operator: NotIn, values: [data]}]}"

  @Test("in a ClusterNetworkPolicy `namespaces` match even the world, `pods` only nodes")
  func clusterNetworkPolicy() throws {
    let namespaces = Self.notData
    func denying(_ peer: String) -> String {
      clusterPolicy("p", "Admin", 1, "ingress: [{action: Deny, from: [\(peer)]}]")
    }
    let whole = denying("{namespaces: \(namespaces)}")
    try WorldFixture.cilium(whole).expect("* -> shop/web tcp/80", sources, "D A D D")
    try WorldFixture.cilium(whole, deviations: []).expect("* -> shop/web tcp/80", sources, "D A A A")
    let pods = denying("{pods: {namespaceSelector: \(namespaces), podSelector: {}}}")
    try WorldFixture.cilium(pods).expect("* -> shop/web tcp/80", sources, "D A D A")
    try WorldFixture.cilium(pods, deviations: [.negativeNamespacesMatchWorld])
      .expect("* -> shop/web tcp/80", sources, "D A D D")
  }
}
