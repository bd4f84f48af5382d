/// The text a value was read from: a file, standard input or a Swift source.
///
/// A class because identity is the point: thousands of locations share one file.
package final class SourceFile: Sendable {
  /// The path as the user gave it, or `<stdin>`.
  package let path: String

  package init(path: String) {
    self.path = path
  }
}

/// Where in a ``SourceFile`` a value starts. Lines and columns count from 1, and columns count characters; of Swift sources
/// only the line is known, and the column is 0.
package struct SourceLocation: Sendable {
  package let file: SourceFile
  package let line: UInt32
  package let column: UInt32

  package init(file: SourceFile, line: UInt32, column: UInt32) {
    self.file = file
    self.line = line
    self.column = column
  }
}

extension SourceLocation: Hashable {
  package static func == (left: SourceLocation, right: SourceLocation) -> Bool {
    left.line == right.line && left.column == right.column && left.file.path == right.file.path
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(line)
    hasher.combine(column)
  }
}

extension SourceLocation: Comparable {
  /// Orders by path, then position, so that reports are the same in every run.
  package static func < (left: SourceLocation, right: SourceLocation) -> Bool {
    if left.file !== right.file, left.file.path != right.file.path {
      return left.file.path < right.file.path
    }
    return (left.line, left.column) < (right.line, right.column)
  }
}

extension SourceLocation: CustomStringConvertible {
  /// `path:line:column`, the form editors and CI systems turn into a link.
  package var description: String { column == 0 ? fileAndLine : "\(file.path):\(line):\(column)" }

  /// `path:line`, for prose.
  package var fileAndLine: String { "\(file.path):\(line)" }
}

/// A value together with the place it was written at.
package struct Located<Value> {
  package var value: Value
  package var location: SourceLocation

  package init(_ value: Value, at location: SourceLocation) {
    self.value = value
    self.location = location
  }
}

extension Located: Sendable where Value: Sendable {}
extension Located: Equatable where Value: Equatable {}
