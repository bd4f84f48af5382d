import Merlon

/// Intents from a fixed seed, small enough to be read and with everything that intents can say.
struct RandomIntent {
  private var random: SplitMix64
  private let namespaces = ["shop", "data"]
  private var workloads: [Workload] = []

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func intent(usesStages: Bool) -> Intent {
    workloads = (0..<Int.random(in: 2...4, using: &random)).map { workload($0) }
    var cluster = ClusterDescription.unknown
    if chance(2) {
      cluster.podCIDRs = ["10.244.0.0/16"]
      cluster.nodeCIDRs = ["192.168.0.0/24"]
    }
    if chance(3) { cluster.apiServer = [chance(2) ? "192.168.0.5:6443" : "203.0.113.77:6443"] }
    var items: [IntentItem] = workloads.map { .workload($0) }
    for number in 0..<Int.random(in: 1...3, using: &random) {
      items.append(.policy(policy(number, usesStages: usesStages)))
    }
    for _ in 0..<Int.random(in: 0...2, using: &random) { items.append(.flow(flow())) }
    if chance(3) { items.append(.policy(.deny(directions(), in: namespaceSet()))) }
    if chance(6) { items.append(.policy(.allow(directions(), in: "shop"))) }
    if chance(3) { items.append(.namespace(KnownNamespace("shop", labels: ["team": "a"]))) }
    return Intent(for: cluster) { items }
  }

  private mutating func chance(_ sides: Int) -> Bool { Int.random(in: 0..<sides, using: &random) == 0 }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: elements.indices, using: &random)]
  }

  private mutating func workload(_ number: Int) -> Workload {
    Workload(
      ["web", "api", "db", "job"][number], in: pick(namespaces),
      labels: chance(3) ? ["app": "w\(number)", "tier": pick(["front", "back"])] : ["app": "w\(number)"],
      ports: pick([.tcp(80), .tcp(5432), [.tcp(53), .udp(53)], .sctp(9)]), portNames: [80: "http"],
      serviceAccount: chance(4) ? "robot" : "default")
  }

  private mutating func directions() -> Directions { pick([.ingress, .egress, .both]) }

  private mutating func namespaceSet() -> Namespaces {
    pick([.named(["shop"]), .named(["shop", "data"]), .labelled(["team": "a"]), .all])
  }

  private mutating func pods() -> Pods {
    let selector: Selector = pick([
      ["app": "w0"], ["tier": "front"], .exists("tier"), ["app": "w1"] && .notIn("tier", ["back"]),
      .in("app", ["w0", "w2"]), .absent("app"), .everything,
    ])
    let account = chance(8) ? "robot" : nil
    let place = chance(3) ? namespaceSet() : Namespaces.named([pick(namespaces)])
    return Pods(selector, in: place, serviceAccount: account)
  }

  private mutating func subject() -> any PodSelecting { chance(2) ? pick(workloads) : pods() }

  private mutating func peer(_ isEgress: Bool) -> Peer {
    var choices: [Peer] = [
      .pods(pods()), .pods(pods()), .pods(pick(workloads).pods), .anyone, .world, .anyIPv4, .anyIPv6,
      .cidr("203.0.113.0/24", except: ["203.0.113.64/26"]), .cidr("10.244.7.0/24"), .cidr("2001:db8::/32"),
      .nodes,
      .apiServer, .namespaces(.all), .clusterDNS,
    ]
    if isEgress { choices.append(.domain(pick(["api.example.com", "*.example.com"]))) }
    return pick(choices)
  }

  private mutating func ports() -> PortSet? {
    pick([
      nil, .any, .tcp(80), .tcp(80, 443), .udp(53), .tcp(from: 8000, to: 8080), .all(.tcp), .all(.sctp),
      .named("http"),
      [.tcp(80), .udp(80)], .icmp(type: 8), [.tcp(22), .icmp], .ipProtocol(47),
    ])
  }

  private mutating func rule(isOrdered: Bool) -> Rule {
    let isEgress = chance(2)
    let union = Union(peers: (0..<Int.random(in: 1...2, using: &random)).map { _ in peer(isEgress) })
    let rule = isEgress ? to(union, ports: ports()) : from(union, ports: ports())
    // Names can only be allowed; and what is denied to an API server on the pod's own node is a matter of the engine.
    if union.peers.contains(where: { "\($0)".hasSuffix("example.com") || $0 == .apiServer }) { return rule }
    if isOrdered { return pick([rule, deny(rule), pass(rule)]) }
    return chance(6) ? deny(rule) : rule
  }

  private struct Union: PeerConvertible {
    let peers: [Peer]
  }

  private mutating func policy(_ number: Int, usesStages: Bool) -> Policy {
    let isOrdered = usesStages && chance(2)
    let stage: Policy.Stage =
      isOrdered ? pick([.admin(priority: number + 10), .baseline(priority: number + 10)]) : .normal
    let rules = (0..<Int.random(in: 1...3, using: &random)).map { _ in rule(isOrdered: isOrdered) }
    return Policy(
      "p\(number)", for: subject(), isolating: isOrdered || chance(2) ? nil : pick([.both, .ingress, []]),
      stage: stage
    ) { rules }
  }

  private mutating func flow() -> Flow {
    let ends: Ends = pick([.both, .both, .source, .target, .none])
    return chance(3)
      ? allow(pick(workloads), to: peer(true), ports(), isolating: ends == .both ? .source : ends)
      : allow(pick(workloads), to: pick(workloads), isolating: ends)
  }
}
