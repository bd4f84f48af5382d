import Kubernetes
import SourceGroups
import Testing

/// Documents in a few lines.
enum Documents {
  /// What a source says that takes every pod of an integration's cluster.
  static let everyPod = "integration: prod, pods: {namespaceSelector: {all: true}, podSelector: {all: true}}"

  /// A document with these source groups, each as a YAML flow mapping.
  static func text(defaultPolicy: String = "deny", _ groups: String...) -> String {
    """
    apiVersion: merlon.dev/v1alpha1
    kind: SourceGroupPolicy
    metadata: {name: egress}
    spec:
      defaultPolicy: \(defaultPolicy)
      sourceGroups:
    \(groups.map { "    - \($0)" }.joined(separator: "\n"))
    """
  }

  static func read(_ text: String) -> SourceGroupReading {
    SourceGroupPolicy.read(ManifestText(path: "policy.yaml", text))
  }

  /// A document that must have no error.
  static func policy(_ text: String, _ location: Testing.SourceLocation = #_sourceLocation) throws
    -> SourceGroupPolicy
  {
    let reading = read(text)
    let problems = reading.diagnostics.filter { $0.severity == .error }.map(\.message)
    return try #require(reading.policy, "\(problems)", sourceLocation: location)
  }

  /// A group with one source and one rule, some part of which is to be looked at.
  static func group(
    id: String = "web", priority: Int = 1, sources: String = "[{cidrs: [10.1.0.0/16]}]",
    rules: String = "[{id: r, action: allow, to: {anywhere: true}, traffic: [{protocol: TCP, port: 443}]}]",
    _ rest: String = ""
  ) -> String {
    "{id: \(id), priority: \(priority), sources: \(sources), rules: \(rules)\(rest.isEmpty ? "" : ", ")\(rest)}"
  }

  /// A rule with some destinations and traffic.
  static func rule(
    id: String = "r", action: String = "allow", to: String = "{anywhere: true}",
    traffic: String = "[{protocol: TCP, port: 443}]", _ rest: String = ""
  ) -> String {
    "{id: \(id), action: \(action), to: \(to), traffic: \(traffic)\(rest.isEmpty ? "" : ", ")\(rest)}"
  }
}

/// What a test expects to be reported.
struct Expected: Sendable, CustomTestStringConvertible {
  let text: String
  let code: Diagnostic.Code
  /// A part of the message.
  let message: String
  let fix: String?

  init(_ text: String, _ code: Diagnostic.Code, _ message: String, fix: String? = nil) {
    self.text = text
    self.code = code
    self.message = message
    self.fix = fix
  }

  var testDescription: String { text }

  /// Checks that exactly this one problem is among the errors, and that nothing is returned.
  func check(_ reading: SourceGroupReading, _ location: Testing.SourceLocation = #_sourceLocation) {
    let errors = reading.diagnostics.filter { $0.severity == .error }
    #expect(reading.policy == nil, sourceLocation: location)
    #expect(errors.map(\.code) == [code], "\(errors.map(\.message))", sourceLocation: location)
    #expect(errors.first?.message.contains(message) ?? false, "\(errors)", sourceLocation: location)
    #expect(errors.first?.location != nil, sourceLocation: location)
    #expect(errors.first?.fix == fix, sourceLocation: location)
  }
}
