import Merlon
import Testing

/// What a user of cdk8s-plus expects of policies (AUTHORING.md A5), with what is right where that tool is wrong.
struct Behaviour: Sendable, CustomTestStringConvertible {
  let name: String
  let intent: Intent
  /// Flows, and whether they must work where the rendering is enforced.
  var flows: [(source: any PeerConvertible, target: any PeerConvertible, ports: PortSet, works: Bool)] = []
  /// Texts that must be in the manifests.
  var has: [String] = []
  /// Texts that must not be.
  var hasNot: [String] = []
  /// How many objects there are; nil if it does not matter.
  var objects: Int?

  var testDescription: String { name }

  /// Renders, proves and asks.
  func check(_ dialect: Dialect = .kubernetes, accepting: Set<Loss.Name> = []) throws {
    let rendering = try intent.render(dialect, accepting: accepting)
    let certificate = try rendering.prove()
    #expect(certificate.holds, "\(certificate)\n\(rendering.yaml)")
    let cluster = try rendering.evaluate()
    let meant = try intent.evaluate()
    for (source, target, ports, works) in flows {
      let verdict = cluster.verdict(from: source, to: target, ports)
      #expect(verdict.outcome == (works ? .allowed : .denied), "\(verdict)\n\(rendering.yaml)")
      #expect(meant.verdict(from: source, to: target, ports).outcome == verdict.outcome)
    }
    let lines = rendering.yaml.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "\n")
    for text in has { #expect(lines.contains(text), "\(rendering.yaml)") }
    for text in hasNot { #expect(!lines.contains(text), "\(rendering.yaml)") }
    if let objects { #expect(rendering.objects.count == objects, "\(rendering.yaml)") }
    #expect(try intent.render(dialect, accepting: accepting).yaml == rendering.yaml)
  }
}

/// An intent that cannot be meant, and what is said of it.
struct Mistake: Sendable, CustomTestStringConvertible {
  let name: String
  let intent: Intent
  /// A part of the message of one of its errors.
  let message: String
  /// The line of this file's table at which the error is, counted from the line of the mistake.
  let line: UInt

  init(_ name: String, _ message: String, line: UInt = #line, @IntentBuilder _ items: () -> [IntentItem]) {
    self.name = name
    self.message = message
    self.line = line
    intent = Intent(items)
  }

  var testDescription: String { name }
}
