internal import Kubernetes
internal import PolicyModel

/// Answers which facets a selector matches, through an inverted label index: a selector costs a few bitset
/// operations and never looks at an endpoint.
struct SelectorIndex {
  private let world: World
  private let vocabulary: Vocabulary
  private let size: Int
  private let selectable: BitSet
  private var withKey: [BitSet]
  private var withValue: [UInt64: BitSet] = [:]
  private var byNamespace: [BitSet]
  private var requirements: [LabelRequirement: BitSet] = [:]
  private var namespaceScopes: [[LabelRequirement]: BitSet] = [:]

  /// O(facets × visible labels).
  init(_ world: World, _ vocabulary: Vocabulary, facets: [Facet], labelSignatures: [[UInt64]]) {
    self.world = world
    self.vocabulary = vocabulary
    size = facets.count
    let empty = BitSet(size: facets.count)
    withKey = [BitSet](repeating: empty, count: vocabulary.podKeys.count)
    byNamespace = [BitSet](repeating: empty, count: world.namespaces.count)
    var selectable = empty
    for (index, facet) in facets.enumerated() {
      byNamespace[Int(facet.namespace)].insert(index)
      if facet.isSelectable { selectable.insert(index) }
      for label in labelSignatures[Int(facet.labels)] {
        withKey[Int(label >> 32)].insert(index)
        if label & 0xFFFF_FFFF != 0 { withValue[label, default: empty].insert(index) }
      }
    }
    self.selectable = selectable
  }

  /// The facets that a selector matches as peers.
  mutating func matches(_ selector: EndpointSelector) -> BitSet {
    carriers(of: selector).intersection(selectable)
  }

  /// The facets whose labels and namespace a selector matches, those that cannot be peers included.
  mutating func carriers(of selector: EndpointSelector) -> BitSet {
    var result = facets(in: selector.namespaces)
    for requirement in selector.pods.requirements {
      result.formIntersection(facets(meeting: requirement.value))
    }
    return result
  }

  private mutating func facets(in scope: NamespaceScope) -> BitSet {
    switch scope {
    case .named(let name):
      return world.namespace(named: name).map { byNamespace[$0] } ?? BitSet(size: size)
    case .matching(let expression):
      let key = expression.requirements.map(\.value)
      if let known = namespaceScopes[key] { return known }
      var result = BitSet(size: size)
      for (index, namespace) in world.namespaces.enumerated() where expression.matches(namespace.labels) {
        result.formUnion(byNamespace[index])
      }
      namespaceScopes[key] = result
      return result
    }
  }

  private mutating func facets(meeting requirement: LabelRequirement) -> BitSet {
    if let known = requirements[requirement] { return known }
    var result = BitSet(size: size)
    if let key = vocabulary.podKeys[requirement.key] {
      let present = withKey[Int(key.number)]
      func withAny(_ values: [String]) -> BitSet {
        var found = BitSet(size: size)
        for value in values {
          guard let number = key.values[value] else { continue }
          if let members = withValue[UInt64(key.number) << 32 | UInt64(number)] { found.formUnion(members) }
        }
        return found
      }
      let everything = BitSet(allBelow: size)
      switch requirement.operator {
      case .isIn(let values): result = withAny(values)
      case .isNotIn(let values): result = everything.subtracting(withAny(values))
      case .exists: result = present
      case .doesNotExist: result = everything.subtracting(present)
      }
    }
    requirements[requirement] = result
    return result
  }
}
