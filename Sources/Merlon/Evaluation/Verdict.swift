internal import PolicyEngine
internal import Review

/// An answer about connections, with how it came about.
public struct Verdict: Sendable, CustomStringConvertible {
  /// What becomes of them.
  public enum Outcome: String, Sendable, Hashable {
    /// All of them work.
    case allowed
    /// None of them works.
    case denied
    /// Some work and some do not, or the specification leaves it open.
    case undefined
  }

  /// What becomes of all of them.
  public let outcome: Outcome
  /// The walk over all policies and rules that decided it, one rule a line, with their places.
  public let explanation: String

  /// The outcome and the explanation.
  public var description: String { "\(outcome.rawValue)\n\(explanation)" }
}

extension Verdict.Outcome {
  init(_ outcome: PolicyEngine.Outcome) {
    switch outcome {
    case .allowed: self = .allowed
    case .denied: self = .denied
    case .undefined: self = .undefined
    }
  }
}
