/// The policies that a platform team rolls out to a namespace, whoever owns it.
struct PolicyTemplates {
  typealias Selector = SyntheticPolicy.Selector
  typealias Rule = SyntheticPolicy.Rule
  typealias Peer = SyntheticPolicy.Peer
  typealias Port = SyntheticPolicy.Port

  let namespace: SyntheticCluster.Namespace
  /// The team of every namespace; a team may stand there several times.
  let teams: [String]

  static let component = "app.kubernetes.io/component"
  static let instance = "app.kubernetes.io/instance"
  static let partOf = "app.kubernetes.io/part-of"
  static let name = "app.kubernetes.io/name"

  static func namespaceNamed(_ name: String) -> Selector {
    .label("kubernetes.io/metadata.name", name)
  }

  static let dns = Rule(
    peers: [
      .podsInNamespaces(pods: .label("k8s-app", "kube-dns"), namespaces: namespaceNamed("kube-system"))
    ],
    ports: [.number(53, .udp), .number(53, .tcp)])

  static let prometheus = Peer.podsInNamespaces(
    pods: .label(name, "prometheus"), namespaces: namespaceNamed("monitoring"))

  func policy(
    _ name: String, _ subject: Selector, stage: SyntheticPolicy.Stage = .teams, ingress: [Rule]? = nil,
    egress: [Rule]? = nil
  ) -> SyntheticPolicy {
    SyntheticPolicy(
      scope: .namespace(namespace.name), stage: stage, name: name, subject: subject, ingress: ingress,
      egress: egress)
  }
}

// MARK: - Namespaces of teams

extension PolicyTemplates {
  /// Closes what the namespace wants closed.
  var defaultDeny: SyntheticPolicy {
    policy(
      "default-deny", .everything, stage: .fallback, ingress: [],
      egress: namespace.isolation == .both ? [] : nil)
  }

  var dnsClient: SyntheticPolicy {
    policy("allow-dns", .everything, stage: .platform, egress: [Self.dns])
  }

  var sameNamespace: SyntheticPolicy {
    let neighbours = Rule(peers: [.pods(.everything)])
    return policy(
      "allow-same-namespace", .everything, stage: .fallback, ingress: [neighbours],
      egress: namespace.isolation == .both ? [neighbours] : nil)
  }

  /// Monitoring reads the metrics of everything.
  var scraping: SyntheticPolicy {
    policy(
      "allow-monitoring", .everything, stage: .platform,
      ingress: [Rule(peers: [Self.prometheus], ports: [.named("metrics", .tcp)])])
  }

  /// For namespaces without default-deny: only the data tier is closed.
  var protectedData: SyntheticPolicy {
    policy(
      "protect-data",
      .where(Self.component, .isIn, ["database", "cache", "queue"]), stage: .platform,
      ingress: [
        Rule(peers: [.pods(.where(Self.component, .isNotIn, ["web", "gateway"]))]),
        Rule(peers: [Self.prometheus], ports: [.named("metrics", .tcp)]),
      ])
  }

  func webFromIngress(selecting components: [String]) -> SyntheticPolicy {
    policy(
      "allow-ingress-controller",
      .where(Self.component, .isIn, components), stage: .platform,
      ingress: [
        Rule(
          peers: [
            .podsInNamespaces(
              pods: .label(Self.name, "ingress-nginx"), namespaces: Self.namespaceNamed("ingress-nginx"))
          ],
          ports: [.named("http", .tcp), .named("https", .tcp)]),
        Rule(peers: [Self.prometheus], ports: [.named("metrics", .tcp)]),
      ])
  }
}

// MARK: - Namespaces of the platform

extension PolicyTemplates {
  var dnsServer: SyntheticPolicy {
    policy(
      "coredns", .label("k8s-app", "kube-dns"), stage: .platform,
      ingress: [
        Rule(ports: [.named("dns", .udp), .named("dns-tcp", .tcp)]),
        Rule(peers: [Self.prometheus], ports: [.named("metrics", .tcp)]),
      ])
  }

  var frontDoor: SyntheticPolicy {
    policy(
      "ingress-controller", .label(Self.name, "ingress-nginx"), stage: .platform,
      ingress: [
        Rule(ports: [.named("http", .tcp), .named("https", .tcp)]),
        Rule(peers: [Self.prometheus], ports: [.number(10254, .tcp)]),
      ])
  }

  var monitoring: SyntheticPolicy {
    policy(
      "monitoring", .everything, stage: .platform,
      ingress: [
        Rule(peers: [.pods(.everything)]),
        Rule(
          peers: [.namespaces(.where("team", .exists))],
          ports: [.named("syslog", .udp), .range(9090, 9099, .tcp)]),
      ],
      egress: [Rule(peers: [.namespaces(.everything)]), Self.dns])
  }
}
