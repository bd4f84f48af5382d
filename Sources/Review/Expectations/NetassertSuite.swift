internal import Dialects
internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension TestSuite {
  /// Whether a document looks like a test file of NetAssert v2: a list of mappings with `src` and `dst`.
  static func isNetassert(_ root: Node) -> Bool {
    root.content == .sequence
      && root.elements.contains { $0.content == .mapping && $0["src"] != nil && $0["dst"] != nil }
  }

  /// Reads a test file of NetAssert v2 (controlplaneio/netassert, `internal/data/types.go`). What is about how to probe
  /// (`timeoutSeconds`, `attempts`) means nothing here; `exitCode` 0 expects a connection, anything else none.
  init(netassert root: Node, _ problems: inout [Diagnostic]) {
    location = root.location
    name = root.location.file.path
    var cases: [TestCase] = []
    for node in root.elements {
      if let own = Self.netassertCase(node, &problems) { cases.append(own) }
    }
    self.cases = cases
  }

  private static func netassertCase(_ node: Node, _ problems: inout [Diagnostic]) -> TestCase? {
    guard node.isMapping("[]", &problems) else { return nil }
    let fields = StrictFields(
      node, type: "a netassert test",
      known: [
        "name", "type", "protocol", "targetPort", "timeoutSeconds", "attempts", "exitCode", "src", "dst",
      ], &problems)
    let before = problems.count
    let name = fields["name"]?.string("name", &problems)
    let transport = fields["protocol"]?.string("protocol", &problems) ?? "tcp"
    let port = fields["targetPort"]?.portNumber("targetPort", &problems)
    let exitCode = fields["exitCode"]?.integer("exitCode", &problems) ?? 0
    let source = netassertEnd(fields["src"], "src", of: node, &problems)
    let destination = netassertEnd(fields["dst"], "dst", of: node, &problems)
    if name == nil || port == nil, problems.count == before {
      problems.append(
        Diagnostic(
          .missingField, .error, "a netassert test without `\(name == nil ? "name" : "targetPort")`",
          at: node.location))
    }
    guard let port, let name,
      let ports = PortExpression("\(transport.lowercased())/\(port)", at: node.location, &problems),
      problems.count == before, let source, let destination
    else { return nil }
    let kind: Expectation.Kind = exitCode == 0 ? .allow : .deny
    return TestCase(
      name: name, location: node.location,
      expectations: [
        Expectation(
          kind: kind, sources: [source], destinations: [destination], ports: [ports],
          text:
            "\(kind == .allow ? "allow" : "deny") \(source.text) -> \(destination.text) \(transport.lowercased())/\(port)",
          location: node.location)
      ], because: nil)
  }

  private static func netassertEnd(
    _ node: Node?, _ field: String, of parent: Node, _ problems: inout [Diagnostic]
  ) -> EndExpression? {
    guard let node else {
      problems.append(Diagnostic(.missingField, .error, "`\(field)` is missing", at: parent.location))
      return nil
    }
    guard node.isMapping(field, &problems) else { return nil }
    let fields = StrictFields(node, type: field, known: ["k8sResource", "host"], &problems)
    if let host = fields["host"] {
      let own = StrictFields(host, type: "\(field).host", known: ["name"], &problems)
      return own["name"]?.string("\(field).host.name", &problems).flatMap {
        EndExpression($0, at: host.location, &problems)
      }
    }
    guard let resource = fields["k8sResource"] else {
      problems.append(
        Diagnostic(.missingField, .error, "`\(field)` without `k8sResource` or `host`", at: node.location))
      return nil
    }
    let own = StrictFields(
      resource, type: "\(field).k8sResource", known: ["kind", "name", "namespace"], &problems)
    let words = ["namespace", "kind", "name"].compactMap {
      own[$0]?.string("\(field).k8sResource.\($0)", &problems)
    }
    guard words.count == 3 else {
      problems.append(
        Diagnostic(
          .missingField, .error, "`\(field).k8sResource` needs `kind`, `name` and `namespace`",
          at: resource.location))
      return nil
    }
    return EndExpression(words.joined(separator: "/"), at: resource.location, &problems)
  }
}
