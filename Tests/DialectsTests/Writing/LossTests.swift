import Dialects
import Kubernetes
import PolicyModel
import Testing

@Suite("What a dialect cannot say is a loss")
struct LossTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let policy: PlainPolicy
    /// For each dialect that loses something, what.
    let losses: [WritableDialect: [String]]

    init(_ policy: PlainPolicy, _ losses: [WritableDialect: [String]]) {
      self.policy = policy
      self.losses = losses
    }

    var testDescription: String { losses.values.flatMap { $0 }.sorted().first ?? "" }
  }

  private static let parts = PlainPeer.pods(
    PlainSelector(namespaces: .all, pods: [LabelTerm("app", .contains("we"))]))
  private static let accounts = PlainPeer.pods(
    PlainSelector(namespaces: .all, serviceAccounts: [.init(.isIn(["robot"]))]))
  private static let accountLabels = PlainPeer.pods(
    PlainSelector(namespaces: .all, serviceAccountLabels: [LabelTerm("role", .exists)]))

  private static func egress(_ peers: PlainPeer..., on traffic: PlainTraffic = .any) -> PlainPolicy {
    .web(
      closing: [.egress],
      PlainRule(direction: .egress, peers: .anyOf(peers), traffic: traffic, location: .nowhere))
  }

  static let cases: [Case] = [
    Case(
      egress(parts),
      [
        .kubernetes: ["string-tests narrows"], .clusterNetworkPolicy: ["string-tests narrows"],
        .cilium: ["string-tests narrows"],
      ]),
    Case(
      egress(accounts),
      [.kubernetes: ["service-accounts narrows"], .clusterNetworkPolicy: ["service-accounts narrows"]]),
    Case(
      egress(accountLabels),
      [
        .kubernetes: ["service-accounts narrows"], .clusterNetworkPolicy: ["service-accounts narrows"],
        .cilium: ["service-accounts narrows"],
      ]),
    Case(
      egress(.allNodes),
      [.kubernetes: ["nodes narrows"], .clusterNetworkPolicy: ["nodes narrows"], .calico: ["nodes narrows"]]),
    Case(
      egress(.outside),
      [
        .kubernetes: ["outside widens"], .clusterNetworkPolicy: ["outside widens"],
        .calico: ["outside widens"],
      ]),
    Case(
      egress(.apiServer),
      [
        .kubernetes: ["api-server narrows"], .clusterNetworkPolicy: ["api-server narrows"],
        .calico: ["api-server narrows"],
      ]),
    Case(
      egress(.apiServer, on: .tcp(443)),
      [
        .kubernetes: ["api-server narrows"], .clusterNetworkPolicy: ["api-server narrows"],
        .calico: ["api-server widens and narrows"],
      ]),
    Case(
      egress(.entity("health")),
      [
        .kubernetes: ["entity narrows"], .clusterNetworkPolicy: ["entity narrows", "entity widens"],
        .calico: ["entity narrows"],
      ]),
    Case(
      .web(
        closing: [.egress],
        .anyone(.egress, on: PlainTraffic(messages: [.init(.ipv4, type: 8, code: 1)], protocols: [47]))),
      [
        .kubernetes: ["protocols narrows"], .clusterNetworkPolicy: ["protocols narrows"],
        .cilium: ["protocols narrows"],
      ]),
    Case(
      .web(
        closing: [.egress],
        .anyone(.egress, on: PlainTraffic(messages: [.init(.ipv4, type: 255)], protocols: [0]))),
      [
        .kubernetes: ["protocols narrows"], .clusterNetworkPolicy: ["protocols narrows"],
        .calico: ["protocols narrows"], .cilium: ["protocols narrows"],
      ]),
    Case(
      .web(stage: .admin, .anyone(.egress, .deny), .anyone(.egress, .pass)),
      [.kubernetes: ["tiers widens and narrows"], .cilium: ["tiers widens and narrows"]]),
    Case(.web(closing: [.ingress]), [.clusterNetworkPolicy: ["outside-ingress widens"]]),
    Case(
      .web(.ingress(.deny, from: .outside, on: .tcp(80))),
      [
        .kubernetes: ["outside narrows", "protocols narrows"],
        .clusterNetworkPolicy: ["outside-ingress widens"],
        .calico: ["outside narrows"],
      ]),
    Case(
      .web(.ingress(from: .block("10.0.0.0/8"))), [.clusterNetworkPolicy: ["ingress-blocks narrows"]]),
    Case(
      .web(closing: [.egress], .egress(to: .nodes([LabelTerm("pool", .exists)], .other))),
      [
        .kubernetes: ["nodes narrows"], .clusterNetworkPolicy: ["nodes narrows"], .calico: ["nodes narrows"],
        .cilium: ["node-labels narrows"],
      ]),
    Case(
      egress(.pods(PlainSelector(namespaces: .all, pods: [LabelTerm("pod-template-hash", .exists)]))),
      [.cilium: ["label-not-seen narrows"]]),
    Case(
      egress(.pods(PlainSelector(namespaces: .all, pods: [LabelTerm("pcns.team", .isIn(["a"]))]))),
      [.calico: ["label-not-seen narrows"]]),
    Case(
      .web(about: .team("a"), closing: [.egress]), [.kubernetes: ["namespaces-by-label widens"]]),
    Case(
      .web(about: .team("a"), closing: [.egress], .egress(to: .allPods)),
      [.kubernetes: ["namespaces-by-label widens and narrows"]]),
    Case(
      .web(
        about: PlainSelector(namespaces: .named(["shop"]), serviceAccountLabels: [LabelTerm("a", .exists)]),
        closing: [.egress], .egress(to: .allPods)),
      [
        .kubernetes: ["service-accounts widens and narrows"],
        .clusterNetworkPolicy: ["service-accounts widens and narrows"],
        .cilium: ["service-accounts widens and narrows"],
      ]),
  ]

  @Test("in every dialect that cannot say it, and in no other", arguments: cases)
  func losses(example: Case) {
    for dialect in WritableDialect.allCases {
      let written = Written(dialect, [example.policy])
      #expect(written.losses == example.losses[dialect] ?? [], "\(dialect)")
      #expect(written.problems == [], "\(dialect): \(written.yaml)")
    }
  }

  @Test("of a policy that is left out only what it allowed is narrowed, and what it closed is widened")
  func leftOut() throws {
    let policy = PlainPolicy.web(
      about: .team("a"), closing: [.egress], .egress(to: .app("api")), .ingress(from: .app("api")))
    let reach = try #require(Written(.kubernetes, [policy]).written.losses.first).reach
    #expect(reach.widened.map { "\($0.direction) \($0.peers.isAnyone)" } == ["egress true"])
    #expect(reach.narrowed.map { "\($0.direction) \($0.peers.isAnyone)" } == ["egress false"])
  }

  @Test("nodes are their addresses where these are known, which is more than was meant")
  func knownNodes() {
    for dialect in [WritableDialect.kubernetes, .clusterNetworkPolicy, .calico] {
      let written = Written(dialect, [Self.egress(.allNodes)], .known)
      #expect(written.losses == ["nodes widens"])
      #expect(written.yaml.contains("192.168.0.0/24"))
    }
  }

  @Test("the API server's port behind its Service is the one that counts")
  func portOfAPIServer() {
    let written = Written(.kubernetes, [Self.egress(.apiServer, on: .tcp(443))], .known)
    #expect(written.losses == ["api-server narrows"])
    #expect(written.written.losses.first?.fix == "write the port behind the Service: TCP 6443")
  }
}
