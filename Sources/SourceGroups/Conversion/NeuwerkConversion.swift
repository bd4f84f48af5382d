package import Kubernetes

/// A policy document of Neuwerk as a ``SourceGroupPolicy``.
///
/// What it decides there is decided here: equality of labels in one namespace, rules by priority, a default action that
/// audited groups enforce. Where Neuwerk lets through more than is written, as for a name with a port, only what is
/// written is let through. Every such place is reported.
package struct NeuwerkConversion: Sendable {
  /// Nil when something has no counterpart here, and leaving it out would open what it denies.
  package let policy: SourceGroupPolicy?
  /// What was kept, changed, or is a trap of the original, and errors; in the order of the text.
  package let notes: [Diagnostic]

  /// - Parameter name: what the document is to be called, as the original has no name.
  package init(_ text: ManifestText, name: String) {
    let settings = SettingsText(text)
    var reader = NeuwerkReader(settings.problems)
    var converted: SourceGroupPolicy?
    if let root = settings.root {
      converted = reader.policy(root, name)
    } else if settings.problems.isEmpty {
      reader.problems.append(Diagnostic(.missingField, .error, "the document is empty", at: nil))
    }
    if let problem = NameRules.subdomainProblem(name) {
      reader.problems.append(
        Diagnostic(.invalidValue, .error, "the name `\(name)` of the document \(problem)", at: nil))
    }
    let hasErrors = reader.problems.contains { $0.severity == .error }
    policy = hasErrors ? nil : converted
    notes = reader.problems.sortedByLocation()
  }
}

extension Diagnostic.Code {
  /// Something that is written in other words and decides the same.
  package static let conversionKept = Self(rawValue: "conversion-kept")
  /// Something that decides otherwise than in the original.
  package static let conversionChanged = Self(rawValue: "conversion-changed")
  /// Something that is left out: what it let through is not let through.
  package static let conversionLost = Self(rawValue: "conversion-lost")
  /// Something that decides the same, and probably not what its author meant.
  package static let conversionTrap = Self(rawValue: "conversion-trap")
}

/// Reads documents as Neuwerk does, and notes what that means.
struct NeuwerkReader {
  var problems: [Diagnostic]

  init(_ problems: [Diagnostic]) { self.problems = problems }

  mutating func kept(_ message: String, at location: SourceLocation) {
    problems.append(Diagnostic(.conversionKept, .note, message, at: location))
  }

  mutating func changed(_ message: String, at location: SourceLocation, fix: String? = nil) {
    problems.append(Diagnostic(.conversionChanged, .warning, message, at: location, fix: fix))
  }

  mutating func lost(_ message: String, at location: SourceLocation) {
    problems.append(Diagnostic(.conversionLost, .warning, message, at: location))
  }

  mutating func trap(_ message: String, at location: SourceLocation, fix: String? = nil) {
    problems.append(Diagnostic(.conversionTrap, .warning, message, at: location, fix: fix))
  }

  mutating func fail(_ message: String, at location: SourceLocation, fix: String? = nil) {
    problems.append(Diagnostic(.invalidValue, .error, message, at: location, fix: fix))
  }

  /// The members of a mapping. Those that Neuwerk does not know have no effect there, and are traps.
  mutating func fields(_ node: Node, _ owner: String, known: [String]) -> [String: Node] {
    guard node.isMapping(owner, &problems) else { return [:] }
    var fields: [String: Node] = [:]
    for (key, value) in node.members {
      let name = key.keyText
      if !known.contains(name) {
        let hint = Suggestion.nearest(to: name, among: known).map { ": did you mean `\($0)`?" } ?? ""
        trap("`\(name)` of \(owner) has no effect in Neuwerk, and is left out\(hint)", at: key.location)
      } else if !value.isNull {
        fields[name] = value
      }
    }
    return fields
  }

  /// `allow` or `deny`, in any letter case.
  mutating func action(_ node: Node, _ field: String) -> Located<GroupAction>? {
    guard let text = node.string(field, &problems) else { return nil }
    guard let action = GroupAction(rawValue: text.lowercased()) else {
      fail("`\(field)` must be allow or deny, not `\(text)`", at: node.location)
      return nil
    }
    return Located(action, at: node.location)
  }

  mutating func mode(_ node: Node?) -> GroupMode? { node.flatMap { $0.word("mode", &problems) } }

  /// A priority; the place in the list when there is none.
  mutating func priority(_ node: Node?, place: Int) -> Int {
    node?.integer("priority", in: 0...Int(UInt32.max), &problems) ?? place
  }

  /// An id that this document allows and that is not taken.
  mutating func identifier(_ node: Node?, _ owner: Node, taken: inout Set<String>) -> String {
    guard let node, let text = node.string("id", &problems) else {
      if node == nil {
        problems.append(Diagnostic(.missingField, .error, "`id` is missing", at: owner.location))
      }
      return ""
    }
    var id = text
    if text.isEmpty || NameRules.labelValueProblem(text) != nil {
      let allowed = text.utf8.map { NameRules.isInLabelValues($0) ? $0 : UInt8(ascii: "-") }.prefix(60)
      id = "g" + String(decoding: allowed, as: UTF8.self) + "g"
      changed("the id `\(text)` is written as `\(id)`", at: node.location)
    }
    guard taken.insert(id).inserted else {
      var number = 2
      while taken.contains("\(id.prefix(58))-\(number)") { number += 1 }
      let other = "\(id.prefix(58))-\(number)"
      taken.insert(other)
      trap(
        "the id `\(id)` is there twice, which mixes up who is a member of which in Neuwerk; it is written as "
          + "`\(other)`", at: node.location)
      return other
    }
    return id
  }
}
