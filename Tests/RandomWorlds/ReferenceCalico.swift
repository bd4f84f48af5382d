/// Objects of `projectcalico.org/v3`, field by field. Nil means absent.
struct ReferenceCalico: Equatable, Sendable {
  var tiers: [Tier] = []
  var policies: [Policy] = []
  var sets: [NetworkSet] = []

  typealias Selector = ReferenceCalicoSelector

  struct Tier: Equatable, Sendable {
    enum DefaultAction: String, CaseIterable, Sendable { case deny = "Deny", pass = "Pass" }

    var name: String
    /// Nil is last.
    var order: Double?
    /// Nil is Deny.
    var defaultAction: DefaultAction?

    /// Those that every cluster has, which may be written too.
    static let builtIn = [
      Tier(name: "default", order: 1_000_000, defaultAction: .deny),
      Tier(name: "kube-admin", order: 1000, defaultAction: .pass),
      Tier(name: "kube-baseline", order: 10_000_000, defaultAction: .pass),
    ]
  }

  /// A NetworkSet, or without a namespace a GlobalNetworkSet.
  struct NetworkSet: Equatable, Sendable {
    var namespace: String?
    var name: String
    var labels: [String: String] = [:]
    var nets: [ReferenceBlock] = []
  }

  /// A NetworkPolicy, or without a namespace a GlobalNetworkPolicy.
  struct Policy: Equatable, Sendable {
    var namespace: String?
    var name: String
    /// Reported, and not enforced.
    var isStaged = false
    /// Nil is `default`.
    var tier: String?
    /// Nil is last.
    var order: Double?
    /// Nil is everything in scope, as `all()` is.
    var selector: Selector?
    /// Of global policies only.
    var namespaceSelector: Selector?
    var serviceAccountSelector: Selector?
    /// Nil follows from the rules.
    var types: [ReferencePolicy.Direction]?
    /// Not nil and empty only where ``types`` says the directions.
    var ingress: [Rule]?
    var egress: [Rule]?
    /// How selectors are spelled: 0 is plain.
    var spelling: UInt64 = 0

    func rules(_ direction: ReferencePolicy.Direction) -> [Rule] {
      (direction == .ingress ? ingress : egress) ?? []
    }
  }

  struct Rule: Equatable, Sendable {
    enum Action: String, CaseIterable, Sendable {
      case allow = "Allow", deny = "Deny", pass = "Pass", log = "Log"
    }

    var action: Action
    /// 4 or 6.
    var ipVersion: Int?
    var transport: ProtocolName?
    var notTransport: ProtocolName?
    /// With an ICMP protocol only.
    var icmp: Message?
    var notICMP: Message?
    var source = Entity()
    var destination = Entity()
  }

  struct ProtocolName: Equatable, Sendable {
    var transport: ReferenceProtocol
    /// Written as a number and not as a name.
    var isNumber = false
  }

  struct Message: Equatable, Sendable {
    var type: Int
    var code: Int?
  }

  /// One end of a rule.
  struct Entity: Equatable, Sendable {
    /// Of one family in the whole rule.
    var nets: [ReferenceBlock] = []
    var notNets: [ReferenceBlock] = []
    var selector: Selector?
    var notSelector: Selector?
    var namespaceSelector: NamespaceSelector?
    var serviceAccounts: ServiceAccounts?
    /// At the end of the peer, without any of the other criteria above and, in a destination, without ports.
    var service: ServiceName?
    /// Numbers only where the rule's protocol has ports.
    var ports: [Port] = []
    var notPorts: [Port] = []
  }

  enum NamespaceSelector: Equatable, Sendable {
    case global
    case matching(Selector)
  }

  /// At least one member is present.
  struct ServiceAccounts: Equatable, Sendable {
    /// Not empty.
    var names: [String]?
    var selector: Selector?
  }

  struct ServiceName: Equatable, Sendable {
    var name: String
    /// Nil: that of the policy.
    var namespace: String?
  }

  enum Port: Equatable, Sendable {
    /// One number if both are equal.
    case numbers(start: Int, end: Int)
    case name(String)
  }
}

// MARK: - Parts

extension ReferenceCalico {
  var rules: [Rule] { policies.flatMap { $0.rules(.ingress) + $0.rules(.egress) } }

  /// Every block that addresses are compared with.
  var blocks: [ReferenceBlock] {
    sets.flatMap(\.nets)
      + rules.flatMap { [$0.source, $0.destination] }.flatMap { $0.nets + $0.notNets }
  }

  /// Every list that source ports are compared with.
  var sourcePorts: [Port] { rules.flatMap { $0.source.ports + $0.source.notPorts } }
}

extension ReferenceCalico.Rule {
  /// The family that its nets are of.
  var family: ReferenceAddress.Family? {
    let nets = [source, destination].flatMap { $0.nets + $0.notNets }
    return nets.first?.family ?? ipVersion.map { $0 == 4 ? .v4 : .v6 }
  }
}
