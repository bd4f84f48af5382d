import Merlon
import Testing

/// AUTHORING.md A5, `test/network-policy.test.ts`: 44 behaviours.
@Suite("Policies, as users of cdk8s-plus expect them")
struct PolicyBehaviourTests {
  private static let web = Shop.web
  private static let api = Workload("api", in: "shop", labels: ["app": "api"], ports: .tcp(80))
  private static let anybody = Pods(["app": "anybody"], in: "elsewhere")
  private static let world = Peer.cidr("203.0.113.9/32")

  private static func policy(
    _ subject: any PodSelecting = web, isolating: Directions? = nil,
    @RuleBuilder _ rules: () -> [Rule] = { [] }
  ) -> Intent {
    let policy = Policy("p", for: subject, isolating: isolating, rules)
    return Intent {
      web
      api
      policy
    }
  }

  // MARK: - Subjects and defaults

  static let subjects = [
    Behaviour(
      name: "can create a policy for a managed pod", intent: policy(isolating: .ingress),
      flows: [(api, web, .tcp(8080), false), (web, api, .tcp(80), true)],
      has: ["podSelector:\nmatchLabels:\napp: web", "policyTypes:\n- Ingress"], hasNot: ["cdk8s"]),
    Behaviour(
      name: "can create a policy for a managed workload resource", intent: policy(api, isolating: .ingress),
      flows: [(web, api, .tcp(80), false)], has: ["podSelector:\nmatchLabels:\napp: api"]),
    Behaviour(
      name: "can create a policy for selected pods",
      intent: policy(Pods(["app": "web"], in: "shop"), isolating: .ingress),
      flows: [(api, web, .tcp(8080), false)], has: ["podSelector:\nmatchLabels:\napp: web"]),
    Behaviour(
      name: "can create a policy for all pods", intent: policy(Pods.all(in: "shop"), isolating: .ingress),
      flows: [(api, web, .tcp(8080), false), (web, api, .tcp(80), false)], has: ["podSelector: {}"]),
    Behaviour(
      name: "policy namespace defaults to selector namespace", intent: policy(isolating: .ingress),
      has: ["namespace: shop"]),
    Behaviour(
      name: "a policy for pods of several namespaces is written into each of them",
      intent: policy(Pods(["app": "web"], in: ["shop", "data"]), isolating: .ingress),
      flows: [
        (api, web, .tcp(1), false), (api, Pods(["app": "web"], in: "data"), .tcp(1), false),
        (api, Pods(["app": "web"], in: "other"), .tcp(1), true),
      ], has: ["namespace: data", "namespace: shop"], objects: 2),
    Behaviour(
      name: "allows all ingress by default", intent: Intent { Policy.allow(.ingress, in: "shop") },
      flows: [(anybody, web, .tcp(1), true), (world, web, .tcp(1), true)],
      has: ["policyTypes:\n- Ingress", "ingress:\n- {}"], hasNot: ["- Egress"]),
    Behaviour(
      name: "denies all ingress by default", intent: Intent { Policy.deny(.ingress, in: "shop") },
      flows: [(anybody, web, .tcp(1), false), (web, anybody, .tcp(1), true)],
      has: ["policyTypes:\n- Ingress"], hasNot: ["ingress:", "- Egress"]),
    Behaviour(
      name: "allows all egress by default", intent: Intent { Policy.allow(.egress, in: "shop") },
      flows: [(web, anybody, .udp(1), true), (web, world, .tcp(1), true)],
      has: ["policyTypes:\n- Egress", "egress:\n- {}"], hasNot: ["- Ingress"]),
    Behaviour(
      name: "denies all egress by default", intent: Intent { Policy.deny(.egress, in: "shop") },
      flows: [(web, anybody, .tcp(1), false), (anybody, web, .tcp(1), true)],
      has: ["policyTypes:\n- Egress"], hasNot: ["egress:", "- Ingress"]),
  ]

  @Test("subjects and defaults", arguments: subjects)
  func subject(_ behaviour: Behaviour) throws { try behaviour.check() }

  // MARK: - Peers

  /// A peer, who it lets in and who it does not, and what stands in the manifest.
  private struct PeerCase: Sendable {
    let name: String
    let peers: [any PeerConvertible]
    let matches: [any PeerConvertible]
    let others: [any PeerConvertible]
    let has: [String]

    func behaviour(_ direction: Directions) -> Behaviour {
      let isIngress = direction == .ingress
      let peer = Union(peers: peers.flatMap(\.peers))
      let rule = isIngress ? from(peer, ports: .tcp(6379)) : to(peer, ports: .tcp(6379))
      func flow(_ peer: any PeerConvertible, _ ports: PortSet, _ works: Bool)
        -> (any PeerConvertible, any PeerConvertible, PortSet, Bool)
      {
        isIngress ? (peer, web, ports, works) : (web, peer, ports, works)
      }
      return Behaviour(
        name: "can add \(isIngress ? "ingress from" : "egress to") \(name)", intent: policy { rule },
        flows: matches.map { flow($0, .tcp(6379), true) }
          + matches.map { flow($0, [.tcp(6380), .udp(6379)], false) }
          + others.map { flow($0, .tcp(6379), false) },
        has: has + ["port: 6379", isIngress ? "policyTypes:\n- Ingress" : "policyTypes:\n- Egress"],
        hasNot: [isIngress ? "- Egress" : "- Ingress"])
    }
  }

  private struct Union: PeerConvertible {
    let peers: [Peer]
  }

  private static func pod(_ name: String, _ namespace: String) -> Pods {
    Pods(["app": name], in: .named([namespace]))
  }

  private static let peerCases = [
    PeerCase(
      name: "an ip block", peers: [Peer.cidr("172.17.0.0/16", except: ["172.17.1.0/24"])],
      matches: [Peer.cidr("172.17.0.9/32")], others: [Peer.cidr("172.17.1.9/32"), world],
      has: ["cidr: \"172.17.0.0/16\"", "except:\n- \"172.17.1.0/24\""]),
    PeerCase(
      name: "a managed pod", peers: [api], matches: [api], others: [anybody, world], has: ["app: api"]),
    PeerCase(
      name: "a managed workload resource", peers: [Workload("jobs", in: "batch", labels: ["app": "jobs"])],
      matches: [pod("jobs", "batch")], others: [pod("jobs", "shop"), api],
      has: ["kubernetes.io/metadata.name: batch", "app: jobs"]),
    PeerCase(
      name: "pods selected in the namespace of the policy", peers: [pod("worker", "shop")],
      matches: [pod("worker", "shop")], others: [pod("worker", "elsewhere"), api], has: ["app: worker"]),
    PeerCase(
      name: "pods, namespaces selected by labels",
      peers: [Pods(["app": "worker"], in: .labelled(["team": "a"]))],
      matches: [Pods(["app": "worker"], in: .labelled(["team": "a"]))],
      others: [
        Pods(["app": "worker"], in: .labelled(["team": "b"])),
        Pods(["app": "x"], in: .labelled(["team": "a"])),
      ],
      has: ["team: a", "app: worker"]),
    PeerCase(
      name: "pods, namespaces selected by names", peers: [Pods(["app": "worker"], in: ["n1", "n2"])],
      matches: [pod("worker", "n1"), pod("worker", "n2")], others: [pod("worker", "n3"), pod("x", "n1")],
      has: ["n1", "n2"]),
    PeerCase(
      name: "all pods of a namespace", peers: [Pods.all(in: "shop")], matches: [api],
      others: [anybody, world],
      has: ["podSelector: {}"]),
    PeerCase(
      name: "a managed namespace", peers: [Peer.namespaces("monitoring")], matches: [pod("x", "monitoring")],
      others: [pod("x", "shop")], has: ["kubernetes.io/metadata.name: monitoring"]),
    PeerCase(
      name: "selected namespaces", peers: [Peer.namespaces(.labelled(["team": "a"]))],
      matches: [Pods(["app": "x"], in: .labelled(["team": "a"]))],
      others: [Pods(["app": "x"], in: .labelled(["team": "b"]))], has: ["team: a"]),
    PeerCase(
      name: "all namespaces", peers: [Peer.namespaces(.all)], matches: [api, anybody], others: [world],
      has: ["namespaceSelector: {}"]),
  ]

  static let peers = peerCases.map { $0.behaviour(.ingress) } + peerCases.map { $0.behaviour(.egress) }

  @Test("the ten peers, for ingress and for egress", arguments: peers)
  func peer(_ behaviour: Behaviour) throws { try behaviour.check() }

  // MARK: - Ports and blocks

  private static func portCase(_ name: String, _ ports: PortSet, has: [String], _ flows: [(PortSet, Bool)])
    -> Behaviour
  {
    Behaviour(
      name: "Port: \(name)", intent: policy { from(api, ports: ports) },
      flows: flows.map { (api, web, $0.0, $0.1) }, has: has, hasNot: ["port: 0"])
  }

  static let ports = [
    portCase(
      "tcp", .tcp(8080), has: ["- protocol: TCP\nport: 8080"], [(.tcp(8080), true), (.udp(8080), false)]),
    portCase(
      "tcpRange", .tcp(from: 8080, to: 8085), has: ["port: 8080\nendPort: 8085"],
      [(.tcp(from: 8080, to: 8085), true), (.tcp(8086), false)]),
    portCase("allTcp", .all(.tcp), has: ["- protocol: TCP"], [(.all(.tcp), true), (.udp(1), false)]),
    portCase(
      "udp", .udp(8080), has: ["- protocol: UDP\nport: 8080"], [(.udp(8080), true), (.tcp(8080), false)]),
    portCase(
      "udpRange", .udp(from: 8080, to: 8085), has: ["port: 8080\nendPort: 8085"],
      [(.udp(from: 8080, to: 8085), true), (.udp(8086), false)]),
    portCase("allUdp", .all(.udp), has: ["- protocol: UDP"], [(.all(.udp), true), (.tcp(1), false)]),
    portCase(
      "of", .sctp(from: 5050, to: 5500), has: ["- protocol: SCTP\nport: 5050\nendPort: 5500"],
      [(.sctp(5050), true), (.sctp(5501), false), (.tcp(5050), false)]),
  ]

  @Test("ports", arguments: ports)
  func port(_ behaviour: Behaviour) throws { try behaviour.check() }

  private static func blockCase(_ name: String, _ peer: Peer, has: [String], _ flows: [(Peer, Bool)])
    -> Behaviour
  {
    Behaviour(
      name: "IpBlock: \(name)", intent: policy { to(peer) }, flows: flows.map { (web, $0.0, .tcp(1), $0.1) },
      has: has)
  }

  static let blocks = [
    blockCase(
      "ipv4", .cidr("203.0.113.0/24", except: ["203.0.113.128/25"]), has: ["cidr: \"203.0.113.0/24\""],
      [(.cidr("203.0.113.1/32"), true), (.cidr("203.0.113.129/32"), false)]),
    blockCase(
      "ipv6", .cidr("2002:0:0:1234::/64", except: ["2002:0:0:1234::/96"]),
      has: ["cidr: \"2002:0:0:1234::/64\""],
      [(.cidr("2002:0:0:1234:1::/128"), true), (.cidr("2002:0:0:1234::1/128"), false)]),
    blockCase(
      "anyIpv4", .anyIPv4, has: ["cidr: \"0.0.0.0/0\""],
      [(.cidr("8.8.8.8/32"), true), (.cidr("2002::1/128"), false)]),
    blockCase(
      "anyIpv6", .anyIPv6, has: ["cidr: \"::/0\""],
      [(.cidr("2002::1/128"), true), (.cidr("8.8.8.8/32"), false)]),
  ]

  @Test("blocks of addresses", arguments: blocks)
  func block(_ behaviour: Behaviour) throws { try behaviour.check() }

  // MARK: - Mistakes

  static let mistakes = [
    Mistake("throws on invalid ipv4 cidr", "`1234` is no block of addresses") {
      Policy("p", for: web) { to(.cidr("1234")) }
    },
    Mistake("throws on invalid ipv6 cidr", "`fe80::/129` is no block") {
      Policy("p", for: web) { to(.cidr("fe80::/129")) }
    },
    Mistake("a mask is missing", "did you mean 10.0.0.1/32?") {
      Policy("p", for: web) { to(.cidr("10.0.0.1")) }
    },
    Mistake("an exception is no block", "`not-a-cidr` is no block") {
      Policy("p", for: web) { to(.cidr("10.0.0.0/8", except: ["not-a-cidr"])) }
    },
    Mistake("an exception is larger than its block", "strict subset") {
      Policy("p", for: web) { to(.cidr("10.0.0.0/16", except: ["10.0.0.0/8"])) }
    },
    Mistake("host bits are set", "is 10.0.0.0/8") { Policy("p", for: web) { to(.cidr("10.0.0.1/8")) } },
  ]

  @Test("blocks that are none are errors with their place", arguments: mistakes)
  func mistake(_ mistake: Mistake) throws { try mistake.check() }
}

extension Mistake {
  func check(_ dialect: Dialect = .kubernetes, file: String = #fileID) throws {
    let problems = try #require(throws: Problems.self) { try intent.render(dialect) }
    let errors = problems.all.filter { $0.severity == .error }
    #expect(errors.contains { $0.message.contains(message) }, "\(problems)")
    #expect(errors.allSatisfy { $0.location?.contains("Tests/") ?? false }, "\(problems)")
  }
}
