/// An object of `cilium.io/v2`, field by field: a CiliumNetworkPolicy, or a CiliumClusterwideNetworkPolicy if it has
/// no namespace. Nil means absent, which is not empty.
struct ReferenceCiliumPolicy: Equatable, Sendable {
  var namespace: String?
  var name: String
  var spec: RuleSet?
  var specs: [RuleSet]?

  typealias Selector = ReferencePolicy.Selector
  typealias Direction = ReferencePolicy.Direction

  var ruleSets: [RuleSet] { (spec.map { [$0] } ?? []) + (specs ?? []) }

  struct RuleSet: Equatable, Sendable {
    enum Subject: Equatable, Sendable {
      case endpoints(Selector)
      /// In clusterwide policies only.
      case nodes(Selector)
    }

    var subject: Subject
    var ingress: [Rule]?
    var ingressDeny: [Rule]?
    var egress: [Rule]?
    var egressDeny: [Rule]?
    var enableDefaultDeny: DefaultDeny?

    func rules(_ direction: Direction, denies: Bool) -> [Rule] {
      switch direction {
      case .ingress: (denies ? ingressDeny : ingress) ?? []
      case .egress: (denies ? egressDeny : egress) ?? []
      }
    }

    /// The same without rules about HTTP.
    var withoutHTTP: RuleSet {
      func plain(_ rules: [Rule]?) -> [Rule]? {
        rules?.map { rule in
          var rule = rule
          rule.toPorts = rule.toPorts?.map { PortRule(ports: $0.ports) }
          return rule
        }
      }
      var set = self
      set.ingress = plain(ingress)
      set.egress = plain(egress)
      return set
    }

    /// Cilium ignores a rule set whose four lists are all empty.
    var hasRules: Bool { [ingress, ingressDeny, egress, egressDeny].contains { $0?.isEmpty == false } }
  }

  struct DefaultDeny: Equatable, Sendable {
    var ingress: Bool?
    var egress: Bool?
  }

  struct Rule: Equatable, Sendable {
    /// The one kind of peers that a rule may have.
    var peers: Peers?
    var toPorts: [PortRule]?
    /// Not beside `toPorts`.
    var icmps: [ICMP]?

    var member: Member {
      switch peers {
      case .endpoints: .endpoints
      case .entities: .entities
      case .cidrs: .cidrs
      case .cidrSets: .cidrSets
      case .nodes: .nodes
      case .names: .names
      case .services: .services
      case nil: icmps == nil ? .ports : .icmps
      }
    }
  }

  /// How a rule says whom it is about; the last two for a rule that only says what.
  enum Member: String, CaseIterable, Sendable {
    case endpoints, entities, cidrs, cidrSets, nodes, names, services, ports, icmps
  }

  enum Peers: Equatable, Sendable {
    case endpoints([Selector])
    case entities([Entity])
    case cidrs([ReferenceBlock])
    case cidrSets([CIDRSet])
    case nodes([Selector])
    case names([Name])
    case services([ServiceReference])
  }

  enum Entity: String, CaseIterable, Sendable {
    case all, world, cluster, host, health, ingress, `init`, unmanaged, none
    case remoteNode = "remote-node"
    case apiServer = "kube-apiserver"
  }

  struct CIDRSet: Equatable, Sendable {
    enum Source: Equatable, Sendable {
      case block(ReferenceBlock)
      case group(String)
      case groups(Selector)
    }

    var source: Source
    var except: [ReferenceBlock]?
  }

  /// An element of `toFQDNs`.
  enum Name: Equatable, Sendable {
    case exact(String)
    case pattern(String)
  }

  struct ServiceReference: Equatable, Sendable {
    enum Service: Equatable, Sendable {
      case named(String)
      /// By the labels of the Service itself.
      case labelled(Selector)
    }

    var service: Service
    /// Absent: in every namespace.
    var namespace: String?
  }

  struct PortRule: Equatable, Sendable {
    var ports: [Port]?
    /// `rules: {http: …}`, which narrows what the ports let through without closing them.
    var hasHTTP = false
  }

  struct Port: Equatable, Sendable {
    enum Value: Equatable, Sendable {
      /// 0 is every port.
      case number(Int)
      case name(String)
    }

    /// Nil is absent, which is `ANY`.
    var transport: Transport?
    var port: Value
    var endPort: Int?
  }

  enum Transport: String, CaseIterable, Sendable { case tcp = "TCP", udp = "UDP", sctp = "SCTP", any = "ANY" }

  struct ICMP: Equatable, Sendable {
    var fields: [Field]

    struct Field: Equatable, Sendable {
      var type: Int
      /// Nil is absent, which is IPv4.
      var family: String?
    }
  }
}

/// A CiliumCIDRGroup.
struct ReferenceCIDRGroup: Equatable, Sendable {
  var name: String
  var labels: [String: String] = [:]
  var blocks: [ReferenceBlock]
}

/// Everything of `cilium.io` in a world.
struct ReferenceCilium: Equatable, Sendable {
  var policies: [ReferenceCiliumPolicy] = []
  var groups: [ReferenceCIDRGroup] = []

  var ruleSets: [ReferenceCiliumPolicy.RuleSet] { policies.flatMap(\.ruleSets) }

  private var rules: [ReferenceCiliumPolicy.Rule] {
    ruleSets.flatMap { set in
      [set.ingress, set.ingressDeny, set.egress, set.egressDeny].flatMap { $0 ?? [] }
    }
  }

  /// Every block that an object mentions.
  var blocks: [ReferenceBlock] {
    groups.flatMap(\.blocks)
      + rules.flatMap { rule -> [ReferenceBlock] in
        switch rule.peers {
        case .cidrs(let blocks): return blocks
        case .cidrSets(let sets):
          return sets.flatMap { set in
            let own: [ReferenceBlock] = if case .block(let block) = set.source { [block] } else { [] }
            return own + (set.except ?? [])
          }
        case .endpoints, .entities, .nodes, .names, .services, nil: return []
        }
      }
  }

  /// The port numbers that policies mention.
  var ports: [Int] {
    rules.flatMap { $0.toPorts ?? [] }.flatMap { $0.ports ?? [] }.flatMap { port -> [Int] in
      guard case .number(let number) = port.port, number > 0 else { return [] }
      return [number] + (port.endPort.map { [max($0, 1)] } ?? [])
    }
  }

  /// Whether a policy is about nodes.
  var policesNodes: Bool {
    ruleSets.contains { if case .nodes = $0.subject { true } else { false } }
  }

  /// Whether some rule says whom it is about in this way.
  func has(_ member: ReferenceCiliumPolicy.Member) -> Bool { rules.contains { $0.member == member } }

  /// Whether a policy may be about a pod; only its `matchLabels` are looked at.
  func selects(namespace: String, labels: [String: String]) -> Bool {
    policies.contains { policy in
      (policy.namespace ?? namespace) == namespace
        && policy.ruleSets.contains { set in
          guard case .endpoints(let selector) = set.subject else { return false }
          return (selector.matchLabels ?? [:]).allSatisfy {
            labels[String($0.key.trimmingPrefix("k8s:"))] == $0.value
          }
        }
    }
  }
}

extension ReferencePolicy.Selector {
  /// The same with other keys.
  func renamingKeys(_ name: (String) -> String) -> ReferencePolicy.Selector {
    var selector = self
    selector.matchLabels = matchLabels.map { labels in
      let pairs = labels.sorted { $0.key < $1.key }.map { (name($0.key), $0.value) }
      return Dictionary(pairs) { first, _ in first }
    }
    selector.matchExpressions = matchExpressions?.map { requirement in
      var requirement = requirement
      requirement.key = name(requirement.key)
      return requirement
    }
    return selector
  }
}
