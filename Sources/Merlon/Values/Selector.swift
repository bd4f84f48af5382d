internal import Kubernetes
internal import PolicyModel

/// Labels that pods, namespaces or nodes must have, and must not have.
///
/// ```swift
/// ["app": "web", "track": "stable"]
/// ["app": "web"] && .notIn("track", ["canary"]) && .exists("release")
/// ```
///
/// All requirements must hold. A selector without any selects everything; write ``everything`` for that.
/// What is no label (`"a b"`, a value of 64 characters) is reported by ``Intent/check()``.
public struct Selector: Sendable, Hashable {
  enum Requirement: Sendable, Hashable {
    case isIn(String, [String])
    case isNotIn(String, [String])
    case exists(String)
    case doesNotExist(String)
  }

  /// In the order of writing, each once.
  let requirements: [Requirement]

  init(_ requirements: [Requirement]) {
    var seen: Set<Requirement> = []
    self.requirements = requirements.filter { seen.insert($0).inserted }
  }

  /// Selects everything.
  public static let everything = Selector([])

  /// Objects with these labels.
  public init(_ labels: [String: String]) {
    self.init(labels.sorted { $0.key < $1.key }.map { .isIn($0.key, [$0.value]) })
  }

  /// Objects that have the label, with one of these values. Without values it is an error.
  public static func `in`(_ key: String, _ values: [String]) -> Selector {
    Selector([.isIn(key, Set(values).sorted())])
  }

  /// Objects that do not have the label, or with another value. Without values it is an error.
  public static func notIn(_ key: String, _ values: [String]) -> Selector {
    Selector([.isNotIn(key, Set(values).sorted())])
  }

  /// Objects that have the label, whatever its value.
  public static func exists(_ key: String) -> Selector { Selector([.exists(key)]) }

  /// Objects that do not have the label.
  public static func absent(_ key: String) -> Selector { Selector([.doesNotExist(key)]) }

  /// Objects that both select.
  public static func && (left: Selector, right: Selector) -> Selector {
    Selector(left.requirements + right.requirements)
  }
}

extension Selector: ExpressibleByDictionaryLiteral {
  /// Objects with these labels. Two values of one key select nothing, which ``Intent/check()`` reports.
  public init(dictionaryLiteral labels: (String, String)...) {
    self.init(labels.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { .isIn($0.0, [$0.1]) })
  }
}

extension Selector: CustomStringConvertible {
  /// kubectl's spelling: `app=web,track notin (canary)`; empty for everything.
  public var description: String {
    requirements.map { $0.model(Attribute.label).description }.joined(separator: ",")
  }
}

extension Selector {
  /// The same as the engine knows it.
  func expression(of attribute: (String) -> Attribute = Attribute.label) -> LabelExpression {
    .all(requirements.map { $0.model(attribute).expression })
  }

  /// Labels that an object must have to be selected, as far as the selector says their values.
  var requiredLabels: [String: String] {
    var labels: [String: String] = [:]
    for case .isIn(let key, let values) in requirements where values.count == 1 { labels[key] = values[0] }
    return labels
  }

  func matches(_ labels: [String: String]) -> Bool { expression().matches(Labels(labels)) }

  /// What an API server would refuse, or what selects nothing.
  var problems: [String] {
    var found: [String] = []
    var values: [String: Set<String>] = [:]
    for requirement in requirements {
      let (key, own) = requirement.parts
      if let problem = NameRules.labelKeyProblem(key) { found.append("the label key `\(key)` \(problem)") }
      for value in own ?? [] {
        if let problem = NameRules.labelValueProblem(value) {
          found.append("the label value `\(value)` \(problem)")
        }
      }
      if let own, own.isEmpty { found.append("no value of the label `\(key)` is given") }
      if case .isIn(_, let own) = requirement, !own.isEmpty {
        let rest = values[key].map { $0.intersection(own) } ?? Set(own)
        if rest.isEmpty { found.append("nothing has two values of the label `\(key)`") }
        values[key] = rest
      }
    }
    return found
  }
}

extension Selector.Requirement {
  fileprivate var parts: (key: String, values: [String]?) {
    switch self {
    case .isIn(let key, let values), .isNotIn(let key, let values): (key, values)
    case .exists(let key), .doesNotExist(let key): (key, nil)
    }
  }

  fileprivate func model(_ attribute: (String) -> Attribute) -> AttributeRequirement {
    switch self {
    case .isIn(let key, let values): AttributeRequirement(attribute(key), .isIn(values))
    case .isNotIn(let key, let values): AttributeRequirement(attribute(key), .isNotIn(values))
    case .exists(let key): AttributeRequirement(attribute(key), .exists)
    case .doesNotExist(let key): AttributeRequirement(attribute(key), .doesNotExist)
    }
  }
}

extension AttributeRequirement {
  fileprivate var expression: LabelExpression { .attribute(attribute, test) }
}
