internal import Kubernetes
internal import PolicyModel

/// Tiers of the neutral model with everything that it can say, also what no dialect says yet.
struct RandomTiers {
  private var random: SplitMix64
  private let place = SourceLocation(file: SourceFile(path: "random"), line: 1, column: 1)

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  private typealias SourceLocation = Kubernetes.SourceLocation

  mutating func next() -> [Tier] {
    (0..<random.int(1...3)).map { number in
      let combination = random.pick([
        Tier.Combination.additive, .firstMatch(.isUndefined), .firstMatch(.denyWins), .denyOverrides,
      ])
      var policies = (0..<random.int(1...3)).map { policy(named: "t\(number)-\($0)", combination) }
      policies.sort { $0.rank < $1.rank }
      return Tier(name: "t\(number)", combination: combination, policies: policies)
    }
  }

  /// A profile that reads the open points in some way.
  mutating func profile() -> EngineProfile {
    let blocks: [EngineProfile.AddressHolders] = [[.pods, .nodes], [], [.nodes]]
    return EngineProfile(
      enforcer: .kubernetes, addressBlocksMatch: random.pick(blocks),
      hostNetworkReadings: random.pick([[.asPods, .asNodes], [.asNodes], [.asPods]]),
      egressToOwnNodeReadings: random.pick([[.exempt, .policed], [.policed], [.exempt]]),
      ownPodReading: random.pick([.exempt, .policed]),
      probeReading: random.pick([.exempt, .deniedByRulesOnly]),
      portNameReadings: random.pick([EngineProfile.PortNameReading.allCases, [.allWithInit], [.first]]),
      hairpinReadings: [.bypassesPolicy], blocksMaySeeServices: false)
  }

  private mutating func policy(named name: String, _ combination: Tier.Combination) -> Policy {
    var isolates: Set<Direction> = []
    for direction in Direction.allCases where random.chance(45) { isolates.insert(direction) }
    let subject: PolicySubject =
      switch random.int(1...6) {
      case 1: .nodes(nodeSelector())
      case 2: .endpointsAndNodes(selector(), nodeSelector())
      default: .endpoints(selector())
      }
    return Policy(
      identity: PolicyIdentity(kind: "Policy", name: name), location: place, subject: subject,
      subjectLocation: place, isolates: isolates,
      rules: (0..<random.int(1...4)).map { rule($0, combination) }, rank: random.int(0...2))
  }

  private mutating func rule(_ number: Int, _ combination: Tier.Combination) -> Rule {
    let actions: [RuleAction] =
      switch combination {
      case .additive: [.allow]
      case .denyOverrides: [.allow, .allow, .deny]
      case .firstMatch: [.allow, .allow, .deny, .deny, .pass, .log]
      }
    return Rule(
      direction: random.pick(Direction.allCases), action: random.pick(actions), path: "rules[\(number)]",
      subject: random.chance(15) ? peers() : .anyone, peers: random.chance(85) ? peers() : .anyone,
      traffic: traffic(), sourcePorts: random.chance(10) ? sourcePorts() : .any, step: number, location: place
    )
  }

  // MARK: - Conditions

  private mutating func peers() -> Peers {
    .anyOf((0..<random.pick([1, 1, 2])).map { _ in Peer(condition(depth: 2), location: place) })
  }

  private mutating func condition(depth: Int) -> PeerCondition {
    if depth > 0, random.chance(35) {
      switch random.int(1...3) {
      case 1: return .not(condition(depth: depth - 1))
      case 2: return .all((0..<random.int(1...2)).map { _ in condition(depth: depth - 1) })
      default: return .any((0..<random.int(0...2)).map { _ in condition(depth: depth - 1) })
      }
    }
    switch random.int(1...14) {
    case 1...4: return .endpoints(selector())
    case 5: return .nodes(nodeSelector(), random.pick([.anywhere, .own, .other]))
    case 6...8: return .addresses(block())
    case 9: return .family(random.pick([.ipv4, .ipv6]))
    case 10...11: return domain()
    case 12: return .outside
    case 13: return .apiServer
    default: return .special(random.pick(["health", "ingress"]))
    }
  }

  private mutating func domain() -> PeerCondition {
    let pattern = random.pick(["api.example.com", "*.example.com", "example.org"])
    return DomainPattern(networkPolicyAPI: pattern).map { .domain($0) } ?? .outside
  }

  private mutating func selector() -> EndpointSelector {
    let namespaces: NamespaceScope =
      switch random.int(1...4) {
      case 1: .named(random.pick(["shop", "data"]))
      case 2: .matching(.attribute(.namespaceLabel("team"), test()))
      default: .all
      }
    return EndpointSelector(namespaces: namespaces, pods: expression(depth: 2))
  }

  private mutating func expression(depth: Int) -> LabelExpression {
    if random.chance(25) { return .everything }
    if depth > 0, random.chance(40) {
      switch random.int(1...3) {
      case 1: return .not(expression(depth: depth - 1))
      case 2: return .all((0..<2).map { _ in expression(depth: depth - 1) })
      default: return .any((0..<2).map { _ in expression(depth: depth - 1) })
      }
    }
    let attribute = random.pick([
      Attribute.label("app"), .label("app"), .label("tier"), .namespaceLabel("team"), .serviceAccountName,
      .hostNetwork,
    ])
    return .attribute(attribute, test())
  }

  private mutating func test() -> AttributeRequirement.Test {
    let value = random.pick(["web", "db", "data", "default"])
    return random.pick([
      .isIn([value]), .isIn([value, "web"]), .isNotIn([value]), .exists, .doesNotExist,
      .contains(String(value.dropFirst())), .startsWith(String(value.prefix(1))), .endsWith(value),
    ])
  }

  private mutating func nodeSelector() -> NodeSelector {
    random.pick([
      .all, .matching(.attribute(.label("pool"), .isIn(["edge"]))),
      .matching(.attribute(.label("pool"), .doesNotExist)), .named(["n1"]),
    ])
  }

  private mutating func block() -> AddressBlock {
    let text = random.pick([
      "0.0.0.0/0", "10.1.0.0/24", "192.168.0.0/16", "203.0.113.0/24", "::/0", "10.1.0.2/32",
    ])
    let holes = ["0.0.0.0/0": "10.1.0.0/30", "203.0.113.0/24": "203.0.113.0/25"]
    let hole = holes[text].flatMap { random.chance(40) ? ParsedCIDR($0)?.cidr : nil }
    let cidr = ParsedCIDR(text)?.cidr ?? CIDR(IPAddress(.ipv4, bits: 0), prefixLength: 0)
    return AddressBlock(cidr: cidr, excepts: hole.map { [$0] } ?? [])
  }

  // MARK: - Traffic

  private mutating func traffic() -> Traffic {
    if random.chance(40) { return .any }
    return .anyOf(
      (0..<random.int(1...2)).map { _ in
        switch random.int(1...8) {
        case 1: return .icmp(ICMPMatch(.ipv4, type: 8, location: place))
        case 2: return .protocols(OtherProtocols(except: [47], location: place))
        default: return .ports(ports())
        }
      })
  }

  private mutating func ports() -> PortMatch {
    let all: [PortMatch.Ports] = [
      .all, .range(80...80), .range(80...443), .range(443...65535), .named("http"),
    ]
    let exceptions = random.chance(25) ? [random.pick(all.dropFirst().map { $0 })] : []
    return PortMatch(
      random.pick([.tcp, .tcp, .udp]), random.pick(all), except: exceptions, location: place)
  }

  private mutating func sourcePorts() -> Traffic {
    .anyOf([.ports(PortMatch(.tcp, .range(random.pick([1...1023, 1024...65535])), location: place))])
  }
}
