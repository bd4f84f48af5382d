/// What the identifiers in counters and log entries stand for.
///
/// A program carries no text of users. An identifier depends on the names it stands for and on nothing else: it stays the
/// same while rules around it are edited, and so do counters.
package struct ProgramNames: Sendable, Hashable {
  /// What decided, or would.
  package struct Rule: Sendable, Hashable {
    /// The group's id; nil for the document.
    package let group: String?
    /// `rule web`, `defaultAction`, `sources[0] onStale`, `defaultPolicy`: as a trace names it.
    package let name: String

    package init(group: String?, name: String) {
      self.group = group
      self.name = name
    }

    package static let defaultPolicy = Rule(group: nil, name: "defaultPolicy")
    static func rule(_ id: String, in group: String) -> Rule { Rule(group: group, name: "rule \(id)") }
    static func defaultAction(of group: String) -> Rule { Rule(group: group, name: "defaultAction") }
    static func stale(source: Int, in group: String) -> Rule {
      Rule(group: group, name: "sources[\(source)] onStale")
    }
  }

  /// By the identifier after `r=`, and in the names of counters and chains.
  package private(set) var rules: [UInt64: Rule] = [:]
  /// Groups by the identifier after `g=`.
  package private(set) var groups: [UInt64: String] = [:]
  private var ruleIdentifiers: [Rule: UInt64] = [:]
  private var groupIdentifiers: [String: UInt64] = [:]

  package init() {}

  /// The identifier of a group; one is made for those that have none. Never 0, which stands for the document.
  package mutating func identifier(ofGroup group: String) -> UInt64 {
    if let known = groupIdentifiers[group] { return known }
    var identifier = StableHash("group", group).value
    while identifier == 0 || groups[identifier] != nil { identifier &+= 1 }
    groups[identifier] = group
    groupIdentifiers[group] = identifier
    return identifier
  }

  /// The identifier of a rule; one is made for those that have none.
  package mutating func identifier(of rule: Rule) -> UInt64 {
    if let known = ruleIdentifiers[rule] { return known }
    var identifier = StableHash("rule", rule.group ?? "", rule.name).value
    while rules[identifier] != nil { identifier &+= 1 }
    rules[identifier] = rule
    ruleIdentifiers[rule] = identifier
    return identifier
  }

  /// What a log entry's prefix says; nil for one of another program.
  package func reading(prefix: String) -> LogReading? {
    var values: [Substring: Substring] = [:]
    for part in prefix.split(separator: " ") {
      guard let sign = part.firstIndex(of: "=") else { return nil }
      values[part[..<sign]] = part[part.index(after: sign)...]
    }
    guard let kind = values["v"].flatMap({ LogReading.Kind(rawValue: String($0)) }),
      let rule = values["r"].flatMap({ UInt64($0, radix: 16) }).flatMap({ rules[$0] })
    else { return nil }
    return LogReading(kind: kind, rule: rule)
  }
}

/// A log entry in words.
package struct LogReading: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable {
    case deny
    /// Noted by a rule that is only audited.
    case audit
  }

  package let kind: Kind
  package let rule: ProgramNames.Rule

  package init(kind: Kind, rule: ProgramNames.Rule) {
    self.kind = kind
    self.rule = rule
  }
}
