/// What a platform team lays down for many namespaces at once, in the dialects that can say it: what nobody may,
/// then what everybody may.
struct PlatformPolicies {
  private typealias Selector = SyntheticPolicy.Selector
  private typealias Rule = SyntheticPolicy.Rule

  private static let component = PolicyTemplates.component
  private static let production = Selector.label("env", "production")

  private let teams: [String]
  private let seed: UInt64

  init(_ cluster: SyntheticCluster) {
    var seen: Set<String> = []
    teams = cluster.namespaces.dropFirst(SyntheticCluster.platformNamespaces).map(\.team).filter {
      seen.insert($0).inserted
    }
    seed = cluster.shape.seed
  }

  /// In the order in which an engine with an order must ask them.
  var all: [SyntheticPolicy] {
    [metadataService, threats, canaries, development, cards] + teams.map(boundary)
      + [dns, monitoring] + teams.map(apiServer)
  }

  private func policy(
    _ name: String, _ stage: SyntheticPolicy.Stage, _ subject: Selector = .everything,
    in namespaces: Selector = .everything, ingress: [Rule]? = nil, egress: [Rule]? = nil
  ) -> SyntheticPolicy {
    SyntheticPolicy(
      scope: .namespaces(namespaces), stage: stage, name: name, subject: subject, ingress: ingress,
      egress: egress)
  }
}

// MARK: - What nobody may

extension PlatformPolicies {
  private var metadataService: SyntheticPolicy {
    policy(
      "block-metadata-service", .security,
      egress: [Rule(action: .deny, peers: [.block("169.254.169.254/32", except: [])])])
  }

  /// Addresses that a feed of known attackers lists.
  private var threats: SyntheticPolicy {
    var random = SplitMix64(seed: seed, stream: .networks, index: 0)
    let blocks = random.pick(60, of: Array(0..<4096)).map { number in
      SyntheticPolicy.Peer.block("198.18.\(number >> 4).\((number & 15) << 4)/28", except: [])
    }
    let denial = [Rule(action: .deny, peers: blocks)]
    return policy("block-threats", .security, ingress: denial, egress: denial)
  }

  private var canaries: SyntheticPolicy {
    let target = Selector.label("tier", "data").and(.where("criticality", .isIn, ["high"]))
    return policy(
      "keep-canaries-away", .security, .label("track", "canary"),
      egress: [Rule(action: .deny, peers: [.podsInNamespaces(pods: target, namespaces: .everything)])])
  }

  private var development: SyntheticPolicy {
    policy(
      "no-development-in-production", .compliance, in: Self.production,
      ingress: [Rule(action: .deny, peers: [.namespaces(.label("env", "development"))])])
  }

  /// Data of cards is for namespaces that passed the audit.
  private var cards: SyntheticPolicy {
    let others = Selector.where("compliance", .isNotIn, ["pci"])
    return policy(
      "card-data", .compliance, .label("tier", "data"), in: .label("compliance", "pci"),
      ingress: [
        Rule(
          action: .deny, peers: [.podsInNamespaces(pods: .label("tier", "frontend"), namespaces: others)])
      ])
  }

  /// Data in production is for the team, and for what others run in production.
  private func boundary(of team: String) -> SyntheticPolicy {
    let others = Selector.where("team", .isNotIn, [team]).and(.where("env", .isNotIn, ["production"]))
    return policy(
      "\(team)-boundary", .compliance, .where(Self.component, .isIn, ["database", "cache", "queue"]),
      in: Selector.label("team", team).and(Self.production),
      ingress: [
        Rule(action: .pass, peers: [.namespaces(.label("team", team))]),
        Rule(action: .deny, peers: [.namespaces(others)]),
      ])
  }
}

// MARK: - What everybody may

extension PlatformPolicies {
  private var dns: SyntheticPolicy {
    policy("allow-dns", .platform, egress: [PolicyTemplates.dns])
  }

  private var monitoring: SyntheticPolicy {
    policy(
      "allow-monitoring", .platform,
      ingress: [Rule(peers: [PolicyTemplates.prometheus], ports: [.named("metrics", .tcp)])])
  }

  private func apiServer(of team: String) -> SyntheticPolicy {
    policy(
      "\(team)-apiserver", .platform, .where(Self.component, .isIn, ["agent", "batch", "migration"]),
      in: .label("team", team), egress: [Rule(peers: [.apiServer], ports: [.number(6443, .tcp)])])
  }
}
