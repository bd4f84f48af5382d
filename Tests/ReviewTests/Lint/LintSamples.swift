import Kubernetes
import PolicyModel

extension LintSample {
  private static let shop = namespace("shop")
  private static let web = deployment("shop/web", "app: web")
  private static let db = deployment("shop/db", "app: db")
  private static let closed = policy("shop/closed", "podSelector: {}, policyTypes: [Ingress, Egress]")

  /// Rules about what selectors and peers match.
  static let selection: [LintSample] = [
    LintSample(
      rule: "MRL001", world: [shop, web],
      triggers: [policy("shop/a", "podSelector: {matchLabels: {app: frontend}}")],
      doesNot: [policy("shop/a", "podSelector: {matchLabels: {app: web}}")],
      finding:
        "warning NetworkPolicy shop/a selects nothing: there are no pods with app=frontend in namespace shop"),
    LintSample(
      rule: "MRL001", world: [shop, web],
      triggers: [policy("shop/a", "podSelector: {matchLabels: {strimzi.io/cluster: main}}")],
      doesNot: [],
      finding:
        "note NetworkPolicy shop/a selects nothing: there are no pods with strimzi.io/cluster=main in namespace shop in the input; such labels are on what Strimzi makes from Kafka objects"
    ),
    LintSample(
      rule: "MRL002", world: [shop, web],
      triggers: [
        policy("shop/a", "podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: cache}}}]}]")
      ],
      doesNot: [
        policy("shop/a", "podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]")
      ],
      finding:
        "warning NetworkPolicy shop/a ingress[0] allows nobody with this peer: there are no pods with app=cache in namespace shop"
    ),
    LintSample(
      rule: "MRL003", world: [shop, web],
      triggers: [policy("shop/a", "podSelector: {matchLabels: {app: wbe}}")],
      doesNot: [policy("shop/a", "podSelector: {matchLabels: {app: cart}}")],
      finding:
        "error NetworkPolicy shop/a selects nothing: there are no pods with app=wbe in namespace shop"),
    LintSample(
      rule: "MRL004",
      world: [shop, web, namespace("ops", "team: ops"), deployment("ops/prometheus", "app: prometheus")],
      triggers: [
        policy(
          "shop/a",
          "podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}}, {podSelector: {matchLabels: {app: prometheus}}}]}]"
        )
      ],
      doesNot: [
        policy(
          "shop/a",
          "podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}}, {podSelector: {matchLabels: {app: web}}}]}]"
        )
      ],
      finding:
        "warning NetworkPolicy shop/a ingress[0] allows all pods in namespaces with team=ops as a whole: this peer is an alternative, and no pod of the policy's own namespace has app=prometheus"
    ),
    LintSample(
      rule: "MRL005", world: [shop, web],
      triggers: [policy("shop/a", "podSelector: {}, ingress: [{from: [], ports: [{port: 80}]}]")],
      doesNot: [policy("shop/a", "podSelector: {}, ingress: [{ports: [{port: 80}]}]")],
      finding:
        "warning NetworkPolicy shop/a ingress[0] has an empty `from`, which means everybody and not nobody"),
    LintSample(
      rule: "MRL006", world: [shop, web],
      triggers: [policy("shop/a", "podSelector: {}, ingress: [{}]")],
      doesNot: [policy("shop/a", "podSelector: {}, ingress: [{ports: [{port: 80}]}]")],
      finding: "note NetworkPolicy shop/a ingress[0] opens every port of shop/web to everyone"),
    LintSample(
      rule: "MRL024", world: [shop, pod("shop/migrate", "app: migrate", status: "phase: Succeeded")],
      triggers: [policy("shop/a", "podSelector: {matchLabels: {app: migrate}}")],
      doesNot: [
        policy("shop/a", "podSelector: {matchLabels: {app: migrate}}"),
        pod("shop/migrate-2", "app: migrate"),
      ],
      finding: "warning NetworkPolicy shop/a selects finished pods only: it does nothing"),
    LintSample(
      rule: "MRL025", world: [shop, policy("shop/a", "podSelector: {matchLabels: {app: web}}"), web],
      triggers: [pod("shop/debug", "")],
      doesNot: [pod("shop/debug", "run: debug")],
      finding:
        "warning shop/debug has no labels, so the policies of its namespace do not reach it: it is open"),
    LintSample(
      rule: "MRL023", world: [shop, policy("shop/a", "podSelector: {matchLabels: {app: agent}}")],
      triggers: [deployment("shop/agent", "app: agent", "hostNetwork: true, containers: []")],
      doesNot: [deployment("shop/agent", "app: agent")],
      finding:
        "warning policies select shop/agent, but it uses its node's network: most engines do not police it"),
    LintSample(
      rule: "MRL026", world: [shop, web],
      triggers: [policy("shop/a", "podSelector: {matchLabel: {app: web}}")],
      doesNot: [policy("shop/a", "podSelector: {matchLabels: {app: web}}")],
      finding: "error NetworkPolicy shop/a is refused: what it was meant to close is as open as without it"),
  ]

  /// Rules about what objects declare to need.
  static let needs: [LintSample] = [
    LintSample(
      rule: "MRL007", world: [shop, web, db],
      triggers: [
        policy(
          "shop/a",
          "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: db}}}]}]"
        )
      ],
      doesNot: [
        policy(
          "shop/a",
          "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: db}}}]}, {ports: [{protocol: UDP, port: 53}, {port: 53}]}]"
        ),
        // Nobody to look up, so nothing is missed.
        policy("shop/b", "podSelector: {matchLabels: {app: db}}, policyTypes: [Egress]"),
      ],
      finding:
        "warning shop/web cannot reach the pods of cluster DNS (taken to be those with k8s-app=kube-dns in kube-system) to look up names: egress denied: no rule matches in NetworkPolicy shop/a (world.yaml:17)"
    ),
    LintSample(
      rule: "MRL007", world: [shop, web, policy("kube-system/closed", "podSelector: {}")],
      triggers: [],
      doesNot: [
        policy(
          "kube-system/dns",
          "podSelector: {matchLabels: {k8s-app: kube-dns}}, ingress: [{ports: [{protocol: UDP, port: 53}, {port: 53}]}]"
        )
      ],
      finding:
        "warning shop/web cannot reach the pods of cluster DNS (taken to be those with k8s-app=kube-dns in kube-system) to look up names: ingress denied: no rule matches in NetworkPolicy kube-system/closed (world.yaml:12)"
    ),
    LintSample(
      rule: "MRL008",
      world: [
        shop, deployment("shop/operator", "app: operator", "serviceAccountName: operator, containers: []"),
        closed,
      ],
      triggers: [
        object(
          "rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "operator",
          "roleRef: {kind: ClusterRole, name: operator}\nsubjects: [{kind: ServiceAccount, name: operator, namespace: shop}]"
        )
      ],
      doesNot: [
        object(
          "rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "operator",
          "roleRef: {kind: ClusterRole, name: operator}\nsubjects: [{kind: ServiceAccount, name: other, namespace: shop}]"
        )
      ],
      finding:
        "warning shop/operator uses the Kubernetes API (ClusterRoleBinding operator), and cannot: egress denied: no rule matches in NetworkPolicy shop/closed (world.yaml:12)"
    ),
    LintSample(
      rule: "MRL009",
      world: [shop, web, service("shop/web", "selector: {app: web}, ports: [{port: 443}]"), closed],
      triggers: [webhook("web")], doesNot: [webhook("elsewhere")],
      finding:
        "error the API server calls the webhook of Service shop/web (MutatingWebhookConfiguration hook), and cannot: ingress denied: no rule matches in NetworkPolicy shop/closed (world.yaml:17)"
    ),
    LintSample(
      rule: "MRL010", world: [shop, web, service("shop/web", "selector: {app: web}, ports: [{port: 443}]")],
      triggers: [apiService, closed],
      doesNot: [
        apiService, closed, policy("shop/open", "podSelector: {}, ingress: [{ports: [{port: 443}]}]"),
      ],
      finding:
        "error the API server hands on requests to Service shop/web (APIService v1.shop), and cannot: ingress denied: no rule matches in NetworkPolicy shop/closed (world.yaml:22)"
    ),
    LintSample(
      rule: "MRL011",
      world: [
        shop, web, deployment("shop/prometheus", "app.kubernetes.io/name: prometheus"),
        object(
          "monitoring.coreos.com/v1", "PodMonitor", "shop/web",
          "spec: {selector: {matchLabels: {app: web}}, podMetricsEndpoints: [{portNumber: 9090}]}"),
      ],
      triggers: [
        policy("shop/a", "podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 80}]}]")
      ],
      doesNot: [
        policy("shop/a", "podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 9090}]}]")
      ],
      finding:
        "warning shop/prometheus scrapes shop/web on TCP 9090 (PodMonitor shop/web), and cannot: ingress denied: no rule matches in NetworkPolicy shop/a (world.yaml:22)"
    ),
    LintSample(
      rule: "MRL012",
      world: [
        shop, web, service("shop/web", "selector: {app: web}, ports: [{port: 80, targetPort: 8080}]"),
        deployment("edge/nginx", "app.kubernetes.io/name: ingress-nginx"),
        object(
          "networking.k8s.io/v1", "Ingress", "shop/web",
          "spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}"),
      ],
      triggers: [
        policy("shop/a", "podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 80}]}]")
      ],
      doesNot: [
        policy("shop/a", "podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 8080}]}]")
      ],
      finding:
        "warning edge/nginx forwards to Service shop/web (Ingress shop/web), and cannot: ingress denied: no rule matches in NetworkPolicy shop/a (world.yaml:27)"
    ),
    LintSample(
      rule: "MRL013",
      world: [
        shop,
        "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {addresses: [{type: InternalIP, address: 192.168.0.1}]}",
        container("shop/web", "app: web", "livenessProbe: {tcpSocket: {port: 80}}"),
      ],
      triggers: [cilium("ingressDeny: [{fromEntities: [host]}]")],
      doesNot: [cilium("ingressDeny: [{fromEntities: [world]}]")],
      finding:
        "error the kubelet probes shop/web on TCP 80 (livenessProbe), and cannot: ingress denied by CiliumNetworkPolicy shop/a ingressDeny[0] (world.yaml:18)",
      profile: .cilium),
    LintSample(
      rule: "MRL014",
      world: [
        shop, db, service("shop/db", "selector: {app: db}, ports: [{port: 5432}]"),
        policy("shop/a", "podSelector: {matchLabels: {app: db}}"),
      ],
      triggers: [container("shop/web", "app: web", "env: [{name: DATABASE, value: \"db:5432\"}]")],
      doesNot: [container("shop/web", "app: web", "env: [{name: DATABASE, value: db}]")],
      finding:
        "warning shop/web uses Service shop/db (DATABASE) on TCP 5432, and cannot: ingress denied: no rule matches in NetworkPolicy shop/a (world.yaml:17)"
    ),
  ]

  /// Rules about ports, order, addresses and openness.
  static let others: [LintSample] = [
    LintSample(
      rule: "MRL015",
      world: [shop, web, service("shop/web", "selector: {app: web}, ports: [{port: 80, targetPort: 8080}]")],
      triggers: [policy("shop/a", "podSelector: {}, ingress: [{ports: [{port: 80}]}]")],
      doesNot: [policy("shop/a", "podSelector: {}, ingress: [{ports: [{port: 80}, {port: 8080}]}]")],
      finding:
        "warning NetworkPolicy shop/a ingress[0] names TCP 80, the port of Service shop/web; policies see the pods' port, 8080"
    ),
    LintSample(
      rule: "MRL015",
      world: [
        shop, web,
        deployment("shop/db", "app: db", "containers: [{name: c, ports: [{containerPort: 5433}]}]"),
        service("shop/db", "selector: {app: db}, ports: [{port: 5432, targetPort: 5433}]"),
      ],
      triggers: [
        policy(
          "shop/a",
          "podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 5432}]}]"
        )
      ],
      doesNot: [
        policy(
          "shop/a",
          "podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 5433}]}]"
        )
      ],
      finding:
        "warning NetworkPolicy shop/a egress[0] names TCP 5432, the port of Service shop/db; policies see the pods' port, 5433"
    ),
    LintSample(
      rule: "MRL016",
      world: [shop, container("shop/web", "app: web", "ports: [{name: http-metrics, containerPort: 9090}]")],
      triggers: [policy("shop/a", "podSelector: {}, ingress: [{ports: [{port: metrics}]}]")],
      doesNot: [policy("shop/a", "podSelector: {}, ingress: [{ports: [{port: http-metrics}]}]")],
      finding: "warning NetworkPolicy shop/a ingress[0] names port `metrics`, which none of shop/web declares"
    ),
    LintSample(
      rule: "MRL017", world: [shop, web, db],
      triggers: [
        clusterPolicy(
          "a",
          "ingress: [{action: Deny, from: [{namespaces: {}}]}, {action: Accept, from: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}}]}]"
        )
      ],
      doesNot: [
        clusterPolicy(
          "a",
          "ingress: [{action: Accept, from: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}}]}, {action: Deny, from: [{namespaces: {}}]}]"
        )
      ],
      finding:
        "warning ClusterNetworkPolicy a ingress[1] never allows anything: ClusterNetworkPolicy a ingress[0] decides it before"
    ),
    LintSample(
      rule: "MRL018", world: [shop, web, db],
      triggers: [
        policy(
          "shop/a",
          "podSelector: {}, ingress: [{from: [{podSelector: {}}]}, {from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 80}]}]"
        )
      ],
      doesNot: [
        policy(
          "shop/a",
          "podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 81}]}, {from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 80}]}]"
        )
      ],
      finding:
        "note NetworkPolicy shop/a ingress[1] allows nothing that NetworkPolicy shop/a ingress[0] does not"),
    LintSample(
      rule: "MRL019", world: [shop, web, db, policy("shop/all", "podSelector: {}")],
      triggers: [policy("shop/web", "podSelector: {matchLabels: {app: web}}")],
      doesNot: [policy("shop/web", "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]")],
      finding: "note nothing changes without NetworkPolicy shop/web: NetworkPolicy shop/all does the same"),
    LintSample(
      rule: "MRL020",
      world: [shop, web, db, clusterPolicy("a", "ingress: [{action: Deny, from: [{namespaces: {}}]}]")],
      triggers: [clusterPolicy("b", "ingress: [{action: Accept, from: [{namespaces: {}}]}]")],
      doesNot: [clusterPolicy("b", priority: 11, "ingress: [{action: Accept, from: [{namespaces: {}}]}]")],
      finding:
        "warning ClusterNetworkPolicy b ingress[0] allows what ClusterNetworkPolicy a ingress[0] denies, and both have one priority"
    ),
    LintSample(
      rule: "MRL021", world: [shop, web],
      triggers: [egress("10.96.0.0/16")], doesNot: [egress("192.0.2.0/24")],
      finding:
        "warning NetworkPolicy shop/a egress[0]: 10.96.0.0/16 covers addresses of Services: policies see the addresses of pods behind Services, so it matches nothing",
      settings: "cluster: {serviceCIDRs: [10.96.0.0/12], podCIDRs: [10.244.0.0/16]}"),
    LintSample(
      rule: "MRL021", world: [shop, web],
      triggers: [egress("10.0.0.0/8")],
      doesNot: [egress("10.0.0.0/8, except: [10.96.0.0/12, 10.244.0.0/16]")],
      finding:
        "warning NetworkPolicy shop/a egress[0]: 10.0.0.0/8 covers addresses of pods and Services: whether they are matched depends on the engine",
      settings: "cluster: {serviceCIDRs: [10.96.0.0/12], podCIDRs: [10.244.0.0/16]}"),
    LintSample(
      rule: "MRL021", world: [shop, web],
      triggers: [egress("192.168.0.0/16")], doesNot: [egress("192.168.1.0/24")],
      finding:
        "note NetworkPolicy shop/a egress[0]: 192.168.0.0/16 covers addresses of nodes: whether they are matched depends on the engine",
      settings: "cluster: {nodeCIDRs: [192.168.1.0/24]}"),
    LintSample(
      rule: "MRL022", world: [shop, web],
      triggers: [egress("0.0.0.0/0")],
      doesNot: [
        policy(
          "shop/a",
          "podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: \"::/0\"}}]}]"
        )
      ],
      finding:
        "warning NetworkPolicy shop/a egress[0] allows 0.0.0.0/0 and nothing of the other family, and pods have addresses of both",
      settings: "cluster: {podCIDRs: [10.244.0.0/16, \"fd00:10::/56\"]}"),
    LintSample(
      rule: "MRL027", world: [shop, web, policy("shop/a", "podSelector: {matchLabels: {app: web}}")],
      triggers: [db], doesNot: [db, policy("shop/all", "podSelector: {}")],
      finding: "warning namespace shop has no default deny, and shop/db is open to everyone"),
    LintSample(
      rule: "MRL028", world: [shop, web],
      triggers: [],
      doesNot: [db, policy("shop/a", "podSelector: {matchLabels: {app: db}}, policyTypes: [Egress]")],
      finding: "note namespace shop: its workload can connect to any address outside the cluster"),
    LintSample(
      rule: "MRL029",
      world: [
        object(
          "projectcalico.org/v3", "HostEndpoint", "n1",
          "spec: {node: n1, interfaceName: \"*\", expectedIPs: [192.168.0.1]}"
        ).replacing("name: n1}", with: "name: n1, labels: {role: node}}")
      ],
      triggers: [hostPolicy("ingress: []")],
      doesNot: [hostPolicy("ingress: [{action: Allow, protocol: TCP, destination: {ports: [10250]}}]")],
      finding:
        "warning GlobalNetworkPolicy a: the API server cannot connect to the kubelet of n1: ingress denied: no rule matches in GlobalNetworkPolicy a (world.yaml:8)",
      profile: .calico),
    LintSample(
      rule: "MRL030", world: [shop, web],
      triggers: [policy("shop/a", "podSelector: {}, ingress: [{from: []}]")],
      doesNot: [],
      finding:
        "warning the suppression of MRL005 has expired on 2026-01-31, and what it was about is still there: soon",
      settings: "lint: {suppress: [{rule: MRL005, where: shop/*, reason: soon, until: 2026-01-31}]}"),
    LintSample(
      rule: "MRL031", world: [shop, web], triggers: [],
      doesNot: [policy("shop/a", "podSelector: {}, ingress: [{from: []}]")],
      finding: "note the suppression of MRL005 matches no finding",
      settings: "lint: {suppress: [{rule: MRL005, where: shop/a, reason: meant}]}"),
  ]

  private static func webhook(_ service: String) -> String {
    object(
      "admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "hook",
      "webhooks: [{name: a.b.c, clientConfig: {service: {namespace: shop, name: \(service)}}}]")
  }

  private static let apiService = object(
    "apiregistration.k8s.io/v1", "APIService", "v1.shop", "spec: {service: {namespace: shop, name: web}}")

  private static func cilium(_ rules: String) -> String {
    object("cilium.io/v2", "CiliumNetworkPolicy", "shop/a", "spec: {endpointSelector: {}, \(rules)}")
  }

  private static func egress(_ cidr: String) -> String {
    policy("shop/a", "podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: \(cidr)}}]}]")
  }

  private static func hostPolicy(_ rules: String) -> String {
    object(
      "projectcalico.org/v3", "GlobalNetworkPolicy", "a",
      "spec: {selector: role == 'node', types: [Ingress], \(rules)}")
  }
}
