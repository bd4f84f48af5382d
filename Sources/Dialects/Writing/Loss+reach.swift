package import PolicyModel

extension Loss {
  /// The connections of a subject that a loss is about: those that one of some rules matches, whatever its action.
  package struct Reach: Sendable {
    package let effect: Effect
    /// What may be let through that was meant to be denied.
    package let widened: [Rule]
    /// What may be denied that was meant to be let through.
    package let narrowed: [Rule]

    /// An effect on all that some rules match.
    package init(_ effect: Effect, on rules: [Rule]) {
      self.effect = effect
      widened = effect.contains(.widens) ? rules : []
      narrowed = effect.contains(.narrows) ? rules : []
    }

    private init(widened: [Rule], narrowed: [Rule]) {
      self.widened = widened
      self.narrowed = narrowed
      effect = (widened.isEmpty ? [] : Effect.widens).union(narrowed.isEmpty ? [] : .narrows)
    }

    /// When a policy is left out: what it allowed is perhaps denied, and what it denied is perhaps let through.
    static func leavingOut(_ policy: Policy) -> Reach {
      Reach(
        widened: policy.closings + policy.rules.filter { Effect.leavingOut($0.action).contains(.widens) },
        narrowed: policy.rules.filter { Effect.leavingOut($0.action).contains(.narrows) })
    }

    /// When a policy is about more pods than it is meant for.
    static func overstating(_ policy: Policy) -> Reach {
      Reach(
        widened: policy.rules.filter { Effect.overstating($0.action).contains(.widens) },
        narrowed: policy.closings + policy.rules.filter { Effect.overstating($0.action).contains(.narrows) })
    }
  }
}

extension Policy {
  /// Everything in the directions that it closes.
  fileprivate var closings: [Rule] {
    Direction.allCases.filter(isolates.contains).map {
      Rule(direction: $0, path: $0.name, peers: .anyone, traffic: .any, location: location)
    }
  }
}
