internal import Kubernetes
internal import Nftables
internal import SourceGroups

/// What becomes of a document, whoever its senders are: its groups as chains of rules.
struct DocumentProgram: Sendable {
  let policy: SourceGroupPolicy
  let settings: GatewaySettings
  let ruleNames: RuleNames
  private(set) var names = ProgramNames()
  private(set) var counters: Set<NamedCounter> = [NamedCounter(GatewayTable.unconnected)]
  private var chainsByName: [ChainName: Chain] = [:]
  /// Those that have any rules.
  private(set) var groupChains: [Asked: ChainName] = [:]
  /// What comes after the last group.
  let last = Verdict.goto(GatewayTable.last)
  /// Where members of sources that deny when they are stale go then.
  private(set) var staleDenials: [SourceKey: (counter: CounterName, chain: ChainName)] = [:]

  /// All chains but those of classes.
  ///
  /// - Parameter unresolved: groups that are asked for their denials by senders that are no known members.
  func chains(unresolved: Set<String>) -> [Chain] {
    let unused = groupChains.filter { $0.key.extent == .denials && !unresolved.contains($0.key.group) }
    let names = Set(unused.values)
    return chainsByName.values.filter { !names.contains($0.name) }
  }

  /// A part of a group.
  struct Asked: Sendable, Hashable {
    let group: String
    let extent: SenderClass.Extent
  }

  init(_ policy: SourceGroupPolicy, _ settings: GatewaySettings) {
    self.policy = policy
    self.settings = settings
    ruleNames = RuleNames(policy)
    addRefusal()
    for group in policy.groups {
      for extent in [SenderClass.Extent.everything, .denials] { addChain(of: group, extent) }
      if group.mode == .enforce { addStaleDenials(of: group) }
    }
    addDefault()
  }

  private mutating func add(_ name: ChainName, _ rules: [Rule]) {
    chainsByName[name] = Chain(name, rules)
  }

  // MARK: - Denials

  private mutating func addRefusal() {
    let rules: [Rule]
    switch settings.refusal {
    case .drop: rules = [Rule([], [], .drop)]
    case .reject:
      rules = [
        Rule([.match(.transport(6)), .reject(.tcpReset)]), Rule([.reject(.administrativelyProhibited)]),
      ]
    }
    add(GatewayTable.refuse, rules)
  }

  /// The counter of a rule and where it sends what it denies.
  private mutating func denial(by rule: ProgramNames.Rule) -> (counter: CounterName, chain: ChainName) {
    let identifier = names.identifier(of: rule)
    let chain = GatewayTable.deny(rule: identifier)
    add(
      chain,
      [
        Rule([.rate(settings.logRate)], [.log(log("deny", rule))]),
        Rule([], [], .goto(GatewayTable.refuse)),
      ])
    return (counter(of: rule), chain)
  }

  /// - Parameter kind: of ``LogReading``.
  private mutating func log(_ kind: SafeText, _ rule: ProgramNames.Rule) -> Log {
    let group = rule.group.map { names.identifier(ofGroup: $0) } ?? 0
    let identifier = names.identifier(of: rule)
    return Log(
      prefix: SafeText(adapting: "v=\(kind.text) g=\(group.hexadecimal) r=\(identifier.hexadecimal) "),
      group: settings.logGroup, length: settings.logLength)
  }

  private mutating func counter(of rule: ProgramNames.Rule) -> CounterName {
    let counter = GatewayTable.counter(rule: names.identifier(of: rule))
    counters.insert(NamedCounter(counter))
    return counter
  }

  private mutating func addStaleDenials(of group: SourceGroup) {
    for (place, source) in group.sources.enumerated() where source.onStale == .deny && source.lease != nil {
      staleDenials[SourceKey(group: group.id, source: place)] = denial(
        by: .stale(source: place, in: group.id))
    }
  }

  private mutating func addDefault() {
    let rule: Rule
    switch policy.defaultPolicy.value {
    case .allow: rule = Rule([], [.countIn(counter(of: .defaultPolicy))], .accept)
    case .deny:
      let denial = denial(by: .defaultPolicy)
      rule = Rule([], [.countIn(denial.counter)], .goto(denial.chain))
    }
    add(GatewayTable.last, [rule])
  }

  // MARK: - Groups

  private mutating func addChain(of group: SourceGroup, _ extent: SenderClass.Extent) {
    var rules: [Rule] = []
    for rule in group.rules where extent == .everything || rule.action == .deny {
      rules += compiled(rule.matches(ruleNames), .rule(rule.id, in: group.id), rule.action, rule.mode)
    }
    if let action = group.defaultAction?.value, extent == .everything || action == .deny {
      rules += compiled([[]], .defaultAction(of: group.id), action, group.mode)
    }
    if rules.isEmpty { return }
    let identifier = names.identifier(ofGroup: group.id)
    let counter = GatewayTable.counter(group: identifier)
    counters.insert(NamedCounter(counter))
    let chain = GatewayTable.group(identifier, extent)
    add(chain, [Rule([], [.countIn(counter)])] + rules)
    groupChains[Asked(group: group.id, extent: extent)] = chain
  }

  /// The rules for what a rule or a default action does with connections that match in one of some ways.
  private mutating func compiled(
    _ ways: [[Match]], _ rule: ProgramNames.Rule, _ action: GroupAction, _ mode: GroupMode
  ) -> [Rule] {
    switch (mode, action) {
    case (.enforce, .allow):
      let counter = counter(of: rule)
      return ways.map { Rule($0, [.countIn(counter)], .accept) }
    case (.enforce, .deny):
      let denial = denial(by: rule)
      return ways.map { Rule($0, [.countIn(denial.counter)], .goto(denial.chain)) }
    case (.audit, _): return noted(ways, rule)
    }
  }

  /// What is noted, once for each packet, and goes on to the next rule.
  private mutating func noted(_ ways: [[Match]], _ rule: ProgramNames.Rule) -> [Rule] {
    let counter = counter(of: rule)
    let note: [Statement] = [
      .countIn(counter), .match(.rate(settings.logRate)), .log(log("audit", rule)),
    ]
    if ways.count < 2 { return ways.map { Rule($0.map(Statement.match) + note) } }
    let identifier = names.identifier(of: rule)
    let (watch, target) = (GatewayTable.watch(rule: identifier), GatewayTable.note(rule: identifier))
    add(target, [Rule(note)])
    add(watch, ways.map { Rule($0, [], .goto(target)) })
    return [Rule([], [], .jump(watch))]
  }
}
