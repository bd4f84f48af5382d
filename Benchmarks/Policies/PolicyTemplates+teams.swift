// The policies that teams write for one of their workloads.
extension PolicyTemplates {
  typealias Workload = SyntheticCluster.Workload

  /// One policy for this workload or its application.
  func policy(for workload: Workload, using random: inout SplitMix64) -> SyntheticPolicy {
    switch random.below(100) {
    case 0..<24: fromOwnApplication(workload, using: &random)
    case 24..<38: fromOwnTeam(workload, using: &random)
    case 38..<50: fromOtherTeams(workload, using: &random)
    case 50..<60: toInternet(workload, using: &random)
    case 60..<70: toData(workload, using: &random)
    case 70..<78: fromNetworks(workload, using: &random)
    case 78..<84: onPortRange(workload, using: &random)
    case 84..<91: byExpressions(workload, using: &random)
    case 91..<95: policy("\(workload.name)-public", only(workload), ingress: [.everything])
    default: everywhereButInside(workload)
    }
  }

  private func only(_ workload: Workload) -> Selector {
    .label(Self.instance, workload.name)
  }

  private func application(_ workload: Workload) -> Selector {
    .label(Self.partOf, workload.application)
  }

  /// Some of the workload's ports by name or by number; nothing (every port) if it has none.
  private func ports(of workload: Workload, using random: inout SplitMix64) -> [Port] {
    random.pick(1 + random.below(2), of: workload.ports).map { port in
      random.chance(percent: 60)
        ? .named(port.name, port.transport) : .number(port.number, port.transport)
    }
  }

  private func otherTeams(_ count: Int, using random: inout SplitMix64) -> [String] {
    var picked: [String] = []
    for _ in 0..<count {
      let team = random.pick(teams)
      if !picked.contains(team) { picked.append(team) }
    }
    return picked
  }
}

// MARK: - Ingress

extension PolicyTemplates {
  private func fromOwnApplication(
    _ workload: Workload, using random: inout SplitMix64
  ) -> SyntheticPolicy {
    let callers = random.pick(3, of: ["web", "gateway", "api", "rpc", "worker", "consumer", "batch"])
    return policy(
      workload.name, only(workload),
      ingress: [
        Rule(
          peers: [.pods(application(workload).and(.where(Self.component, .isIn, callers)))],
          ports: ports(of: workload, using: &random)),
        Rule(peers: [Self.prometheus], ports: [.named("metrics", .tcp)]),
      ])
  }

  private func fromOwnTeam(_ workload: Workload, using random: inout SplitMix64) -> SyntheticPolicy {
    let namespaces = Selector(labels: [
      .init("team", namespace.team), .init("env", namespace.environment),
    ])
    let callers =
      random.chance(percent: 50)
      ? Peer.namespaces(namespaces)
      : .podsInNamespaces(pods: .where("tier", .isIn, ["frontend", "backend"]), namespaces: namespaces)
    return policy(
      "\(workload.application)-team",
      application(workload).and(.where(Self.component, .isNotIn, ["batch", "migration", "worker"])),
      ingress: [
        Rule(
          peers: [callers],
          ports: [.named("http", .tcp), .named("grpc", .tcp), .named("db", .tcp)])
      ])
  }

  private func fromOtherTeams(_ workload: Workload, using random: inout SplitMix64) -> SyntheticPolicy {
    let namespaces = Selector.where("team", .isIn, otherTeams(1 + random.below(4), using: &random))
      .and(.where("env", random.chance(percent: 70) ? .isIn : .isNotIn, ["production", "staging"]))
    var peers = [
      Peer.podsInNamespaces(
        pods: .where(Self.component, .isIn, random.pick(2, of: ["web", "api", "rpc", "worker"])),
        namespaces: namespaces)
    ]
    if random.chance(percent: 30) {
      peers.append(.namespaces(.where("tier", .isNotIn, ["data"]).and(.where("compliance", .exists))))
    }
    return policy(
      "\(workload.name)-partners", only(workload),
      ingress: [Rule(peers: peers, ports: ports(of: workload, using: &random))])
  }

  private func fromNetworks(_ workload: Workload, using random: inout SplitMix64) -> SyntheticPolicy {
    policy(
      "\(workload.name)-networks", only(workload),
      ingress: [
        Rule(
          peers: (0..<(1 + random.below(3))).map { _ in Self.block(.private, using: &random) },
          ports: ports(of: workload, using: &random)),
        Rule(peers: [.pods(.everything)]),
      ])
  }

  private func onPortRange(_ workload: Workload, using random: inout SplitMix64) -> SyntheticPolicy {
    let first = random.pick([8000, 9000, 20_000, 30_000, 49_152]) + 100 * random.below(8)
    let transport: SyntheticCluster.Transport = random.pick([.tcp, .tcp, .tcp, .udp, .sctp])
    return policy(
      "\(workload.application)-range",
      application(workload).and(.where("track", .doesNotExist)),
      ingress: [
        Rule(
          peers: [.namespaces(.where("team", .exists).and(.where("compliance", .doesNotExist)))],
          ports: [.range(first, first + 50 * (1 + random.below(20)), transport), .named("metrics", .tcp)])
      ])
  }

  private func byExpressions(_ workload: Workload, using random: inout SplitMix64) -> SyntheticPolicy {
    let sameEnvironment = Selector.label("env", namespace.environment)
    return policy(
      "\(workload.component.rawValue)-by-criticality",
      Selector.where("criticality", .exists)
        .and(.where(Self.component, .isIn, [workload.component.rawValue])),
      ingress: [
        Rule(
          peers: [
            .pods(
              .where("criticality", .isIn, ["high", "medium"]).and(.where("track", .isNotIn, ["canary"]))),
            .podsInNamespaces(pods: .where("criticality", .isIn, ["high"]), namespaces: sameEnvironment),
          ],
          ports: random.chance(percent: 40) ? [] : ports(of: workload, using: &random))
      ])
  }
}

// MARK: - Egress

extension PolicyTemplates {
  private func toInternet(_ workload: Workload, using random: inout SplitMix64) -> SyntheticPolicy {
    policy(
      "\(workload.name)-providers", only(workload),
      egress: [
        Rule(
          peers: (0..<(1 + random.below(3))).map { _ in Self.block(.public, using: &random) },
          ports: [.number(443, .tcp)] + (random.chance(percent: 30) ? [.number(443, .udp)] : [])),
        Self.dns,
      ])
  }

  private func toData(_ workload: Workload, using random: inout SplitMix64) -> SyntheticPolicy {
    let data = Selector.label("tier", "data")
    var rules = [
      Rule(
        peers: [.pods(application(workload).and(data))],
        ports: [.named("db", .tcp), .named("cache", .tcp), .named("messages", .tcp)]),
      Self.dns,
    ]
    if random.chance(percent: 40) {
      rules.append(
        Rule(
          peers: [.podsInNamespaces(pods: data, namespaces: .label("team", random.pick(teams)))],
          ports: [.number(random.pick([5432, 3306, 6379, 9092]), .tcp)]))
    }
    return policy("\(workload.name)-data", only(workload), egress: rules)
  }

  /// Out to the Internet, but not into the networks of the company.
  private func everywhereButInside(_ workload: Workload) -> SyntheticPolicy {
    policy(
      "\(workload.name)-outside", only(workload),
      egress: [
        Rule(peers: [
          .block("0.0.0.0/0", except: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]),
          .block("::/0", except: ["fc00::/7"]),
        ]),
        Self.dns,
      ])
  }
}
