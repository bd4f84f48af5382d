package import Kubernetes
package import PolicyEngine
package import PolicyModel

/// Decides whether policies let through what is needed.
package struct NeedEvaluator: Sendable {
  private let world: World
  private let compiled: CompiledPolicies
  private let table: VerdictTable
  private let evaluator: FlowEvaluator
  /// By workload, whether policies look at what it sends, and at what it receives.
  private let isPoliced: [(egress: Bool, ingress: Bool)]
  /// By workload, what the API server's side of a connection can tell of it.
  private let looks: [[Int32]]

  package init(_ cluster: Cluster, _ compiled: CompiledPolicies, _ units: [ConnectivityUnit]) {
    world = cluster.world
    self.compiled = compiled
    table = VerdictTable(compiled)
    evaluator = FlowEvaluator(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
    var isPoliced = [(egress: Bool, ingress: Bool)](repeating: (false, false), count: world.workloads.count)
    var looks = [[Int32]](repeating: [], count: world.workloads.count)
    for unit in units {
      if compiled.concerns(unit, .egress) { isPoliced[unit.workload].egress = true }
      if compiled.concerns(unit, .ingress) { isPoliced[unit.workload].ingress = true }
      looks[unit.workload] += compiled.look(of: unit, .egress)
    }
    self.isPoliced = isPoliced
    self.looks = looks
  }

  /// The outcomes of many needs, in their order. What the same policies say of the API server is asked once.
  package func outcomes(of needs: [Need]) -> [NeedOutcome] {
    var known: [[Int32]: NeedOutcome] = [:]
    return needs.map { need in
      guard need.kind == .apiServer, case .workload(let group) = need.source else { return outcome(of: need) }
      if let outcome = known[looks[group]] { return outcome }
      let outcome = outcome(of: need)
      known[looks[group]] = outcome
      return outcome
    }
  }

  /// Cut when policies deny every way to serve the need, met when they deny none and allow one.
  package func outcome(of need: Need) -> NeedOutcome {
    var cut: NeedOutcome.Cut?
    var isOpen = false
    for target in need.targets {
      switch outcome(from: need.source, to: target) {
      case .met: isOpen = true
      case .cut(let reason): cut = cut ?? reason
      case .undefined: return .undefined
      }
    }
    if let cut { return isOpen ? .undefined : .cut(cut) }
    return isOpen ? .met : .undefined
  }

  /// One way to serve a need.
  package func outcome(from source: Need.Source, to target: Need.Target) -> NeedOutcome {
    if isOpen(source, target.end) { return .met }
    guard let flow = flow(from: source, to: target) else { return probe(target) }
    return outcome(flow, onSameNode: false)
  }

  /// What either side says to one way to serve a need.
  package func directions(
    from source: Need.Source, to target: Need.Target
  ) -> (egress: Outcome, ingress: Outcome) {
    if isOpen(source, target.end) { return (.allowed, .allowed) }
    guard let flow = flow(from: source, to: target) else { return (.allowed, .allowed) }
    if let verdict = table.verdict(flow) { return (verdict.egress.outcome, verdict.ingress.outcome) }
    let verdict = evaluator.verdict(flow, onSameNode: false)
    return (verdict.egress, verdict.ingress)
  }

  /// The connection as a flow; nil for what the kubelet opens.
  private func flow(from source: Need.Source, to target: Need.Target) -> Flow? {
    let destination: FlowEnd =
      switch target.end {
      case .workload(let group): .workload(group)
      case .apiServer: .entity(.apiServer)
      }
    let traffic = FlowTraffic.port(target.transport, target.port)
    return switch source {
    case .workload(let group): Flow(from: .workload(group), to: destination, traffic)
    case .apiServer: Flow(from: .entity(.apiServer), to: destination, traffic)
    case .ownNode: nil
    }
  }

  private func isOpen(_ source: Need.Source, _ target: Need.Target.End) -> Bool {
    if case .workload(let group) = source, isPoliced[group].egress { return false }
    if case .workload(let group) = target, isPoliced[group].ingress { return false }
    // Policies on nodes are rare, and only they police the API server's own side.
    return !compiled.policesAPIServer && evaluator.index.ofNodes.isEmpty
  }

  /// The kubelet is exempt, unless the engine lets rules deny what nodes send.
  private func probe(_ target: Need.Target) -> NeedOutcome {
    guard case .workload(let group) = target.end, compiled.profile.probeReading == .deniedByRulesOnly else {
      return .met
    }
    let nodes = world.nodes.indices.filter { node in
      world.workloads[group].endpoints.contains { world.endpoints[$0].node.map { $0 == node } ?? true }
    }
    var cut: NeedOutcome?
    for node in nodes {
      let flow = Flow(from: .node(node), to: .workload(group), .port(target.transport, target.port))
      let outcome = outcome(flow, onSameNode: true)
      guard case .cut = outcome else { return outcome }
      cut = outcome
    }
    return cut ?? .undefined
  }

  private func outcome(_ flow: Flow, onSameNode: Bool) -> NeedOutcome {
    if let verdict = table.verdict(flow) { return outcome(verdict) }
    let verdict = evaluator.verdict(flow, onSameNode: onSameNode)
    switch verdict.outcome {
    case .allowed: return .met
    case .undefined: return .undefined
    case .denied:
      guard let trace = verdict.traces.first else { return .undefined }
      let direction = !trace.egress.isAllowed ? trace.egress : trace.ingress
      // Ends without a common address family are nothing that policies cut.
      if case .noCommonFamily = direction.basis { return .undefined }
      return .cut(NeedOutcome.Cut(direction))
    }
  }

  private func outcome(_ verdict: CompiledVerdict) -> NeedOutcome {
    switch verdict.outcome {
    case .allowed: return .met
    case .undefined: return .undefined
    case .denied:
      let isEgress = verdict.egress.outcome == .denied
      let direction = isEgress ? Direction.egress : .ingress
      switch isEgress ? verdict.egress : verdict.ingress {
      case .deniedByRule(let number):
        let (policy, rule) = compiled.policyAndRule(number)
        return .cut(NeedOutcome.Cut(direction: direction, policies: [policy], rule: rule))
      case .denied(let row):
        return .cut(
          NeedOutcome.Cut(
            direction: direction, policies: compiled.closingPolicies(ofRow: row), rule: nil))
      default: return .undefined
      }
    }
  }
}

/// What policies make of a need.
package enum NeedOutcome: Sendable {
  case met
  case cut(Cut)
  /// It depends on what the input leaves open.
  case undefined

  /// Who cuts a need.
  package struct Cut: Sendable {
    package let direction: Direction
    /// The policy whose rule denies it, else those that close the direction.
    package let policies: [Policy]
    /// Nil when no rule matches.
    package let rule: Rule?

    init(direction: Direction, policies: [Policy], rule: Rule?) {
      self.direction = direction
      self.policies = policies
      self.rule = rule
    }

    init(_ trace: DirectionTrace) {
      let tier = trace.tiers.last
      if let tier, case .denied(let reference) = tier.outcome {
        let (policy, rule) = tier[reference]
        self.init(direction: trace.direction, policies: [policy], rule: rule)
      } else {
        self.init(
          direction: trace.direction, policies: tier?.policies.filter(\.isolates).map(\.policy) ?? [],
          rule: nil)
      }
    }

    /// `egress denied: no rule matches in NetworkPolicy shop/cart (cart.yaml:12)`.
    package var words: String {
      guard let rule, let policy = policies.first else {
        return "\(direction.name) \(Wording.denied(by: policies))"
      }
      return "\(direction.name) \(Wording.denied(by: policy, rule))"
    }

    /// The places of those who cut it.
    package var related: [Diagnostic.Related] {
      if let rule { return [.init(message: "denied here", location: rule.location)] }
      return policies.prefix(3).map {
        .init(message: "\($0.identity) closes \(direction.name) here", location: $0.location)
      }
    }
  }
}
