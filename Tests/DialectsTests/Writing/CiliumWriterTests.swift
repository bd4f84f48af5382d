import Dialects
import Kubernetes
import PolicyModel
import Testing

@Suite("Policies as Cilium's")
struct CiliumWriterTests {
  @Test("a policy about a namespace is a CiliumNetworkPolicy in it")
  func normal() {
    let written = Written(
      .cilium,
      [
        .web(
          closing: [.ingress, .egress], .ingress(from: .app("api"), on: .tcp(8080)),
          .ingress(from: .app("api", in: "pay"), on: .tcp(8080)), .ingress(.deny, from: .app("job")))
      ])
    #expect(
      written.yaml == """
        apiVersion: cilium.io/v2
        kind: CiliumNetworkPolicy
        metadata:
          name: web
          namespace: shop
        spec:
          endpointSelector:
            matchLabels:
              app: web
          ingress:
            - fromEndpoints:
                - matchLabels:
                    "k8s:io.kubernetes.pod.namespace": pay
                    app: api
                - matchLabels:
                    app: api
              toPorts:
                - ports:
                    - port: "8080"
                      protocol: TCP
          ingressDeny:
            - fromEndpoints:
                - matchLabels:
                    app: job
          egress:
            - {}

        """)
    #expect(written.problems == [])
    #expect(written.losses == [])
  }

  @Test(
    "a subject of no one namespace is a CiliumClusterwideNetworkPolicy of pods",
    arguments: [
      (
        PlainSelector(namespaces: .all),
        "matchExpressions: - key: k8s:io.kubernetes.pod.namespace operator: Exists"
      ),
      (.team("a"), "matchLabels: k8s:io.cilium.k8s.namespace.labels.team: a"),
      (
        PlainSelector(
          namespaces: .matching([LabelTerm("team", .isNotIn(["a"]))]),
          pods: [LabelTerm("host", .isIn(["h"]))],
          serviceAccounts: [.init(.isIn(["robot"]))]),
        "matchLabels: k8s:host: h k8s:io.cilium.k8s.policy.serviceaccount: robot matchExpressions: - key: k8s:io.kubernetes.pod.namespace operator: Exists - key: k8s:io.cilium.k8s.namespace.labels.team operator: NotIn values: - a"
      ),
    ])
  func clusterwide(subject: PlainSelector, text: String) {
    let written = Written(.cilium, [.web(about: subject, closing: [.egress])])
    #expect(written.spec?.words == "endpointSelector: \(text) egress: - {}")
    #expect(written.names == ["CiliumClusterwideNetworkPolicy shop-web"])
    #expect(written.problems == [])
  }

  @Test(
    "a rule says its peers and traffic",
    arguments: [
      (PlainRule.anyone(.egress), "- toEntities: - all"),
      (.anyone(.egress, on: .allTCP), "- toEntities: - all toPorts: - ports: - port: 0 protocol: TCP"),
      (
        .egress(to: .pods(.all(in: "shop"))), "- toEndpoints: - {}"
      ),
      (
        .egress(to: .allPods, .outside, .apiServer, .allNodes, on: .udp(53)),
        "- toEndpoints: - matchExpressions: - key: k8s:io.kubernetes.pod.namespace operator: Exists toPorts: - ports: - port: 53 protocol: UDP - toEntities: - host - kube-apiserver - remote-node - world toPorts: - ports: - port: 53 protocol: UDP"
      ),
      (
        .egress(to: .block("203.0.113.0/24", except: "203.0.113.7/32"), on: PlainTraffic(.tcp, 80...90)),
        "- toCIDRSet: - cidr: 203.0.113.0/24 except: - 203.0.113.7/32 toPorts: - ports: - port: 80 endPort: 90 protocol: TCP"
      ),
      (
        .egress(to: .block("0.0.0.0/0"), .block("::/0")),
        "- toCIDR: - 0.0.0.0/0 - ::/0 - toEndpoints: - matchExpressions: - key: k8s:io.kubernetes.pod.namespace operator: Exists - toEntities: - host - remote-node"
      ),
      (
        .anyone(.egress, on: PlainTraffic(messages: [.init(.ipv4, type: 8), .init(.ipv6, type: 128)])),
        "- toEntities: - all icmps: - fields: - family: IPv4 type: 8 - family: IPv6 type: 128"
      ),
    ])
  func rule(rule: PlainRule, text: String) {
    let written = Written(.cilium, [.web(closing: [.egress], rule)])
    #expect(written.spec?.split(separator: "egress:").last?.words == text)
    #expect(written.problems == [])
    #expect(written.losses == [])
  }

  @Test("what closes nothing says so")
  func open() {
    let denial = Written(.cilium, [.web(.egress(.deny, to: .outside))])
    #expect(
      denial.spec?.words
        == "endpointSelector: matchLabels: app: web enableDefaultDeny: egress: false egressDeny: - toEntities: - world"
    )
    let allowance = Written(.cilium, [.web(closing: [.egress], .ingress(from: .app("api")))])
    #expect(allowance.yaml.words.contains("enableDefaultDeny: ingress: false"))
  }

  @Test("a denial of everyone lets the probes of the pod's own node through")
  func probes() {
    let written = Written(.cilium, [.web(.anyone(.ingress, .deny), .ingress(.deny, from: .allNodes))])
    #expect(!written.yaml.words.contains("- host"))
    #expect(!written.yaml.words.contains("- all"))
    #expect(written.yaml.words.contains("- remote-node"))
    #expect(written.losses == ["api-server widens"])
    #expect(written.problems == [])
  }

  @Test("domain names are learnt where pods may ask a resolver")
  func names() throws {
    let pattern = try #require(DomainPattern(networkPolicyAPI: "*.example.com"))
    let naming = PlainPolicy.web(closing: [.egress], .egress(to: .domain(pattern), on: .tcp(443)))
    #expect(Written(.cilium, [naming]).losses == ["names-not-learnt narrows"])
    let lookup = PlainPolicy.web(
      name: "dns", about: .all(in: "shop"), closing: [.egress],
      .egress(to: .app("dns", in: "kube-system"), on: .udp(53).union(.tcp(53, 9153))))
    let written = Written(.cilium, [naming, lookup])
    #expect(written.losses == [])
    #expect(written.problems == [])
    #expect(written.yaml.contains("toFQDNs:\n        - matchPattern: \"**.example.com\""))
    #expect(
      written.yaml.words.contains(
        "toPorts: - ports: - port: 53 protocol: TCP - port: 53 protocol: UDP rules: dns: - matchPattern: * - ports: - port: 9153 protocol: TCP"
      ))
  }

  @Test("blocks with addresses of pods and nodes have these beside them where they hold all of them")
  func blocks() {
    func entities(_ block: String) -> (haveNodes: Bool, losses: [String], assumptions: Int) {
      let written = Written(.cilium, [.web(closing: [.egress], .egress(to: .block(block)))], .known)
      let haveNodes = written.yaml.words.contains("- host - remote-node")
      return (haveNodes, written.losses, written.written.assumptions.count)
    }
    #expect(entities("0.0.0.0/0") == (true, [], 0))
    #expect(entities("203.0.113.0/24") == (false, [], 0))
    #expect(entities("10.0.0.0/8") == (false, ["addresses-of-pods narrows"], 0))
    let unknown = Written(.cilium, [.web(closing: [.egress], .egress(to: .block("203.0.113.0/24")))])
    #expect(unknown.written.assumptions == ["no pod or node has an address in 203.0.113.0/24"])
  }

  @Test("labels of nodes, which agents without an option refuse, are in an object of their own")
  func nodes() {
    let edge = PlainPeer.nodes([LabelTerm("pool", .isIn(["edge"]))], .other)
    let written = Written(.cilium, [.web(closing: [.egress], .egress(to: edge, .outside))])
    #expect(written.names == ["CiliumNetworkPolicy shop/web", "CiliumNetworkPolicy shop/web-nodes"])
    #expect(written.yaml.words.contains("enableDefaultDeny: egress: false egress: - toNodes:"))
    #expect(written.losses == ["node-labels narrows"])
  }
}
