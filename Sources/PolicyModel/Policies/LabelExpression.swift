package import Kubernetes

/// A condition on labels: all requirements together. Without any it is true for everything.
package struct LabelExpression: Sendable {
  package let requirements: [Located<LabelRequirement>]

  package init(_ requirements: [Located<LabelRequirement>]) {
    self.requirements = requirements
  }

  package init(_ selector: LabelSelector) {
    requirements = selector.requirements
  }

  /// True for everything.
  package static let everything = LabelExpression([])

  package var isEverything: Bool { requirements.isEmpty }

  package func matches(_ labels: Labels) -> Bool {
    requirements.allSatisfy { $0.value.matches(labels[$0.value.key]) }
  }
}

extension LabelExpression: CustomStringConvertible {
  /// kubectl's spelling, `app=web,tier in (a,b)`.
  package var description: String {
    requirements.map(\.value.description).joined(separator: ",")
  }
}
