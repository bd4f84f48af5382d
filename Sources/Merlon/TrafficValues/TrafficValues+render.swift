internal import Dialects
internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel
internal import Review

extension TrafficValues {
  /// The values in a dialect, with their rules in its words.
  ///
  /// Strict as ``Intent/render(_:accepting:)``. A rule of the values that the dialect's reader refuses is thrown; what the
  /// others do is in ``Rendering/passthrough``, and ``Rendering/prove()`` names it.
  ///
  /// - Parameters:
  ///   - dialect: nil for the one that the values choose.
  ///   - accepted: names of losses to live with.
  public func render(
    _ dialect: Dialect? = nil, accepting accepted: Set<Loss.Name> = []
  ) throws(Problems) -> Rendering {
    let dialect = dialect ?? self.dialect
    var rendering = try intent.render(dialect, accepting: accepted)
    let policy = PolicyIdentity(kind: "Policy", namespace: workload.namespace, name: workload.name)
    var problems: [Diagnostic] = []
    for rule in passthrough where rule.dialect == dialect {
      rendering.add(rule, to: policy, of: workload, &problems)
    }
    if !problems.isEmpty { throw Problems(problems) }
    return rendering
  }
}

extension Rendering {
  /// Adds a rule to a policy's object, and finds out what it does there.
  fileprivate mutating func add(
    _ rule: PassthroughRule, to policy: PolicyIdentity, of workload: Workload, _ problems: inout [Diagnostic]
  ) {
    guard let objects = rule.added(to: written.objects, policy: policy),
      let alone = rule.alone(in: written.objects, policy: policy)
    else {
      problems.append(
        Diagnostic(
          .refusedRule, .error, "there is no policy that `\(rule.path)` could be part of", at: rule.location))
      return
    }
    let own = ReadPolicies(alone.yaml, dialect.writable)
    let added = ReadPolicies(objects.yaml, dialect.writable)
    let errors = own.errors.isEmpty ? added.errors : own.errors
    if !errors.isEmpty {
      for error in errors {
        problems.append(
          Diagnostic(
            .refusedRule, .error, "`\(rule.path)` is refused: \(error.message)", at: rule.location,
            fix: error.fix))
      }
      return
    }
    let change = PassthroughChange(
      from: ReadPolicies(written.objects.yaml, dialect.writable).tiers, to: added.tiers, dialect, conditions)
    passthrough.append(
      Passthrough(
        path: rule.path, effect: change.effect, example: change.example, location: rule.location.description))
    written.objects = objects
    // What the intent does not mean, and the proof tolerates as far as the rule reaches.
    written.losses.append(
      Dialects.Loss(
        .passthrough, .init(change.tolerated, on: own.tiers.flatMap(\.policies).flatMap(\.rules)),
        "\(rule.path) \(change.effect.rawValue)\(change.example.map { ", such as \($0)" } ?? "")",
        policy: policy, at: rule.location, subject: workload.pods.endpoints))
  }
}

/// What becomes of connections when policies are replaced.
private struct PassthroughChange {
  let effect: Passthrough.Effect
  let example: String?

  init(
    from before: [Tier], to after: [Tier], _ dialect: Dialect, _ conditions: SymbolicWorld.Conditions
  ) {
    let profile = dialect.writable.profile.takingHostNetworkForNodes()
    func compared(tolerating tolerance: Equivalence.Tolerance = .init()) -> Equivalence? {
      try? Equivalence(
        intended: Equivalence.Side(before, profile), actual: Equivalence.Side(after, profile),
        tolerating: tolerance, under: conditions, comparesOtherProtocols: dialect != .kubernetes,
        witnessLimit: 1)
    }
    guard let plain = compared() else {
      (effect, example) = (.unknown, nil)
      return
    }
    example = plain.witnesses.first.map {
      "\($0.source) -> \($0.destination) \(Wording.text($0.flow.traffic))"
    }
    if plain.holds {
      effect = .none
      return
    }
    let everything = (before + after).flatMap(\.policies).map { $0.everyConnection }
    var (wider, narrower) = (Equivalence.Tolerance(), Equivalence.Tolerance())
    wider.widening = everything
    narrower.narrowing = everything
    if compared(tolerating: wider)?.holds ?? false {
      effect = .widens
    } else {
      effect = compared(tolerating: narrower)?.holds ?? false ? .narrows : .changes
    }
  }

  var tolerated: Dialects.Loss.Effect {
    switch effect {
    case .widens: .widens
    case .narrows: .narrows
    case .changes, .unknown: [.widens, .narrows]
    case .none: []
    }
  }
}

extension PolicyModel.Policy {
  /// The same policy with rules that match everything.
  fileprivate var everyConnection: PolicyModel.Policy {
    with(
      isolates: [],
      rules: Direction.allCases.map {
        PolicyModel.Rule(
          direction: $0, path: $0.name, peers: .anyone, traffic: .any, location: location)
      })
  }
}

extension Diagnostic.Code {
  /// A rule in an engine's own words that the engine would refuse.
  static let refusedRule = Self(rawValue: "refused-rule")
}
