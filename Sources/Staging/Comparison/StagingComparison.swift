package import PolicyEngine

/// The kernel's answers beside the engine's.
package struct StagingComparison: Sendable {
  /// Flows for which both gave the same answer.
  package private(set) var agreed = Agreement()
  /// Flows that the engine calls undefined, so that the kernel cannot be wrong.
  package private(set) var undefined = 0
  package private(set) var differences: [Difference] = []

  package struct Agreement: Sendable, Hashable {
    package var allowed = 0
    package var denied = 0
  }

  package struct Difference: Sendable, Hashable {
    package let flow: StagedFlow
    package let engine: Outcome
    /// Whether the packet arrived.
    package let kernelAllows: Bool
  }

  package init() {}

  /// - Parameter kernelAllows: whether the packet arrived.
  package mutating func add(_ flow: StagedFlow, engine: Outcome, kernelAllows: Bool) {
    switch engine {
    case .undefined: undefined += 1
    case .allowed where kernelAllows: agreed.allowed += 1
    case .denied where !kernelAllows: agreed.denied += 1
    case .allowed, .denied:
      differences.append(Difference(flow: flow, engine: engine, kernelAllows: kernelAllows))
    }
  }

  /// How many flows were asked.
  package var count: Int { agreed.allowed + agreed.denied + undefined + differences.count }
}
