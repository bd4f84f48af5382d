package import Kubernetes

/// Ports of a rule: a number, a range `80:90`, or a name that endpoints give a port.
package struct CalicoPort: Sendable {
  package enum Kind: Sendable, Hashable {
    case range(ClosedRange<UInt16>)
    /// Matches nothing where nobody has a port of the name.
    case named(String)
  }

  package let kind: Kind
  package let location: SourceLocation

  package var isNamed: Bool {
    if case .named = kind { true } else { false }
  }
}

extension CalicoPort {
  /// How many ports the releases after 3.32 take in one list.
  private static let newLimit = 50

  /// Reads `ports` or `notPorts`.
  static func list(_ node: Node?, field: @autoclosure () -> String, _ problems: inout [Diagnostic])
    -> [CalicoPort]
  {
    guard let node, let list = node.list(field(), &problems) else { return [] }
    if list.count > newLimit {
      problems.reportNewLimit(node, "`\(field())` has \(list.count) entries", newLimit)
    }
    return list.compactMap { CalicoPort($0, field: "\(field())[]", &problems) }
  }

  private init?(_ node: Node, field: @autoclosure () -> String, _ problems: inout [Diagnostic]) {
    let expectation = "a port, a range `80:90` or a name"
    guard node.content == .scalar else {
      problems.reportWrongType(node, field(), expected: expectation)
      return nil
    }
    switch node.scalar {
    case .integer(let value):
      guard let port = UInt16(exactly: value), port > 0 else {
        problems.reportInvalid(node, "`\(field())` must be 1 to 65535, not \(value)", felix: .ignoresPolicy)
        return nil
      }
      self.init(kind: .range(port...port), location: node.location)
    case .string:
      guard let kind = Self.kind(node, field: field(), &problems) else { return nil }
      self.init(kind: kind, location: node.location)
    case .null, .bool, .float:
      problems.reportWrongType(node, field(), expected: expectation)
      return nil
    }
  }

  private static func kind(_ node: Node, field: @autoclosure () -> String, _ problems: inout [Diagnostic])
    -> Kind?
  {
    let text = node.text
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    let areNumbers = parts.allSatisfy { part in
      !part.isEmpty && part.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }
    guard parts.count <= 2, areNumbers else {
      if let problem = NameRules.portNameProblem(text) {
        problems.reportInvalid(node, "the port name `\(text)` \(problem)", felix: .ignoresPolicy)
        return nil
      }
      return .named(text)
    }
    let numbers = parts.compactMap { UInt16(Substring($0)) }.filter { $0 > 0 }
    guard numbers.count == parts.count, let first = numbers.first, let last = numbers.last else {
      problems.reportInvalid(node, "`\(field())` must be 1 to 65535, not `\(text)`", felix: .ignoresPolicy)
      return nil
    }
    guard first <= last else {
      problems.reportInvalid(
        node, "the range `\(text)` ends before it starts", felix: .ignoresPolicy,
        fix: "write \(last):\(first)")
      return nil
    }
    return .range(first...last)
  }
}

extension CalicoPort: CustomStringConvertible {
  /// `80`, `80:90`, `http`.
  package var description: String {
    switch kind {
    case .range(let range):
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound):\(range.upperBound)"
    case .named(let name): name
    }
  }
}
