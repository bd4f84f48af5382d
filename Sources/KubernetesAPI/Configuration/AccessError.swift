package import Kubernetes

/// Why a cluster cannot be reached as configured, or a credential cannot be had: everything that is wrong, at least one
/// problem, each with the place in the file that says it.
package struct AccessError: Error, Sendable, Equatable {
  package let problems: [Diagnostic]

  package init(_ problems: [Diagnostic]) {
    self.problems = problems
  }

  package init(_ problem: Diagnostic) {
    problems = [problem]
  }
}

extension Diagnostic.Code {
  /// Nothing says which cluster is meant.
  package static let noCluster = Self(rawValue: "no-cluster")
  /// A context, cluster or user that is named and not there.
  package static let unknownName = Self(rawValue: "unknown-name")
  /// A credential plugin, or the file of a token or certificate, does not give what it is there for.
  package static let noCredential = Self(rawValue: "no-credential")
}

extension [Diagnostic] {
  /// Throws what was found, if anything was.
  func throwIfAny() throws(AccessError) {
    if !isEmpty { throw AccessError(sortedByLocation()) }
  }
}
