internal import Kubernetes
internal import PolicyModel

/// Namespaces, by name or by label.
///
/// A string literal is one name, an array literal several: `"shop"`, `["shop", "data"]`.
public enum Namespaces: Sendable, Hashable {
  /// Every namespace.
  case all
  /// Those of these names. Without names it is an error.
  case named([String])
  /// Those with labels that the selector demands. Not every dialect has subjects of that form.
  case labelled(Selector)

  /// The one of this name.
  public static func named(_ name: String) -> Namespaces { .named([name]) }
}

extension Namespaces: ExpressibleByStringLiteral {
  /// The one of this name.
  public init(stringLiteral name: String) { self = .named([name]) }
}

extension Namespaces: ExpressibleByArrayLiteral {
  /// Those of these names.
  public init(arrayLiteral names: String...) { self = .named(names) }
}

extension Namespaces: CustomStringConvertible {
  /// `namespace shop`, `namespaces with team=a`, `all namespaces`.
  public var description: String {
    switch self {
    case .all: "all namespaces"
    case .named(let names):
      "\(names.count == 1 ? "namespace" : "namespaces") \(names.sorted().joined(separator: ", "))"
    case .labelled(let selector): "namespaces with \(selector)"
    }
  }
}

extension Namespaces {
  var scope: NamespaceScope {
    switch self {
    case .all: .all
    case .named(let names):
      names.count == 1
        ? .named(names[0])
        : .matching(.attribute(.namespaceLabel(Namespace.nameLabel), .isIn(Set(names).sorted())))
    case .labelled(let selector): .matching(selector.expression(of: Attribute.namespaceLabel))
    }
  }

  /// The only namespace that it can be.
  var soleName: String? {
    if case .named(let names) = self, Set(names).count == 1 { names[0] } else { nil }
  }

  var problems: [String] {
    switch self {
    case .all: []
    case .labelled(let selector):
      selector.requirements.isEmpty
        ? ["namespaces by no label are all of them: write .all"] : selector.problems
    case .named(let names):
      names.isEmpty
        ? ["no namespace is named"]
        : names.compactMap { name in
          NameRules.labelNameProblem(name).map { "the namespace name `\(name)` \($0)" }
        }
    }
  }
}
