import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@testable import Review

/// Cells and reasons are not only compared with rows: the evaluator is asked about them.
@Suite("What the HTML page says of a pair holds when the evaluator is asked")
struct PageReasonTests {
  private static let ports: [(TransportProtocol, UInt16)] = [
    (.tcp, 80), (.tcp, 81), (.tcp, 443), (.tcp, 8080), (.tcp, 65535), (.udp, 53), (.udp, 80), (.sctp, 9),
  ]

  @Test("for the example shop")
  func shop() async throws {
    #expect(try disagreements(await .shop()) == [])
  }

  @Test("for random clusters", arguments: 0..<40)
  func random(seed: UInt64) throws {
    #expect(try disagreements(ClusterFixture(RandomCluster(seed: seed).documents)) == [])
  }

  /// Pairs of workloads: what flows, and what each direction makes of it where nothing else decides.
  private func disagreements(_ fixture: ClusterFixture) throws -> [String] {
    let page = try PrintedPage(fixture.connectivity(.html))
    let parser = FlowParser(fixture.cluster.world)
    let evaluator = fixture.evaluator
    let units = Set(ConnectivityReport(fixture.cluster).names)
    var found: [String] = []
    for (row, from) in page.sources.enumerated() where units.contains(from) {
      for (column, to) in page.destinations.enumerated() where units.contains(to) {
        let flow = page.flows[row][column]
        if flow.state == 6 { continue }
        for (transport, port) in Self.ports {
          let verdict = evaluator.verdict(
            Flow(from: try parser.end(from), to: try parser.end(to), .port(transport, port)))
          let about = "\(from) -> \(to) \(transport) \(port)"
          #expect(flow.denied.contains(transport, port) == (verdict.outcome == .denied), "\(about)")
          if verdict.outcome.rawValue != flow.outcome(transport, port) {
            found.append("\(about): \(verdict.outcome), the page says \(flow.outcome(transport, port))")
          }
          if flow.dependsOnPlacement { continue }
          for (name, outcome, parts) in [
            ("egress", verdict.egress, page.egress[row][column]),
            ("ingress", verdict.ingress, page.ingress[column][row]),
          ] {
            let said = parts.outcomes(transport, port)
            if said != [outcome.rawValue] {
              found.append("\(about): \(name) \(outcome), the page says \(said)")
            }
          }
        }
      }
    }
    return found
  }

  @Test("for addresses outside, also where a cell is a part of another unit's row", arguments: 0..<30)
  func outside(seed: UInt64) throws {
    let fixture = ClusterFixture(RandomCluster(seed: seed).documents)
    let page = try PrintedPage(fixture.connectivity(.html))
    let parser = FlowParser(fixture.cluster.world)
    let units = Set(ConnectivityReport(fixture.cluster).names)
    let samples = [
      "203.0.113.5", "203.0.113.200", "198.51.100.20", "192.0.2.10", "1.2.3.4", "2001:db8::5", "2a00::1",
    ]
    for (row, from) in page.sources.enumerated() {
      for (column, to) in page.destinations.enumerated() where units.contains(from) != units.contains(to) {
        let flow = page.flows[row][column]
        let addresses = try parseAddresses(units.contains(from) ? to : from)
        if flow.state == 5 { #expect(!flow.within.isEmpty) }
        for sample in samples where IPAddress(sample).map(addresses.contains) ?? false && flow.state < 5 {
          let ends = units.contains(from) ? (from, sample) : (sample, to)
          for (transport, port) in Self.ports {
            let outcome = fixture.evaluator.verdict(
              Flow(from: try parser.end(ends.0), to: try parser.end(ends.1), .port(transport, port))
            ).outcome
            #expect(
              outcome.rawValue == flow.outcome(transport, port), "\(ends) \(transport) \(port), seed \(seed)")
          }
        }
      }
    }
  }

  /// What the page says of one pair: its flow, and its reasons, `outcome traffic: line`.
  private func pair(
    _ from: String, _ to: String, _ documents: [String], profile: EngineProfile = .kubernetes
  ) throws -> (flow: PrintedPage.Flow, egress: [String], ingress: [String]) {
    let page = try PrintedPage(ClusterFixture(documents, profile: profile).connectivity(.html))
    let row = try #require(page.sources.firstIndex(of: from))
    let column = try #require(page.destinations.firstIndex(of: to))
    func texts(_ parts: [PrintedPage.Part]) -> [String] {
      parts.map { "\($0.outcome) \($0.traffic?.description ?? "others"): \($0.line)" }
    }
    return (page.flows[row][column], texts(page.egress[row][column]), texts(page.ingress[column][row]))
  }

  @Test("a rule that denies in some cases only is not the whole reason")
  func partOfTheReason() throws {
    let documents = [
      "apiVersion: v1\nkind: Pod\nmetadata: {name: px, namespace: a, labels: {app: px}}\n",
      "apiVersion: v1\nkind: Pod\nmetadata: {name: py, namespace: a, labels: {app: py}}\n",
      policy("a/closed", "podSelector: {matchLabels: {app: px}}, policyTypes: [Egress]"),
      "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: cnp}\nspec: {tier: Admin, priority: 10, subject: {namespaces: {}}, egress: [{action: Deny, name: e, to: [{networks: [10.2.0.0/16]}]}]}\n",
    ]
    let found = try pair("a/px", "a/py", documents)
    #expect(found.egress.count == 1)
    #expect(
      found.egress.first?.hasPrefix("denied all: denied in every case: in some by ClusterNetworkPolicy cnp")
        == true)
    #expect(found.egress.first?.contains("no rule matches in NetworkPolicy a/closed") == true)
  }

  @Test("a pair with something outside that is closed says that all is denied")
  func closedOutside() throws {
    let found = try pair(
      "shop/db", "any address",
      [
        namespace("shop"), deployment("shop/db", "app: db"), deployment("shop/web", "app: web"),
        policy("shop/db", "podSelector: {matchLabels: {app: db}}, policyTypes: [Egress]"),
      ])
    #expect(found.flow.state == 0 && found.flow.denied == .all)
  }

  @Test("an API server that may run on the workload's own node is more than its directions say")
  func placementOfTheAPIServer() throws {
    let found = try pair(
      "entity/kube-apiserver", "a/web",
      [
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: a, labels: {app: web}}\n",
        object(
          "cilium.io/v2", "CiliumNetworkPolicy", "a/c",
          "spec: {endpointSelector: {matchLabels: {app: web}}, ingress: [{fromEntities: [kube-apiserver], toPorts: [{ports: [{port: '80', protocol: TCP}]}]}]}"
        ),
      ], profile: .cilium)
    #expect(found.flow.dependsOnPlacement && !found.flow.undefined.isEmpty)
  }

  @Test("rules are named with file and line, also those of denied pairs, and ports by rule")
  func words() async throws {
    let page = try PrintedPage(await ClusterFixture.shop().connectivity(.html))
    func parts(_ from: String, _ to: String) throws -> (egress: [String], ingress: [String]) {
      let row = try #require(page.sources.firstIndex(of: from))
      let column = try #require(page.destinations.firstIndex(of: to))
      func texts(_ parts: [PrintedPage.Part]) -> [String] {
        parts.map { "\($0.outcome) \($0.traffic?.description ?? "all other ports"): \($0.line)" }
      }
      return (texts(page.egress[row][column]), texts(page.ingress[column][row]))
    }
    let denied = try parts("shop/cart", "shop/cart-redis")
    try #require(denied.egress.count == 2 && denied.ingress.count == 1)
    #expect(denied.egress[0].hasPrefix("allowed TCP 6379: allowed by NetworkPolicy shop/cart egress[0] ("))
    #expect(denied.egress[0].hasSuffix("Examples/shop/shop/policies.yaml:142)"))
    #expect(
      denied.egress[1].hasPrefix(
        "denied all other ports: denied: no rule matches in NetworkPolicy shop/allow-dns ("))
    #expect(
      denied.ingress[0].hasPrefix("denied all: denied: no rule matches in NetworkPolicy shop/allow-metrics (")
    )
    let open = try parts("platform/ingress-nginx", "payments/ledger")
    #expect(
      open == (["allowed all: open: no policy isolates it"], ["allowed all: open: no policy isolates it"]))
    #expect(try parts("any address", "payments/ledger").egress == ["allowed all: not policed"])
  }

  @Test("a rule that denies is named with its ports, and what no rule decides is open")
  func denials() throws {
    let fixture = ClusterFixture.web(
      clusterPolicy(
        "guard",
        "ingress: [{action: Deny, from: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 22}}}]}]"
      ))
    let page = try PrintedPage(fixture.connectivity(.html))
    let (row, column) = (
      try #require(page.sources.firstIndex(of: "shop/web")),
      try #require(page.destinations.firstIndex(of: "shop/db"))
    )
    let parts = page.ingress[column][row]
    #expect(parts.map(\.outcome) == ["allowed", "denied"])
    #expect(parts.map { $0.traffic?.description } == [nil, "TCP 22"])
    #expect(parts[0].line.hasPrefix("open: no rule decides it in ClusterNetworkPolicy guard (world.yaml:"))
    #expect(parts[1].line.hasPrefix("denied by ClusterNetworkPolicy guard ingress[0] (world.yaml:"))
  }
}

extension PrintedPage.Flow {
  fileprivate func outcome(_ transport: TransportProtocol, _ port: UInt16) -> String {
    allowed.contains(transport, port)
      ? "allowed" : undefined.contains(transport, port) ? "undefined" : "denied"
  }
}

extension [PrintedPage.Part] {
  /// The outcomes of all parts that a port is in.
  fileprivate func outcomes(_ transport: TransportProtocol, _ port: UInt16) -> Set<String> {
    let named = filter { $0.traffic?.contains(transport, port) ?? false }
    let rest = filter { $0.traffic == nil }
    return Set((named.isEmpty ? rest : named).map(\.outcome))
  }
}
