package import Kubernetes
package import PolicyEngine
internal import PolicyModel

/// What changes when one document takes the place of another, whatever clusters have.
///
/// Two kinds of sources are told apart by everything that either document asks; sets of ports between them and
/// destinations are compared, not examples. What is only audited changes nothing here.
package struct SourceGroupPlan: Sendable {
  package enum Effect: String, Sendable {
    /// The documents are the same but for the place of words.
    case identical
    /// They are written differently, and decide everything alike.
    case equivalent
    case different
  }

  package let effect: Effect
  /// Connections that are decided differently, one for each kind of sender and destination, up to a limit.
  package let differences: [Difference]
  /// How many kinds of senders and destinations there are that are decided differently.
  package let differenceCount: Int
  /// What was taken for true, in words.
  package let assumptions: [String]
  /// Findings about the new document.
  package let findings: [Diagnostic]

  /// One connection that the documents decide differently.
  package struct Difference: Sendable {
    /// `a pod of prod with app=web`, `an address in 10.1.0.0/16`.
    package let source: String
    /// An address or a name.
    package let destination: String
    /// `tcp/443`.
    package let traffic: String
    package let old: Decision
    package let new: Decision

    /// Whether the new document allows it, and the old one did not.
    package var opens: Bool { new.outcome == .allowed }
  }

  /// How a document decides a connection.
  package struct Decision: Sendable {
    package let outcome: Outcome
    /// The rule that decides, `SourceGroup payments rule db`.
    package let rule: String
    package let location: SourceLocation
  }

  /// Compares two documents. O(kinds of senders²).
  ///
  /// - Parameter limit: how many differences are described.
  package init(
    from old: SourceGroupPolicy, to new: SourceGroupPolicy, limit: Int = 10
  ) throws(TooManyDistinctions) {
    findings = new.findings
    if old == new {
      effect = .identical
      differences = []
      differenceCount = 0
      assumptions = []
      return
    }
    var assumptions = Self.assumptions
    let needsMarks = [old, new].contains(where: \.hasNames) && [old, new].contains(where: \.hasBlocks)
    var marked: Comparison?
    if needsMarks {
      do throws(TooManyDistinctions) {
        marked = try Comparison(old, new, marksDestinations: true, limit)
      } catch {
        assumptions.append(
          "a name's addresses are in no block of a rule: with them there are more than \(error.limit) kinds of senders"
        )
      }
    }
    let found =
      if let marked { marked } else { try Comparison(old, new, marksDestinations: false, limit) }
    differences = found.differences
    differenceCount = found.count
    effect = found.count == 0 ? .equivalent : .different
    if needsMarks || old.hasNames || new.hasNames {
      assumptions.append("an address is the answer for one name at a time")
    }
    self.assumptions = assumptions
  }

  private static let assumptions = [
    "an address belongs to one cluster at most, and there to a node or to a pod: host-network pods of a node are seen "
      + "one at a time"
  ]

  /// Both documents against the senders of both, one family after the other.
  private struct Comparison {
    private(set) var differences: [Difference] = []
    private(set) var count = 0

    init(
      _ old: SourceGroupPolicy, _ new: SourceGroupPolicy, marksDestinations: Bool, _ limit: Int
    ) throws(TooManyDistinctions) {
      for family in AddressFamily.allCases {
        let sources = SymbolicSources([old, new], family: family, marksDestinations: marksDestinations)
        func side(_ policy: SourceGroupPolicy) -> Equivalence.Side {
          Equivalence.Side(
            [policy.tier(sources.conditions(of: policy), for: .symbolic(sources))], .sourceGroups)
        }
        let equivalence = try Equivalence(
          intended: side(old), actual: side(new), under: .senders(of: family), witnessLimit: limit)
        count += equivalence.differenceCount
        differences += equivalence.witnesses.map { Difference($0, equivalence, sources) }
      }
      differences = Array(differences.prefix(limit))
    }
  }
}

extension SourceGroupPolicy {
  fileprivate var hasNames: Bool { groups.contains { $0.rules.contains { !$0.destinations.names.isEmpty } } }

  fileprivate var hasBlocks: Bool {
    groups.contains { $0.rules.contains { !$0.destinations.blocks.isEmpty } }
  }
}

extension SymbolicWorld.Conditions {
  /// Every sender has one address of a family, and only other addresses of that family are destinations: the marks of
  /// ``SymbolicSources`` say where senders' addresses lie.
  fileprivate static func senders(of family: AddressFamily) -> SymbolicWorld.Conditions {
    func block(_ family: AddressFamily, _ prefixLength: Int) -> CIDR {
      CIDR(IPAddress(family, bits: 0), prefixLength: prefixLength)
    }
    var conditions = SymbolicWorld.Conditions()
    conditions.podBlocks = [block(family, family.bitWidth)]
    conditions.nodeBlocks = AddressFamily.allCases.filter { $0 != family }.map { block($0, 0) }
    return conditions
  }
}

extension SourceGroupPlan.Difference {
  fileprivate init(
    _ witness: Equivalence.Witness, _ equivalence: Equivalence, _ sources: SymbolicSources
  ) {
    let world = equivalence.symbolicWorld.world
    var (source, destination) = (witness.source, witness.destination)
    if case .endpoint(let number, _) = witness.flow.source {
      let endpoint = world.endpoints[number]
      source = sources.words(for: endpoint, in: world)
      if let part = sources.destination(of: endpoint) {
        let isName = if case .domain = witness.flow.destination { true } else { false }
        destination = isName ? "\(destination) at \(part)" : "\(part)"
      }
    }
    self.source = source
    self.destination = destination
    traffic = witness.flow.traffic.words
    old = SourceGroupPlan.Decision(witness.intended)
    new = SourceGroupPlan.Decision(witness.actual)
  }
}

extension SourceGroupPlan.Decision {
  fileprivate init(_ verdict: Verdict) {
    outcome = verdict.outcome
    let decided = verdict.traces.first?.egress.policies.last
    let rule = decided?.rules.last?.rule
    self.rule = [decided?.policy.identity.description, rule?.path].compactMap { $0 }.joined(separator: " ")
    location =
      rule?.location ?? decided?.policy.location
      ?? SourceLocation(file: SourceFile(path: "<any cluster>"), line: 1, column: 1)
  }
}

extension SymbolicSources {
  /// Where a sender connects to; nil when rules do not tell addresses apart, or senders carry no mark of it.
  fileprivate func destination(of sender: Endpoint) -> AddressSet? {
    destinations?.part(sender.labels[Mark.destination])
  }

  /// What a sender of a symbolic world is like.
  fileprivate func words(for endpoint: Endpoint, in world: World) -> String {
    func number(_ key: String) -> Int? { endpoint.labels[key].flatMap { Int($0.dropFirst()) } }
    func has(_ key: String) -> Bool { endpoint.labels[key] != nil }
    let integration = number(Mark.integration).flatMap {
      integrations.indices.contains($0) ? integrations[$0] : nil
    }
    var words: [String] = []
    if let integration {
      words.append(
        "a \(has(Mark.node) ? "node" : has(Mark.hostNetwork) ? "host-network pod" : "pod") of \(integration)")
      let labels = endpoint.labels.entries.filter { !$0.key.hasPrefix(Mark.prefix) }
      if !labels.isEmpty { words.append("with " + Self.text(labels)) }
      let namespace = world.namespaces[endpoint.namespace].labels.entries.filter {
        namespaceKeys.contains($0.key)
      }
      if !namespace.isEmpty { words.append("in a namespace with " + Self.text(namespace)) }
      if endpoint.serviceAccount != "default" { words.append("as \(endpoint.serviceAccount)") }
      for (index, service) in services.enumerated()
      where has("\(Mark.service)\(index)") && service.integration == integration {
        words.append("behind the Service \(service.name)")
      }
    } else {
      words.append("a sender of no integration")
    }
    if let part = addresses.part(endpoint.labels[Mark.address]) { words.append("at an address in \(part)") }
    if let part = ports.part(endpoint.labels[Mark.port]) { words.append("from port \(part)") }
    if let zone = number(SourceConditions.zoneLabel), zones.indices.contains(zone) {
      words.append("that comes in through \(zones[zone])")
    }
    return words.joined(separator: " ")
  }

  private static func text(_ labels: some Sequence<Labels.Entry>) -> String {
    labels.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
  }
}
