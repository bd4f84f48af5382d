import Dialects
import Kubernetes
import PolicyModel
import Testing

@Suite("Policies as ClusterNetworkPolicies")
struct ClusterNetworkPolicyWriterTests {
  @Test("the normal stage is what is denied, what is allowed, and the denial of all else")
  func normal() {
    let written = Written(
      .clusterNetworkPolicy,
      [
        .web(
          closing: [.ingress, .egress], .ingress(from: .app("api"), on: .tcp(8080)),
          .ingress(.deny, from: .pods(.all(in: "lab"))))
      ])
    #expect(
      written.names == [
        "ClusterNetworkPolicy shop-web", "ClusterNetworkPolicy shop-web-closed",
        "ClusterNetworkPolicy shop-web-denied",
      ])
    #expect(
      written.yaml == """
        apiVersion: policy.networking.k8s.io/v1alpha2
        kind: ClusterNetworkPolicy
        metadata:
          name: shop-web
        spec:
          tier: Baseline
          priority: 200
          subject:
            pods:
              namespaceSelector:
                matchLabels:
                  kubernetes.io/metadata.name: shop
              podSelector:
                matchLabels:
                  app: web
          ingress:
            - action: Accept
              from:
                - pods:
                    namespaceSelector:
                      matchLabels:
                        kubernetes.io/metadata.name: shop
                    podSelector:
                      matchLabels:
                        app: api
              protocols:
                - tcp:
                    destinationPort:
                      number: 8080
        ---
        apiVersion: policy.networking.k8s.io/v1alpha2
        kind: ClusterNetworkPolicy
        metadata:
          name: shop-web-closed
        spec:
          tier: Baseline
          priority: 201
          subject:
            pods:
              namespaceSelector:
                matchLabels:
                  kubernetes.io/metadata.name: shop
              podSelector:
                matchLabels:
                  app: web
          ingress:
            - action: Deny
              from:
                - namespaces: {}
          egress:
            - action: Deny
              to:
                - namespaces: {}
                - networks:
                    - "0.0.0.0/0"
                    - "::/0"
        ---
        apiVersion: policy.networking.k8s.io/v1alpha2
        kind: ClusterNetworkPolicy
        metadata:
          name: shop-web-denied
        spec:
          tier: Baseline
          priority: 100
          subject:
            pods:
              namespaceSelector:
                matchLabels:
                  kubernetes.io/metadata.name: shop
              podSelector:
                matchLabels:
                  app: web
          ingress:
            - action: Deny
              from:
                - namespaces:
                    matchLabels:
                      kubernetes.io/metadata.name: lab

        """)
    #expect(written.problems == [])
    #expect(written.losses == ["outside-ingress widens"])
    #expect(written.written.assumptions.count == 1)
  }

  @Test(
    "an egress rule says its peers and ports",
    arguments: [
      (PlainRule.anyone(.egress), "to: - namespaces: {} - networks: - 0.0.0.0/0 - ::/0", []),
      (
        .egress(to: .block("10.1.0.0/16", except: "10.1.128.0/17")), "to: - networks: - 10.1.0.0/17", []
      ),
      (
        .egress(to: .allPods, on: .allTCP),
        "to: - namespaces: {} protocols: - tcp: destinationPort: range: start: 1 end: 65535", []
      ),
      (
        .egress(to: .allPods, on: .named("dns", .tcp, .udp, .sctp)),
        "to: - namespaces: {} protocols: - destinationNamedPort: dns", []
      ),
      (
        .egress(to: .allPods, on: .named("dns", .udp)),
        "to: - namespaces: {} protocols: - destinationNamedPort: dns", ["named-port-protocol widens"]
      ),
      (
        .egress(to: .allPods, .block("10.1.0.0/16"), on: .tcp(53).union(.named("dns", .tcp, .udp, .sctp))),
        "to: - namespaces: {} protocols: - tcp: destinationPort: number: 53 - destinationNamedPort: dns - action: Accept to: - networks: - 10.1.0.0/16 protocols: - tcp: destinationPort: number: 53",
        ["named-port-peers narrows"]
      ),
      (
        .egress(to: .outside),
        "to: - networks: - 0.0.0.0/0 - ::/0", ["outside widens"]
      ),
    ] as [(PlainRule, String, [String])])
  func egress(rule: PlainRule, text: String, losses: [String]) {
    let written = Written(.clusterNetworkPolicy, [.web(rule)])
    #expect(written.spec?.split(separator: "Accept\n", maxSplits: 1).last?.words == text)
    #expect(written.problems == [])
    #expect(written.losses == losses)
  }

  @Test("nodes and domain names are said in the experimental channel only")
  func channels() {
    let policy = PlainPolicy.web(
      .egress(to: .nodes([LabelTerm("pool", .isIn(["edge"]))], .anywhere)),
      .egress(to: DomainPattern(networkPolicyAPI: "*.example.com").map { .domain($0) } ?? .outside))
    #expect(
      Written(.clusterNetworkPolicy, [policy]).losses == ["domain-names narrows", "nodes narrows"])
    var surroundings = Surroundings()
    surroundings.channel = .experimental
    let written = Written(.clusterNetworkPolicy, [policy], surroundings)
    #expect(written.losses == [])
    #expect(written.yaml.contains("- nodes:\n            matchLabels:\n              pool: edge"))
    #expect(written.yaml.contains("- domainNames:\n            - \"*.example.com\""))
  }

  @Test(
    "ranks of the ordered stages stay what they are where they fit, and keep their order where they do not")
  func ranks() {
    func priorities(_ ranks: [Int], _ stage: PlainPolicy.Stage, closing: Bool = false) -> [Int] {
      let ordered = ranks.map {
        PlainPolicy.web(name: "p\($0)", stage: stage, rank: $0, .egress(.deny, to: .allPods))
      }
      let normal = closing ? [PlainPolicy.web(closing: [.egress])] : []
      let set = Written(.clusterNetworkPolicy, ordered + normal).policies
      return set.clusterNetworkPolicies.compactMap { $0.priority?.value }.sorted()
    }
    #expect(priorities([10, 20], .admin) == [10, 20])
    #expect(priorities([10, 2000], .admin) == [0, 1])
    #expect(priorities([10, 20], .baseline) == [10, 20])
    #expect(priorities([10, 300], .baseline, closing: true) == [201, 202, 203])
  }

  @Test(
    "more than the lists of a rule or an object hold is several rules and objects, in order where order matters"
  )
  func limits() {
    let rules = (1...60).map { PlainRule.egress(.deny, to: .allPods, on: .tcp(UInt16($0))) }
    let admin = PlainPolicy(
      identity: PolicyIdentity(kind: "Policy", name: "many"), stage: .admin, rank: 7, subject: .app("web"),
      isolates: [], rules: rules, location: .nowhere)
    let written = Written(.clusterNetworkPolicy, [admin])
    #expect(written.problems == [])
    #expect(
      written.policies.clusterNetworkPolicies.map {
        "\($0.meta.name) \($0.priority?.value ?? -1) \($0.egress.count)"
      }
        == ["many 7 25", "many-2 8 25", "many-3 9 10"])
    let wide = Written(
      .clusterNetworkPolicy,
      [
        .web(
          PlainRule(
            direction: .egress, peers: .anyOf((0..<60).map { .app("a\($0)") }),
            traffic: PlainTraffic(
              ports: TrafficSet(.udp, PortSet((1...30).map { UInt16($0 * 2) }))), location: .nowhere))
      ])
    #expect(wide.policies.clusterNetworkPolicies.map(\.egress.count) == [6])
    #expect(wide.problems == [])
  }

  @Test("what is allowed to open pods is allowed before the baseline")
  func openPods() {
    let open = PlainPolicy.web(name: "open", .ingress(from: .app("api")))
    let baseline = PlainPolicy.web(name: "base", stage: .baseline, .ingress(.deny, from: .allPods))
    #expect(Written(.clusterNetworkPolicy, [open]).names == ["ClusterNetworkPolicy shop-open"])
    #expect(
      Written(.clusterNetworkPolicy, [open, baseline]).names == [
        "ClusterNetworkPolicy shop-base", "ClusterNetworkPolicy shop-open",
      ])
  }

  @Test("a policy that allows everything loses nothing by what cannot be denied")
  func everything() {
    #expect(Written(.clusterNetworkPolicy, [.web(closing: [.ingress], .anyone(.ingress))]).losses == [])
  }
}
