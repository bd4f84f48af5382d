internal import Kubernetes
internal import PolicyModel

/// Expressions as numbers: equal ones have equal numbers, so that what is left of selectors, when some attributes are
/// known, is compared at a glance.
struct ExpressionArena {
  typealias ID = Int32

  /// What is false whatever an attribute's value is.
  static let no: ID = 0
  /// What is true.
  static let yes: ID = 1

  private enum Node: Hashable {
    case no
    case yes
    case requirement(AttributeRequirement)
    case all([ID])
    case any([ID])
    case not(ID)
  }

  private struct Question: Hashable {
    let node: ID
    let attribute: Attribute
    let value: String?
  }

  private var nodes: [Node] = [.no, .yes]
  private var numbers: [Node: ID] = [.no: no, .yes: yes]
  /// By node, the tests of each attribute that it asks for.
  private var tests: [[Attribute: Set<AttributeRequirement.Test>]] = [[:], [:]]
  private var answers: [Question: ID] = [:]

  /// The number of an expression.
  mutating func number(of expression: LabelExpression) -> ID {
    switch expression {
    case .requirement(let requirement): return intern(requirement.value)
    case .attribute(let attribute, let test): return intern(AttributeRequirement(attribute, test))
    case .all(let parts): return all(parts.map { number(of: $0) })
    case .any(let parts): return any(parts.map { number(of: $0) })
    case .not(let part): return not(number(of: part))
    }
  }

  /// What both say together.
  mutating func all(_ parts: [ID]) -> ID {
    var flat: Set<ID> = []
    for part in parts {
      if part == Self.no { return part }
      if case .all(let own) = nodes[Int(part)] {
        flat.formUnion(own)
      } else if part != Self.yes {
        flat.insert(part)
      }
    }
    if flat.isEmpty { return Self.yes }
    let sorted = flat.sorted()
    return sorted.count == 1 ? sorted[0] : intern(.all(sorted), of: sorted)
  }

  private mutating func any(_ parts: [ID]) -> ID {
    var flat: Set<ID> = []
    for part in parts {
      if part == Self.yes { return part }
      if case .any(let own) = nodes[Int(part)] {
        flat.formUnion(own)
      } else if part != Self.no {
        flat.insert(part)
      }
    }
    if flat.isEmpty { return Self.no }
    let sorted = flat.sorted()
    return sorted.count == 1 ? sorted[0] : intern(.any(sorted), of: sorted)
  }

  private mutating func not(_ part: ID) -> ID {
    switch nodes[Int(part)] {
    case .no: Self.yes
    case .yes: Self.no
    case .not(let inner): inner
    case .requirement, .all, .any: intern(.not(part), of: [part])
    }
  }

  private mutating func intern(_ requirement: AttributeRequirement) -> ID {
    let node = Node.requirement(requirement)
    if let known = numbers[node] { return known }
    return add(node, [requirement.attribute: [requirement.test]])
  }

  private mutating func intern(_ node: Node, of parts: [ID]) -> ID {
    if let known = numbers[node] { return known }
    var own: [Attribute: Set<AttributeRequirement.Test>] = [:]
    for part in parts { own.merge(tests[Int(part)]) { $0.union($1) } }
    return add(node, own)
  }

  private mutating func add(_ node: Node, _ tests: [Attribute: Set<AttributeRequirement.Test>]) -> ID {
    let number = ID(nodes.count)
    nodes.append(node)
    numbers[node] = number
    self.tests.append(tests)
    return number
  }

  /// The attributes that it asks for.
  func attributes(of number: ID) -> some Collection<Attribute> { tests[Int(number)].keys }

  /// What it asks of an attribute.
  func tests(of attribute: Attribute, in number: ID) -> Set<AttributeRequirement.Test> {
    tests[Int(number)][attribute] ?? []
  }

  /// What is left of an expression when an attribute has a value (nil: is absent).
  mutating func rest(of number: ID, _ attribute: Attribute, is value: String?) -> ID {
    if tests[Int(number)][attribute] == nil { return number }
    let question = Question(node: number, attribute: attribute, value: value)
    if let known = answers[question] { return known }
    let rest: ID
    switch nodes[Int(number)] {
    case .no, .yes: rest = number
    case .requirement(let requirement): rest = requirement.matches(value) ? Self.yes : Self.no
    case .all(let parts): rest = all(parts.map { self.rest(of: $0, attribute, is: value) })
    case .any(let parts): rest = any(parts.map { self.rest(of: $0, attribute, is: value) })
    case .not(let part): rest = not(self.rest(of: part, attribute, is: value))
    }
    answers[question] = rest
    return rest
  }
}
