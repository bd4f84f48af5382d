/// An answer.
package enum Outcome: String, Sendable, Hashable {
  case allowed
  case denied
  /// The specification leaves it open, or it depends on something the input does not say.
  case undefined

  /// The outcome over all situations that a flow may stand for; undefined when there is none.
  init(sawAllowed: Bool, sawDenied: Bool) {
    self = sawAllowed == sawDenied ? .undefined : sawAllowed ? .allowed : .denied
  }
}

/// The answer to a ``Flow`` with how it came about.
package struct Verdict: Sendable {
  /// Over both directions. It is not made of the other two: each of them may depend on something, and both on the same.
  package let outcome: Outcome
  /// Whether the source may send it.
  package let egress: Outcome
  /// Whether the destination may receive it.
  package let ingress: Outcome
  /// One situation when all agree; when they do not, one that allows and one that denies, in this order.
  package let traces: [Trace]
}

/// Why a flow is allowed or denied in one concrete situation.
package struct Trace: Sendable {
  /// The case that was decided, with what was assumed to come to it.
  package let situation: Situation
  /// How the source's policies decided.
  package let egress: DirectionTrace
  /// How the destination's policies decided.
  package let ingress: DirectionTrace

  /// Both ends must agree.
  package var isAllowed: Bool { egress.isAllowed && ingress.isAllowed }
}
