internal import Glibc

/// The variables that a process was started with. An empty one counts as not set, as for kubectl.
package struct EnvironmentVariables: Sendable {
  private let lookUp: @Sendable (String) -> String?

  /// Those of this process.
  package static let process = EnvironmentVariables { name in getenv(name).map { String(cString: $0) } }

  private init(lookUp: @escaping @Sendable (String) -> String?) {
    self.lookUp = lookUp
  }

  package init(_ values: [String: String]) {
    lookUp = { values[$0] }
  }

  package subscript(name: String) -> String? {
    lookUp(name).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The first of several variables that is set.
  func first(of names: [String]) -> (name: String, value: String)? {
    for name in names { if let value = self[name] { return (name, value) } }
    return nil
  }
}
