import Dialects
import Kubernetes
import PolicyModel
import Testing

/// SEMANTICS.md §4 in the neutral model: subjects, peers, traffic and what is closed.
@Suite("Cilium in the neutral model")
struct CiliumLoweringTests {
  @Test("a policy for each rule set, with the paths of its rules")
  func ruleSets() {
    let lowered = CiliumLowered(
      """
      apiVersion: cilium.io/v2
      kind: CiliumNetworkPolicy
      metadata: {name: p, namespace: shop}
      spec: {endpointSelector: {}, ingress: [{fromEntities: [world]}], ingressDeny: [{fromEntities: [host]}]}
      specs:
      - {endpointSelector: {matchLabels: {app: web}}, egress: [{toEntities: [all]}], egressDeny: [{toEntities: [none]}]}
      """)
    #expect(
      lowered.policies.map(\.identity.description) == [
        "CiliumNetworkPolicy shop/p", "CiliumNetworkPolicy shop/p",
      ])
    #expect(
      lowered.policies.map(\.subject.description) == [
        "all pods in namespace shop", "pods with app=web in namespace shop",
      ])
    #expect(
      lowered.rules == [
        "allow ingress[0]: everything outside the cluster | all ports",
        "deny ingressDeny[0]: the pod's own node | all ports",
        "allow specs[0].egress[0]: anyone | all ports", "deny specs[0].egressDeny[0]: nobody | all ports",
      ])
  }

  @Test(
    "subjects",
    arguments: [
      ("{}", "all pods in namespace shop"),
      ("{matchLabels: {k8s:app: web}}", "pods with app=web in namespace shop"),
      ("{matchLabels: {k8s:io.kubernetes.pod.namespace: shop}}", "all pods in namespace shop"),
      ("{matchLabels: {io.kubernetes.pod.namespace: data}}", "pods with namespace=data in namespace shop"),
    ])
  func subjects(_ selector: String, _ text: String) {
    let lowered = CiliumLowered.spec("{endpointSelector: \(selector), ingress: [{}]}")
    #expect(lowered.subject == text && lowered.warnings.isEmpty && lowered.isolates == ["ingress"])
  }

  @Test("another namespace in the subject is overwritten, which is said")
  func overwritten() {
    let lowered = CiliumLowered.spec(
      "{endpointSelector: {matchLabels: {k8s:io.kubernetes.pod.namespace: data}}, ingress: [{}]}")
    #expect(lowered.subject == "all pods in namespace shop" && lowered.codes == ["overwritten"])
    #expect(
      lowered.warnings == [
        "4:41 a CiliumNetworkPolicy selects pods of its own namespace only: Cilium replaces k8s:io.kubernetes.pod.namespace=data by shop"
      ])
  }

  @Test(
    "subjects of clusterwide policies",
    arguments: [
      ("endpointSelector: {}", "all pods in all namespaces"),
      ("endpointSelector: {matchLabels: {app: web}}", "pods with app=web in all namespaces"),
      ("nodeSelector: {}", "all nodes"),
      ("nodeSelector: {matchLabels: {pool: edge}}", "nodes with pool=edge"),
      ("nodeSelector: {matchLabels: {node:pool: edge}}", "nodes with pool=edge"),
    ])
  func clusterwideSubjects(_ selector: String, _ text: String) {
    #expect(CiliumLowered.clusterwide("{\(selector), ingress: [{}]}").subject == text)
  }

  @Test("a policy of nodes needs the host firewall")
  func hostFirewall() {
    let lowered = CiliumLowered.clusterwide("{nodeSelector: {}, ingress: [{}]}")
    #expect(
      lowered.warnings == [
        "4:22 a policy of nodes is enforced only where Cilium runs with enable-host-firewall"
      ])
  }

  @Test(
    "peers",
    arguments: [
      ("{fromEndpoints: [{}]}", "all pods in namespace shop"),
      (
        "{fromEndpoints: [{matchLabels: {app: db}}, {}]}",
        "pods with app=db in namespace shop or all pods in namespace shop"
      ),
      (
        "{fromEndpoints: [{matchLabels: {io.kubernetes.pod.namespace: data}}]}",
        "all pods in namespace data"
      ),
      (
        "{fromEndpoints: [{matchLabels: {app: db, k8s:io.kubernetes.pod.namespace: data, io.cilium.k8s.namespace.labels.team: data}}]}",
        "pods with app=db in namespaces with kubernetes.io/metadata.name=data,team=data"
      ),
      ("{fromEndpoints: [{matchLabels: {container:app: db}}]}", "nobody"),
      ("{fromEndpoints: [{matchLabels: {io.cilium.k8s.policy.cluster: east}}]}", "nobody"),
      ("{fromEndpoints: [{matchLabels: {reserved:host: \"\"}}]}", "the pod's own node"),
      ("{fromEndpoints: [{matchLabels: {reserved:ingress: \"\"}}]}", "entity ingress"),
      (
        "{fromEndpoints: [{matchLabels: {reserved:kube-apiserver: \"\", reserved:remote-node: \"\"}}]}",
        "the API server and other nodes"
      ),
      (
        "{fromEndpoints: [{matchExpressions: [{key: reserved:world, operator: DoesNotExist}]}]}",
        "all pods in all namespaces or ((all nodes or everything outside the cluster or the API server or entity health or entity ingress or entity init or entity unmanaged) and not everything outside the cluster)"
      ),
      ("{fromEndpoints: []}", "nobody"), ("{fromEntities: [all]}", "anyone"),
      ("{fromEntities: [remote-node, kube-apiserver]}", "other nodes or the API server"),
      ("{fromEntities: [none]}", "nobody"),
      (
        "{fromEntities: [cluster]}",
        "all pods in all namespaces or all nodes or the API server or entity health or entity ingress or entity init or entity unmanaged"
      ),
      ("{fromCIDR: [10.0.0.0/8, \"fd00::/8\"]}", "10.0.0.0/8 or fd00::/8"),
      ("{fromCIDR: [10.1.2.3/8]}", "10.0.0.0/8"),
      ("{fromCIDRSet: [{cidr: 10.0.0.0/8, except: [10.1.0.0/16]}]}", "10.0.0.0/8 except 10.1.0.0/16"),
      ("{fromNodes: [{matchLabels: {pool: edge}}]}", "nodes with pool=edge but the pod's own"),
      ("{fromNodes: [{}]}", "other nodes"),
    ])
  func peers(_ rule: String, _ text: String) {
    #expect(CiliumLowered.ingress(rule).peers == text)
  }

  @Test(
    "names, in all notations",
    arguments: [
      ("{matchName: API.example.com}", "API.example.com"),
      ("{matchPattern: \"*.example.com\"}", "*.example.com"),
    ])
  func names(_ pattern: String, _ text: String) {
    #expect(CiliumLowered.egress("{toFQDNs: [\(pattern)]}").peers == text)
  }

  @Test(
    "traffic",
    arguments: [
      ("fromEntities: [all]", "all ports"),
      ("toPorts: [{ports: [{port: \"80\", protocol: TCP}]}]", "TCP 80"),
      ("toPorts: [{ports: [{port: \"53\"}]}]", "TCP 53, UDP 53, SCTP 53"),
      ("toPorts: [{ports: [{port: \"0\", protocol: UDP}]}]", "UDP all ports"),
      (
        "toPorts: [{ports: [{port: \"8000\", endPort: 8100, protocol: TCP}, {port: http, protocol: TCP}]}]",
        "TCP 8000-8100, TCP http"
      ),
      ("toPorts: [{}]", "nothing"), ("fromEntities: [all], toPorts: []", "all ports"),
      ("toPorts: [{ports: [{protocol: GRE}]}]", "protocol 47"),
      ("icmps: [{fields: [{type: 8}, {type: 128, family: IPv6}]}]", "ICMP type 8, ICMPv6 type 128"),
    ])
  func traffic(_ rule: String, _ text: String) {
    #expect(CiliumLowered.ingress("{\(rule)}").traffic == text)
  }

  @Test("a rule for each entry of toPorts, with what is checked after the ports")
  func portRules() {
    let lowered = CiliumLowered.egress(
      "{toEntities: [world], toPorts: [{ports: [{port: \"80\", protocol: TCP}], rules: {http: [{method: GET}]}}, {ports: [{port: \"443\", protocol: TCP}], serverNames: [a.example.com]}], authentication: {mode: required}}"
    )
    #expect(
      lowered.rules == [
        "allow egress[0].toPorts[0]: everything outside the cluster | TCP 80 | HTTP GET | mutual authentication",
        "allow egress[0].toPorts[1]: everything outside the cluster | TCP 443 | TLS to a.example.com | mutual authentication",
      ])
  }

  @Test("without default deny L7 rules are not narrow, names of servers still are")
  func withoutDefaultDeny() {
    let lowered = CiliumLowered.spec(
      "{endpointSelector: {}, enableDefaultDeny: {egress: false}, egress: [{toPorts: [{ports: [{port: \"80\", protocol: TCP}], rules: {http: [{method: GET}]}}, {ports: [{port: \"443\", protocol: TCP}], serverNames: [a.example.com]}]}]}"
    )
    #expect(
      lowered.rules == [
        "allow egress[0].toPorts[0]: anyone | TCP 80",
        "allow egress[0].toPorts[1]: anyone | TCP 443 | TLS to a.example.com",
      ])
    #expect(lowered.isolates.isEmpty)
  }

  @Test("rules that say nothing are left out, and close")
  func inert() {
    for field in ["ingress", "ingressDeny"] {
      let lowered = CiliumLowered.spec("{endpointSelector: {}, \(field): [{}]}")
      #expect(lowered.rules.isEmpty && lowered.isolates == ["ingress"])
    }
  }
}
