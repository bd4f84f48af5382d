internal import Dialects
package import Kubernetes
package import PolicyEngine
internal import PolicyModel

/// A change that must not happen.
package struct ChangeRule: Sendable {
  package enum Change: String, Sendable, CaseIterable {
    case added
    case removed
    case any
  }

  package let name: String
  package let location: SourceLocation
  package let change: Change
  /// Nil for any end.
  let source: RuleEnd?
  let destination: RuleEnd?
  /// Empty for all.
  package let ports: [FlowTraffic]
}

/// A file of rules for `merlon diff --fail-on`:
///
///     rules:
///       - name: nobody new reaches the database
///         change: added
///         from: "*/*"
///         to: shop/db
///         ports: [tcp/5432]
///
/// `change` is `added`, `removed` or, when it is left out, `any`; ends are what `merlon connectivity --from` takes.
package struct ChangeRules: Sendable {
  package private(set) var rules: [ChangeRule] = []
  /// Every one is an error; a rule with a problem is left out.
  package private(set) var problems: [Diagnostic]

  package init(_ text: SettingsText) {
    problems = text.problems
    guard let root = text.root, root.isMapping("the rules", &problems) else { return }
    let fields = StrictFields(root, type: "the file", known: ["rules"], &problems)
    guard let list = fields["rules"] else {
      problems.append(
        Diagnostic(.missingField, .error, "there are no `rules`", at: root.location))
      return
    }
    let nodes = list.list("rules", &problems) ?? []
    if nodes.isEmpty, problems.isEmpty {
      problems.append(
        Diagnostic(
          .missingField, .error, "there are no `rules`, so nothing would be forbidden", at: list.location))
    }
    for node in nodes {
      let count = problems.count
      let rule = Self.rule(node, &problems)
      if problems.count == count, let rule { rules.append(rule) }
    }
  }

  private static func rule(_ node: Node, _ problems: inout [Diagnostic]) -> ChangeRule? {
    guard node.isMapping("rules[]", &problems) else { return nil }
    let fields = StrictFields(
      node, type: "a rule", known: ["name", "change", "from", "to", "ports"], &problems)
    guard let name = fields["name"]?.string("rules[].name", &problems) else {
      problems.append(Diagnostic(.missingField, .error, "a rule needs a `name`", at: node.location))
      return nil
    }
    var change = ChangeRule.Change.any
    if let field = fields["change"], let text = field.string("rules[].change", &problems) {
      if let known = ChangeRule.Change(rawValue: text) {
        change = known
      } else {
        problems.reportInvalid(field, "`\(text)` is no change", fix: "write added, removed or any")
      }
    }
    let source = end(fields["from"], "rules[].from", &problems)
    let destination = end(fields["to"], "rules[].to", &problems)
    return ChangeRule(
      name: name, location: node.location, change: change, source: source, destination: destination,
      ports: ports(fields["ports"], &problems))
  }

  private static func end(_ field: Node?, _ path: String, _ problems: inout [Diagnostic]) -> RuleEnd? {
    guard let field, let text = field.string(path, &problems) else { return nil }
    let end = RuleEnd(text)
    if end == nil {
      problems.reportInvalid(
        field, "`\(text)` names no ends of rows",
        fix: "write namespace/name with * for any, internet, an address, a CIDR, a domain name or entity/NAME"
      )
    }
    return end
  }

  private static func ports(_ field: Node?, _ problems: inout [Diagnostic]) -> [FlowTraffic] {
    (field?.list("rules[].ports", &problems) ?? []).compactMap { element in
      guard let text = element.string("rules[].ports[]", &problems) else { return nil }
      do throws(FlowLineError) {
        let traffic = try FlowParser.traffic(text)
        guard case .port = traffic else {
          throw FlowLineError("rows have no `\(text)`: they are about ports", fix: "write tcp/443")
        }
        return traffic
      } catch {
        problems.reportInvalid(element, error.message, fix: error.fix)
        return nil
      }
    }
  }
}

extension DiffReport {
  /// A change that a rule forbids.
  package struct BrokenRule: Sendable {
    package let rule: ChangeRule
    package let row: Row

    /// `rule "nobody new reaches the database": + shop/web -> shop/db TCP 5432`.
    package var text: String {
      let parts = row.traffic.parts.map { "\($0.opens ? "+" : "-") \($0.text)" }
      return
        "rule \"\(rule.name)\" (\(rule.location.fileAndLine)): \(row.source) -> \(row.destination) \(parts.joined(separator: ", "))"
    }
  }

  /// The rows that rules forbid, by rule.
  package func broken(_ rules: [ChangeRule]) -> [BrokenRule] {
    rules.flatMap { rule in rows.filter { rule.forbids($0) }.map { BrokenRule(rule: rule, row: $0) } }
  }
}

extension ChangeRule {
  fileprivate func forbids(_ row: DiffReport.Row) -> Bool {
    guard source.map({ $0.means(row.sourceEnd) }) ?? true,
      destination.map({ $0.means(row.destinationEnd) }) ?? true
    else {
      return false
    }
    return row.traffic.parts.contains { part in
      let isWanted =
        switch change {
        case .added: part.opens
        case .removed: !part.opens
        case .any: true
        }
      return isWanted
        && (ports.isEmpty
          || ports.contains {
            if case .port(let transport, let number) = $0 {
              part.traffic.contains(transport, number)
            } else {
              false
            }
          })
    }
  }
}
