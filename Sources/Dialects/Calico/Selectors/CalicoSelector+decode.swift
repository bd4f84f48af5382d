internal import Kubernetes

extension CalicoSelector {
  /// Where `global()` may stand.
  enum GlobalUse {
    /// Nowhere.
    case forbidden
    /// It is read like `all()`, which deserves a warning.
    case meansAll
    /// As the whole of a rule's namespace selector.
    case alone
  }

  /// Reads a selector; nil when it is empty, which is as if it were absent, or wrong, which is reported.
  ///
  /// - Parameter reading: what Felix does when it cannot read the text.
  init?(
    _ node: Node, field: @autoclosure () -> String, felix reading: FelixReading,
    global use: GlobalUse = .forbidden,
    _ problems: inout [Diagnostic]
  ) {
    guard let text = node.string(field(), &problems), !text.isEmpty else { return nil }
    do {
      let expression = try CalicoSelectorParser.parse(
        text, location: node.location, textStart: node.textStart)
      self.init(expression, location: node.location)
    } catch {
      let location =
        node.textStart.map {
          SourceLocation(file: $0.file, line: $0.line, column: $0.column + UInt32(clamping: error.column - 1))
        } ?? node.location
      problems.reportInvalid(
        at: location,
        "`\(field())` is not a selector: expected \(error.expectation) in column \(error.column) of \(node.excerpt)",
        felix: reading, fix: error.fix)
      return nil
    }
    if !checkGlobal(text, node, field: field(), use, &problems) { return nil }
  }

  /// Whether `global()` stands where it may. Calico looks for it in the text, strings included.
  private func checkGlobal(
    _ text: String, _ node: Node, field: @autoclosure () -> String, _ use: GlobalUse,
    _ problems: inout [Diagnostic]
  ) -> Bool {
    guard text.hasPart("global(") else { return true }
    switch use {
    case .alone:
      if isGlobal, text.drop(while: { $0 == " " || $0 == "\t" }).hasPrefix("global(") { return true }
      problems.reportInvalid(
        node, "`global()` cannot be combined with other selectors in `\(field())`")
      return false
    case .forbidden:
      problems.reportInvalid(
        node,
        "`global()` may stand in the `namespaceSelector` of a rule's source or destination only, not in `\(field())`"
      )
      return false
    case .meansAll:
      guard expression.mentionsGlobal else { return true }
      problems.append(
        Diagnostic(
          .invalidValue, .warning,
          "`global()` means `all()` in `\(field())`; it selects host endpoints and global sets in a rule's `namespaceSelector` only",
          at: node.location))
      return true
    }
  }

  /// Whether it is `global()` and nothing else.
  var isGlobal: Bool {
    if case .term(let term) = expression { term.kind == .global } else { false }
  }
}

extension CalicoSelector.Expression {
  fileprivate var mentionsGlobal: Bool {
    switch self {
    case .anyOf(let parts), .allOf(let parts): parts.contains(where: \.mentionsGlobal)
    case .not(let part): part.mentionsGlobal
    case .term(let term): term.kind == .global
    }
  }
}
