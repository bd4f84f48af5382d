internal import Kubernetes
internal import PolicyModel

/// Every kind of pod that some selectors tell apart, each with attributes that make a pod of it.
///
/// Attributes are given values one after the other, and what selectors still ask for afterwards is kept: two kinds of
/// which they will never tell anything apart again are one. O(kinds × values × selectors that are still open), where
/// selectors of different workloads are closed by the first label in which they differ.
struct DistinguishableKinds {
  /// Attributes of a kind, and the selectors that it meets.
  struct Kind {
    /// In the order in which they were given; absent ones have nil.
    fileprivate(set) var values: [(attribute: Attribute, value: String?)]
    /// Indices of selectors, ascending.
    fileprivate(set) var met: [Int32]
  }

  private struct State {
    var kind: Kind
    /// Selectors that depend on attributes which have no value yet.
    var open: [Open]
    /// The namespace whose labels are known, while labels of namespaces are given.
    var namespace: Int32
  }

  private struct Open: Hashable {
    let selector: Int32
    let rest: ExpressionArena.ID
  }

  private struct Key: Hashable {
    let met: [Int32]
    let open: [Open]
    let namespace: Int32
  }

  /// In the order in which they were found.
  private(set) var kinds: [Kind] = []
  private var arena = ExpressionArena()
  private let namespaces: [Namespace]
  private let limit: Int

  /// - Parameters:
  ///   - namespaces: those whose labels are known.
  ///   - limit: more kinds than that are an error.
  init(
    of selectors: [LabelExpression], namespaces: [Namespace], limit: Int
  ) throws(TooManyDistinctions) {
    self.namespaces = namespaces
    self.limit = limit
    var open: [Open] = []
    for (index, selector) in selectors.enumerated() {
      open.append(Open(selector: Int32(index), rest: arena.number(of: selector)))
    }
    var states = [Self.closed(State(kind: Kind(values: [], met: []), open: open, namespace: -1))]
    for attribute in order(of: open) { states = try step(states, attribute) }
    kinds = states.map(\.kind)
  }

  /// The name of the namespace first, then what else there is of it, and before other attributes those with many values,
  /// which close most selectors.
  private func order(of open: [Open]) -> [Attribute] {
    var valueCounts: [Attribute: Int] = [.namespaceLabel(Namespace.nameLabel): 0]
    for entry in open {
      for attribute in arena.attributes(of: entry.rest) { valueCounts[attribute, default: 0] += 1 }
    }
    return valueCounts.sorted { left, right in
      let (a, b) = (Self.rank(left.key), Self.rank(right.key))
      if a != b { return a < b }
      return left.value != right.value
        ? left.value > right.value : left.key.description < right.key.description
    }.map(\.key)
  }

  private static func rank(_ attribute: Attribute) -> Int {
    switch attribute {
    case .namespaceLabel(Namespace.nameLabel): 0
    case .namespaceLabel: 1
    case .label, .unseenLabel, .serviceAccountName, .serviceAccountLabel, .hostNetwork: 2
    }
  }

  private mutating func step(_ states: [State], _ attribute: Attribute) throws(TooManyDistinctions) -> [State]
  {
    var found: [State] = []
    var known: Set<Key> = []
    for state in states {
      for value in values(of: attribute, in: state) {
        var next = state
        next.kind.values.append((attribute, value))
        if attribute == .namespaceLabel(Namespace.nameLabel) {
          next.namespace = namespaces.firstIndex { $0.name == value }.map { Int32($0) } ?? -1
        } else if Self.rank(attribute) > 1 {
          next.namespace = -1
        }
        next.open = state.open.map {
          Open(selector: $0.selector, rest: arena.rest(of: $0.rest, attribute, is: value))
        }
        next = Self.closed(next)
        let key = Key(met: next.kind.met, open: next.open, namespace: next.namespace)
        if known.insert(key).inserted { found.append(next) }
        if found.count > limit { throw TooManyDistinctions(limit: limit) }
      }
    }
    return found
  }

  /// Takes selectors that are decided out of the open ones.
  private static func closed(_ state: State) -> State {
    var state = state
    let met = state.open.filter { $0.rest == ExpressionArena.yes }.map(\.selector)
    if !met.isEmpty { state.kind.met = (state.kind.met + met).sorted() }
    state.open.removeAll { $0.rest == ExpressionArena.yes || $0.rest == ExpressionArena.no }
    return state
  }

  /// Values of an attribute that what is open tells apart: those that are named, another one, and none.
  private func values(of attribute: Attribute, in state: State) -> [String?] {
    switch attribute {
    case .hostNetwork, .unseenLabel: return [nil]
    case .namespaceLabel(let key) where key != Namespace.nameLabel && state.namespace >= 0:
      return [namespaces[Int(state.namespace)].labels[key]]
    case .label, .namespaceLabel, .serviceAccountName, .serviceAccountLabel: break
    }
    var tests: Set<AttributeRequirement.Test> = []
    for entry in state.open { tests.formUnion(arena.tests(of: attribute, in: entry.rest)) }
    let named = Self.values(of: tests).filter(attribute.canBe)
    let other = Self.unmentioned(named, tests)
    switch attribute {
    case .namespaceLabel(Namespace.nameLabel), .serviceAccountName: return named + [other]
    default: return tests.isEmpty ? [nil] : named + [other, nil]
    }
  }

  /// Values that tests name, sorted, and combinations of the parts that they ask for.
  private static func values(of tests: Set<AttributeRequirement.Test>) -> [String] {
    var values: Set<String> = []
    var starts: Set<String> = [""]
    var parts: Set<String> = [""]
    var ends: Set<String> = [""]
    for test in tests {
      switch test {
      case .isIn(let named), .isNotIn(let named): values.formUnion(named)
      case .startsWith(let part): starts.insert(part)
      case .contains(let part): parts.insert(part)
      case .endsWith(let part): ends.insert(part)
      case .exists, .doesNotExist: continue
      }
    }
    // With nothing between them, parts could make a part that nobody asked for.
    for start in starts {
      for part in parts.union([parts.sorted().joined(separator: "0")]) {
        for end in ends { values.insert([start, part, end].filter { !$0.isEmpty }.joined(separator: "0")) }
      }
    }
    values.remove("")
    for case .isIn(let named) in tests where named.contains("") { values.insert("") }
    return values.sorted()
  }

  /// A value that meets no test for a value or a part.
  private static func unmentioned(_ named: [String], _ tests: Set<AttributeRequirement.Test>) -> String {
    var value = "other"
    func isMentioned(_ value: String) -> Bool {
      tests.contains { test in
        switch test {
        case .isIn, .startsWith, .contains, .endsWith: test.isMet(by: value)
        case .isNotIn: !test.isMet(by: value)
        case .exists, .doesNotExist: false
        }
      }
    }
    var number = 2
    while isMentioned(value), number < 1000 {
      value = number.isMultiple(of: 2) ? "\(number)" : "another\(number)"
      number += 1
    }
    return value
  }
}

/// Policies distinguish more kinds of pods than a proof goes through.
package struct TooManyDistinctions: Error, Sendable {
  package let limit: Int
}
