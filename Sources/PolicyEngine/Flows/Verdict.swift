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
  package let outcome: Outcome
  package let egress: Outcome
  package let ingress: Outcome
  /// One situation when all agree; when they do not, one that allows and one that denies, in this order.
  package let traces: [Trace]
}

/// Why a flow is allowed or denied in one concrete situation.
package struct Trace: Sendable {
  package let situation: Situation
  package let egress: DirectionTrace
  package let ingress: DirectionTrace

  package var isAllowed: Bool { egress.isAllowed && ingress.isAllowed }
}
