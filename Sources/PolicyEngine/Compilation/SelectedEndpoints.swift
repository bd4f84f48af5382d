internal import Kubernetes

/// Whom policies select, as endpoints.
package struct SelectedEndpoints: Sendable {
  private let compiled: CompiledPolicies
  /// For each facet, the endpoints that have it.
  private let endpointsOfFacet: [[Int]]

  /// O(endpoints).
  package init(_ compiled: CompiledPolicies) {
    self.compiled = compiled
    var endpoints = [[Int]](repeating: [], count: compiled.facets.count)
    for (endpoint, number) in compiled.classOfEndpoint.enumerated()
    where !compiled.world.endpoints[endpoint].isFinished {
      for facet in compiled.classes[Int(number)].facets { endpoints[Int(facet)].append(endpoint) }
    }
    endpointsOfFacet = endpoints
  }

  /// Endpoints that a policy selects in some case that they stand for, ascending. O(facets/64 + endpoints found).
  package func of(policy: Int) -> [Int] { endpoints(compiled.subjects[policy]) }

  /// Endpoints that the peers of a rule match whatever is not known; nil for all of them.
  package func ofPeers(rule: Int32) -> [Int]? {
    switch compiled.rules[Int(rule)].peers {
    case .fixed(let parties), .withBlocks(let parties, _): endpoints(parties.facets)
    case .general: nil
    }
  }

  private func endpoints(_ facets: BitSet) -> [Int] {
    var found: [Int] = []
    facets.forEach { found += endpointsOfFacet[$0] }
    // Facets of one endpoint give it several times.
    return Array(Set(found)).sorted()
  }
}
