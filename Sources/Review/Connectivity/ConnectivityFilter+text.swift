internal import PolicyEngine

extension ConnectivityFilter {
  /// A part of a question that cannot be read.
  package struct TextProblem: Error, Sendable {
    /// What the part is called where it is asked: `from`, `to`, `port`.
    package let name: String
    package let text: String
    /// For after the name or the text: `is no port such as tcp/443`.
    package let message: String
  }

  /// Reads what rows are wanted, in the words of users; nil for all.
  package init(
    namespace: String?, from source: String?, to destination: String?, port: String?
  ) throws(TextProblem) {
    self.init(namespace: namespace)
    self.source = try Self.pattern(source, "from")
    self.destination = try Self.pattern(destination, "to")
    if let port {
      guard case .port(let transport, let number)? = try? FlowParser.traffic(port) else {
        throw TextProblem(name: "port", text: port, message: "is no port such as tcp/443")
      }
      self.port = (transport, number)
    }
  }

  private static func pattern(_ text: String?, _ name: String) throws(TextProblem) -> EndPattern? {
    guard let text else { return nil }
    guard let pattern = EndPattern(text) else {
      throw TextProblem(
        name: name, text: text, message: "is no namespace/name, address, domain name or `internet`")
    }
    return pattern
  }
}
