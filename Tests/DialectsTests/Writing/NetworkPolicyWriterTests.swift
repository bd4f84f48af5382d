import Dialects
import Kubernetes
import PolicyModel
import Testing

@Suite("Policies as NetworkPolicies")
struct NetworkPolicyWriterTests {
  @Test("one object has its subject, its types and its rules")
  func whole() {
    let written = Written(
      .kubernetes,
      [
        .web(
          closing: [.ingress, .egress], .ingress(from: .app("api"), on: .tcp(8080)),
          .ingress(from: .app("api", in: "pay"), on: .tcp(8080)), .anyone(.egress, on: .udp(53)))
      ])
    #expect(
      written.yaml == """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: web
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
                      kubernetes.io/metadata.name: pay
                  podSelector:
                    matchLabels:
                      app: api
                - podSelector:
                    matchLabels:
                      app: api
              ports:
                - protocol: TCP
                  port: 8080
          egress:
            - ports:
                - protocol: UDP
                  port: 53

        """)
    #expect(written.problems == [])
    #expect(written.losses == [])
  }

  @Test(
    "a rule says its peers and ports",
    arguments: [
      (PlainRule.anyone(.ingress), "- {}"),
      (.ingress(from: .allPods), "- from: - namespaceSelector: {}"),
      (.ingress(from: .pods(.all(in: "shop"))), "- from: - podSelector: {}"),
      (
        .ingress(from: .pods(.all(in: "lab", "pay"))),
        "- from: - namespaceSelector: matchExpressions: - key: kubernetes.io/metadata.name operator: In values: - lab - pay"
      ),
      (.ingress(from: .pods(.team("a"))), "- from: - namespaceSelector: matchLabels: team: a"),
      (
        .ingress(from: .block("10.1.0.0/16", except: "10.1.2.0/24", "10.1.3.0/24")),
        "- from: - ipBlock: cidr: 10.1.0.0/16 except: - 10.1.2.0/23"
      ),
      (.anyone(.ingress, on: .allTCP), "- ports: - protocol: TCP"),
      (
        .anyone(.ingress, on: PlainTraffic(.sctp, 8000...8100)),
        "- ports: - protocol: SCTP port: 8000 endPort: 8100"
      ),
      (.anyone(.ingress, on: .named("http", .tcp)), "- ports: - protocol: TCP port: http"),
      (
        .anyone(.ingress, on: .tcp(80).union(.udp(80))),
        "- ports: - protocol: TCP port: 80 - protocol: UDP port: 80"
      ),
    ])
  func rule(rule: PlainRule, text: String) {
    let written = Written(.kubernetes, [.web(closing: [.ingress], rule)])
    #expect(written.spec?.split(separator: "ingress:").last?.words == text)
    #expect(written.problems == [])
    #expect(written.losses == [])
  }

  @Test("a policy without rules closes what it says it closes, and its types are always written")
  func closed() {
    #expect(
      Written(.kubernetes, [.web(closing: [.egress])]).spec?.contains("policyTypes:\n    - Egress\n") == true)
  }

  @Test(
    "a subject in several namespaces is an object in each, in those of a label an object in each known one")
  func namespaces() {
    let named = Written(.kubernetes, [.web(about: .all(in: "pay", "lab"), closing: [.ingress])])
    #expect(named.names == ["NetworkPolicy lab/web", "NetworkPolicy pay/web"])
    #expect(named.losses == [])
    let byLabel = Written(.kubernetes, [.web(about: .team("a"), closing: [.ingress])], .known)
    #expect(byLabel.names == ["NetworkPolicy lab/web", "NetworkPolicy shop/web"])
    #expect(byLabel.losses == ["namespaces-by-label widens"])
    let unknown = Written(.kubernetes, [.web(about: .team("a"), closing: [.ingress])])
    #expect(unknown.names == [])
    #expect(unknown.losses == ["namespaces-by-label widens"])
  }

  @Test("what is allowed to open pods has no effect; to closed ones it is allowed where they are closed")
  func notIsolating() {
    let open = PlainPolicy.web(name: "open", about: .app("web"), .ingress(from: .app("api")))
    #expect(Written(.kubernetes, [open]).names == [])
    let whole = Written(.kubernetes, [open, .web(name: "all", about: .all(in: "shop"), closing: [.ingress])])
    #expect(whole.names == ["NetworkPolicy shop/all", "NetworkPolicy shop/open"])
    let part = Written(
      .kubernetes,
      [
        open,
        .web(
          name: "part",
          about: PlainSelector(namespaces: .named(["shop"]), pods: [LabelTerm("tier", .exists)]),
          closing: [.ingress]),
      ])
    #expect(part.yaml.contains("matchLabels:\n      app: web\n    matchExpressions:\n      - key: tier"))
    #expect(part.losses == [])
  }

  @Test("the API server is its addresses on its port, what is outside all addresses but the cluster's")
  func addresses() {
    let written = Written(
      .kubernetes,
      [
        .web(
          closing: [.egress], .egress(to: .apiServer, on: .tcp(6443)), .egress(to: .outside, on: .tcp(443)))
      ],
      .known)
    #expect(
      written.yaml.words.hasSuffix(
        """
        egress: - to: - ipBlock: cidr: 0.0.0.0/0 except: - 10.0.0.0/16 - 192.168.0.0/24 - ipBlock: cidr: ::/0 \
        ports: - protocol: TCP port: 443 - to: - ipBlock: cidr: 192.168.0.1/32 ports: - protocol: TCP port: 6443
        """))
    #expect(written.losses == [])
    #expect(written.written.assumptions.count == 2)
    #expect(written.problems == [])
  }

  @Test("the name of an object is a name, and nobody else's")
  func names() {
    let written = Written(
      .kubernetes,
      [
        .web(name: "Web front!", about: .app("a"), closing: [.ingress]),
        .web(name: "web.front", about: .app("a"), closing: [.ingress]),
        .web(name: "web-front", about: .app("b"), closing: [.ingress]),
        .web(name: "%", about: .app("b"), closing: [.ingress]),
        .web(name: String(repeating: "x", count: 300), about: .app("b"), closing: [.ingress]),
      ])
    #expect(
      written.names.map { $0.prefix(31) } == [
        "NetworkPolicy shop/policy", "NetworkPolicy shop/web-front", "NetworkPolicy shop/web-front-2",
        "NetworkPolicy shop/web.front", "NetworkPolicy shop/xxxxxxxxxxxx",
      ])
    #expect(written.problems == [])
  }
}
