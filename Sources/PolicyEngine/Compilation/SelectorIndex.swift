internal import Kubernetes
internal import PolicyModel

/// Answers which facets a selector matches, through an inverted label index: a selector costs a few bitset
/// operations and never looks at an endpoint.
struct SelectorIndex {
  private let world: World
  private let vocabulary: Vocabulary
  private let size: Int
  private let everything: BitSet
  private let selectable: BitSet
  private var withKey: [BitSet]
  private var withValue: [UInt64: BitSet] = [:]
  private var byNamespace: [BitSet]
  /// Facets that are part of a known node, by node.
  private var byNode: [Int32: BitSet] = [:]
  /// Facets that are part of a node of which nothing is known: it has no labels.
  private let ofUnknownNode: BitSet
  private let ofSomeNode: BitSet
  private var requirements: [AttributeRequirement: BitSet] = [:]
  private var namespaceScopes: [[AttributeRequirement]: BitSet] = [:]

  /// O(facets × visible labels).
  init(_ world: World, _ vocabulary: Vocabulary, facets: [Facet], labelSignatures: [[UInt64]]) {
    self.world = world
    self.vocabulary = vocabulary
    size = facets.count
    everything = BitSet(allBelow: facets.count)
    let empty = BitSet(size: facets.count)
    withKey = [BitSet](repeating: empty, count: Int(vocabulary.keyCount))
    byNamespace = [BitSet](repeating: empty, count: world.namespaces.count)
    var selectable = empty
    var ofSomeNode = empty
    var ofUnknownNode = empty
    for (index, facet) in facets.enumerated() {
      byNamespace[Int(facet.namespace)].insert(index)
      if facet.isSelectable { selectable.insert(index) }
      if facet.isOnNodeNetwork {
        ofSomeNode.insert(index)
        switch facet.node {
        case .known(let node)?: byNode[node, default: empty].insert(index)
        case .unlisted?, nil: ofUnknownNode.insert(index)
        }
      }
      for label in labelSignatures[Int(facet.labels)] {
        withKey[Int(label >> 32)].insert(index)
        if label & 0xFFFF_FFFF != 0 { withValue[label, default: empty].insert(index) }
      }
    }
    self.selectable = selectable
    self.ofSomeNode = ofSomeNode
    self.ofUnknownNode = ofUnknownNode
  }

  /// The facets that a selector matches as peers.
  mutating func matches(_ selector: EndpointSelector) -> BitSet {
    carriers(of: selector).intersection(selectable)
  }

  /// The facets whose labels and namespace a selector matches, those that cannot be peers included.
  mutating func carriers(of selector: EndpointSelector) -> BitSet {
    facets(in: selector.namespaces).intersection(facets(meeting: selector.pods))
  }

  /// The facets that count as nodes and are on one that a selector matches.
  func matches(_ selector: NodeSelector) -> BitSet {
    if selector.isEverything { return ofSomeNode }
    var result = selector.containsUnknown ? ofUnknownNode : BitSet(size: size)
    for (node, facets) in byNode where selector.contains(world.nodes[Int(node)]) { result.formUnion(facets) }
    return result
  }

  private mutating func facets(in scope: NamespaceScope) -> BitSet {
    switch scope {
    case .named(let name):
      return world.namespace(named: name).map { byNamespace[$0] } ?? BitSet(size: size)
    case .matching(let expression):
      if expression.isEverything { return everything }
      let key = expression.conjunction
      if let key, let known = namespaceScopes[key] { return known }
      var result = BitSet(size: size)
      for (index, namespace) in world.namespaces.enumerated() where scope.contains(namespace) {
        result.formUnion(byNamespace[index])
      }
      if let key { namespaceScopes[key] = result }
      return result
    }
  }

  private mutating func facets(meeting expression: LabelExpression) -> BitSet {
    switch expression {
    case .requirement(let requirement): return facets(meeting: requirement.value)
    case .attribute(let attribute, let test): return facets(meeting: AttributeRequirement(attribute, test))
    case .all(let parts):
      var result = everything
      for part in parts { result.formIntersection(facets(meeting: part)) }
      return result
    case .any(let parts):
      var result = BitSet(size: size)
      for part in parts { result.formUnion(facets(meeting: part)) }
      return result
    case .not(let part): return everything.subtracting(facets(meeting: part))
    }
  }

  private mutating func facets(meeting requirement: AttributeRequirement) -> BitSet {
    if let known = requirements[requirement] { return known }
    let result: BitSet
    if case .namespaceLabel = requirement.attribute {
      var matching = BitSet(size: size)
      for (index, namespace) in world.namespaces.enumerated()
      where requirement.matches(namespace.value(of: requirement.attribute)) {
        matching.formUnion(byNamespace[index])
      }
      result = matching
    } else {
      result = facetsByKey(meeting: requirement)
    }
    requirements[requirement] = result
    return result
  }

  private func facetsByKey(meeting requirement: AttributeRequirement) -> BitSet {
    guard let key = vocabulary.keys[requirement.attribute] else { return BitSet(size: size) }
    let present = withKey[Int(key.number)]
    func withAny(_ values: [String]) -> BitSet {
      var found = BitSet(size: size)
      for value in values {
        guard let number = key.values[value] else { continue }
        if let members = withValue[Vocabulary.word(key.number, number)] { found.formUnion(members) }
      }
      return found
    }
    switch requirement.test {
    case .isIn(let values): return withAny(values)
    case .isNotIn(let values): return everything.subtracting(withAny(values))
    case .exists: return present
    case .doesNotExist: return everything.subtracting(present)
    case .contains, .startsWith, .endsWith:
      return key.tests[requirement.test].map { withKey[Int($0)] } ?? BitSet(size: size)
    }
  }
}
