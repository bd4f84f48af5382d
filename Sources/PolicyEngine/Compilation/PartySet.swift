internal import PolicyModel

/// Something without an object that rules mention: an end of its own in reports.
enum NamedParty: Sendable, Hashable {
  /// Any name that the pattern matches, and that no narrower one does.
  case domain(DomainPattern)
  /// The API server, inside the cluster or outside.
  case apiServer(isOutside: Bool)
  case special(String)
}

/// A set of ends: facets, and beside them everything without an endpoint: address atoms, then named parties.
struct PartySet: Sendable, Equatable {
  var facets: BitSet
  var outside: BitSet

  var isEmpty: Bool { facets.isEmpty && outside.isEmpty }

  mutating func formUnion(_ other: PartySet) {
    facets.formUnion(other.facets)
    outside.formUnion(other.outside)
  }

  func union(_ other: PartySet) -> PartySet {
    PartySet(facets: facets.union(other.facets), outside: outside.union(other.outside))
  }

  func intersection(_ other: PartySet) -> PartySet {
    PartySet(facets: facets.intersection(other.facets), outside: outside.intersection(other.outside))
  }

  mutating func formIntersection(_ other: PartySet) {
    facets.formIntersection(other.facets)
    outside.formIntersection(other.outside)
  }

  mutating func subtract(_ other: PartySet) {
    facets.subtract(other.facets)
    outside.subtract(other.outside)
  }

  func subtracting(_ other: PartySet) -> PartySet {
    PartySet(facets: facets.subtracting(other.facets), outside: outside.subtracting(other.outside))
  }

  func isSubset(of other: PartySet) -> Bool {
    facets.isSubset(of: other.facets) && outside.isSubset(of: other.outside)
  }

  func intersects(_ other: PartySet) -> Bool {
    facets.intersects(other.facets) || outside.intersects(other.outside)
  }
}
