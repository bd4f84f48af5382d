import Foundation

/// What the JSON schema of SARIF 2.1.0 (OASIS, errata 01) demands of the kinds of objects that Merlon writes: their
/// members, which of those must be there, and what values may be. A member that is not listed here is a problem, whether
/// the schema has it or not.
indirect enum SARIFSchema: Sendable {
  case text
  case integer(atLeast: Int)
  case oneOf([String])
  case list(SARIFSchema, isUnique: Bool = false)
  /// A mapping from any names to texts.
  case texts
  case object([String: SARIFSchema], required: Set<String>)

  static let log = object(
    ["$schema": .text, "version": .oneOf(["2.1.0"]), "runs": .list(run)], required: ["version", "runs"])

  // `results` may be missing from a run only when nothing was looked for.
  private static let run = object(
    [
      "tool": .object(["driver": toolComponent], required: ["driver"]),
      "columnKind": .oneOf(["utf16CodeUnits", "unicodeCodePoints"]), "results": .list(result),
    ], required: ["tool", "results"])

  private static let toolComponent = object(
    ["name": .text, "version": .text, "rules": .list(reportingDescriptor, isUnique: true)],
    required: ["name"])

  private static let reportingDescriptor = object(
    [
      "id": .text, "name": .text, "shortDescription": multiformatMessage,
      "fullDescription": multiformatMessage,
      "help": multiformatMessage,
    ], required: ["id"])

  private static let multiformatMessage = object(["text": .text, "markdown": .text], required: ["text"])

  private static let result = object(
    [
      "ruleId": .text, "ruleIndex": .integer(atLeast: -1),
      "level": .oneOf(["none", "note", "warning", "error"]), "message": message,
      "locations": .list(location), "relatedLocations": .list(location, isUnique: true),
      "partialFingerprints": .texts,
      "suppressions": .list(
        .object(["kind": .oneOf(["inSource", "external"]), "justification": .text], required: ["kind"]),
        isUnique: true),
    ], required: ["message"])

  // The schema wants a text or an id of a text elsewhere, which Merlon never writes.
  private static let message = object(["text": .text, "markdown": .text], required: ["text"])

  private static let location = object(
    ["id": .integer(atLeast: -1), "physicalLocation": physicalLocation, "message": message], required: [])

  private static let physicalLocation = object(
    ["artifactLocation": .object(["uri": .text], required: []), "region": region],
    required: ["artifactLocation"])

  private static let region = object(
    ["startLine": .integer(atLeast: 1), "startColumn": .integer(atLeast: 1)], required: ["startLine"])

  /// What is wrong with a value that JSONSerialization made, each with its path.
  func problems(_ value: Any, at path: String = "$") -> [String] {
    switch self {
    case .text: value is String ? [] : ["\(path) is no text"]
    case .integer(let least):
      (value as? Int).map { $0 >= least } == true ? [] : ["\(path) is no integer from \(least) on"]
    case .oneOf(let values):
      (value as? String).map(values.contains) == true ? [] : ["\(path) is none of \(values)"]
    case .texts: value is [String: String] ? [] : ["\(path) is no mapping to texts"]
    case .list(let element, let isUnique): Self.problems(value, of: element, isUnique: isUnique, at: path)
    case .object(let members, let required): Self.problems(value, members, required, at: path)
    }
  }

  private static func problems(_ value: Any, of element: SARIFSchema, isUnique: Bool, at path: String)
    -> [String]
  {
    guard let list = value as? [NSObject] else { return ["\(path) is no list"] }
    let repeated = isUnique && Set(list).count < list.count ? ["\(path) has an element twice"] : []
    return repeated + list.enumerated().flatMap { element.problems($1, at: "\(path)[\($0)]") }
  }

  private static func problems(
    _ value: Any, _ members: [String: SARIFSchema], _ required: Set<String>, at path: String
  ) -> [String] {
    guard let object = value as? [String: Any] else { return ["\(path) is no object"] }
    let missing = required.subtracting(object.keys).sorted().map { "\(path) lacks \($0)" }
    return missing
      + object.sorted { $0.key < $1.key }.flatMap { key, value in
        members[key]?.problems(value, at: "\(path).\(key)") ?? ["\(path).\(key) is not in the schema"]
      }
  }
}
