internal import Dialects
package import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension TestSuite {
  /// The kind of documents that hold expectations.
  package static let groupKind = GroupKind(group: "merlon.dev", kind: "ConnectivityTest")

  /// Reads a document of ``groupKind``. Every problem is reported, and an expectation with one is left out.
  init(_ root: Node, _ problems: inout [Diagnostic]) {
    let fields = StrictFields(
      root, type: "ConnectivityTest",
      known: ["apiVersion", "kind", "metadata", "allow", "deny", "only", "cases"], &problems)
    let before = problems.count
    location = root.location
    name = fields["metadata"]?["name"]?.text ?? root.location.file.path
    var cases: [TestCase] = []
    for expectation in Self.expectations(fields, &problems) {
      cases.append(
        TestCase(
          name: expectation.text, location: expectation.location, expectations: [expectation], because: nil))
    }
    for node in fields["cases"]?.list("cases", &problems) ?? [] {
      if let own = Self.namedCase(node, &problems) { cases.append(own) }
    }
    if fields["apiVersion"]?.text != "merlon.dev/v1" {
      problems.append(
        Diagnostic(
          .invalidValue, .error, "ConnectivityTest is of merlon.dev/v1",
          at: (fields["apiVersion"] ?? root).location,
          fix: "write apiVersion: merlon.dev/v1"))
    }
    let isComplete = problems.count == before
    if cases.isEmpty, isComplete {
      problems.append(
        Diagnostic(
          .missingField, .error, "the ConnectivityTest expects nothing", at: root.location,
          fix: "write `allow`, `deny`, `only` or `cases`"))
    }
    self.cases = cases
  }

  private static func namedCase(_ node: Node, _ problems: inout [Diagnostic]) -> TestCase? {
    guard node.isMapping("cases[]", &problems) else { return nil }
    let fields = StrictFields(
      node, type: "a case", known: ["name", "allow", "deny", "only", "because"], &problems)
    let before = problems.count
    let expectations = expectations(fields, &problems)
    guard let name = fields["name"]?.string("cases[].name", &problems) else {
      problems.append(Diagnostic(.missingField, .error, "a case without `name`", at: node.location))
      return nil
    }
    if expectations.isEmpty, problems.count == before {
      problems.append(
        Diagnostic(
          .missingField, .error, "the case `\(name)` expects nothing", at: node.location,
          fix: "write `allow`, `deny` or `only`"))
    }
    return TestCase(
      name: name, location: node.location, expectations: expectations,
      because: fields["because"]?.string("cases[].because", &problems))
  }

  private static func expectations(_ fields: StrictFields, _ problems: inout [Diagnostic]) -> [Expectation] {
    var found: [Expectation] = []
    for (field, kind) in [("allow", Expectation.Kind.allow), ("deny", .deny)] {
      for node in fields[field]?.list(field, &problems) ?? [] {
        if let own = flow(node, kind, field, &problems) { found.append(own) }
      }
    }
    for node in fields["only"]?.elementsOrSelf ?? [] {
      if let own = only(node, &problems) { found.append(own) }
    }
    return found
  }

  // MARK: - Allow and deny

  private static func flow(
    _ node: Node, _ kind: Expectation.Kind, _ field: String, _ problems: inout [Diagnostic]
  ) -> Expectation? {
    node.content == .mapping
      ? flow(mapping: node, kind, field, &problems) : flow(line: node, kind, field, &problems)
  }

  /// `SOURCE -> DESTINATION PORT[,PORT…]`; the ends may have blanks in them.
  private static func flow(
    line node: Node, _ kind: Expectation.Kind, _ field: String, _ problems: inout [Diagnostic]
  ) -> Expectation? {
    guard let text = node.string("\(field)[]", &problems) else { return nil }
    let words = text.split(separator: " ").map(String.init)
    guard let arrow = words.firstIndex(of: "->"), arrow > 0, arrow < words.count - 1 else {
      problems.append(
        Diagnostic(
          .invalidValue, .error, "`\(text)` is no flow", at: node.location,
          fix: "write SOURCE -> DESTINATION PORTS, such as shop/web -> shop/db tcp/5432"))
      return nil
    }
    var destination = Array(words[(arrow + 1)...])
    var ports: [String] = []
    if destination.count > 1, let last = destination.last, isPorts(last) {
      ports = last.split(separator: ",").map(String.init)
      destination.removeLast()
    }
    let before = problems.count
    let from = EndExpression(words[..<arrow].joined(separator: " "), at: node.location, &problems)
    let to = EndExpression(destination.joined(separator: " "), at: node.location, &problems)
    let portExpressions = ports.compactMap { PortExpression($0, at: node.location, &problems) }
    requirePorts(kind, portExpressions, text, node, &problems)
    guard problems.count == before, let from, let to else { return nil }
    return Expectation(
      kind: kind, sources: [from], destinations: [to], ports: portExpressions,
      text: (kind == .allow ? "allow " : "deny ") + text, location: node.location)
  }

  /// Whether a word is one of ports, and not a part of the destination.
  private static func isPorts(_ word: String) -> Bool {
    let name = word.split(separator: ",").first?.split(separator: "/").first.map { $0.lowercased() } ?? ""
    return word == "all"
      || ["tcp", "udp", "sctp", "icmp", "icmpv6", "protocol", "gre", "esp", "ah"].contains(name)
  }

  private static func flow(
    mapping node: Node, _ kind: Expectation.Kind, _ field: String, _ problems: inout [Diagnostic]
  ) -> Expectation? {
    let fields = StrictFields(node, type: "\(field)[]", known: ["from", "to", "ports"], &problems)
    let before = problems.count
    let sources = ends(fields["from"], "\(field)[].from", of: node, &problems)
    let destinations = ends(fields["to"], "\(field)[].to", of: node, &problems)
    let ports = ports(fields["ports"], "\(field)[].ports", &problems)
    let text = "\(names(sources)) -> \(names(destinations))"
    if sources.isEmpty || destinations.isEmpty, problems.count == before {
      problems.append(
        Diagnostic(
          .invalidValue, .error, "`\(text)` is about nobody, so it would always hold", at: node.location))
    }
    requirePorts(kind, ports, text, node, &problems)
    guard problems.count == before else { return nil }
    return Expectation(
      kind: kind, sources: sources, destinations: destinations, ports: ports,
      text: (kind == .allow ? "allow " : "deny ") + text, location: node.location)
  }

  /// What is allowed must be said: "something" is no expectation.
  private static func requirePorts(
    _ kind: Expectation.Kind, _ ports: [PortExpression], _ text: String, _ node: Node,
    _ problems: inout [Diagnostic]
  ) {
    guard kind == .allow, ports.isEmpty else { return }
    problems.append(
      Diagnostic(
        .missingField, .error, "`\(text)` does not say which ports must be allowed", at: node.location,
        fix: "write ports, such as tcp/443, or all"))
  }

  // MARK: - Only

  private static func only(_ node: Node, _ problems: inout [Diagnostic]) -> Expectation? {
    guard node.isMapping("only", &problems) else { return nil }
    let fields = StrictFields(node, type: "only", known: ["from", "to", "ports"], &problems)
    let before = problems.count
    let sources = ends(fields["from"], "only.from", of: node, &problems)
    let destinations = ends(fields["to"], "only.to", of: node, &problems)
    let ports = ports(fields["ports"], "only.ports", &problems)
    // The list is what is complete; where both are lists, nobody could say which.
    let lists = (fields["from"]?.content == .sequence, fields["to"]?.content == .sequence)
    if lists.0 == lists.1, fields["from"] != nil, fields["to"] != nil {
      problems.append(
        Diagnostic(
          .invalidValue, .error, "`only` needs one end and a list of all others that it may talk to",
          at: node.location, fix: "write {to: shop/db, from: [shop/web]} or {from: shop/web, to: [shop/db]}"))
    }
    guard problems.count == before else { return nil }
    let kind: Expectation.Kind = lists.0 ? .onlyFrom : .onlyTo
    return Expectation(
      kind: kind, sources: sources, destinations: destinations, ports: ports,
      text: kind == .onlyFrom
        ? "only \(names(sources)) -> \(names(destinations))"
        : "\(names(sources)) -> only \(names(destinations))",
      location: node.location)
  }

  // MARK: - Parts

  private static func ends(
    _ node: Node?, _ field: String, of parent: Node, _ problems: inout [Diagnostic]
  ) -> [EndExpression] {
    guard let node else {
      problems.append(Diagnostic(.missingField, .error, "`\(field)` is missing", at: parent.location))
      return []
    }
    return node.elementsOrSelf.compactMap { element in
      element.string(field, &problems).flatMap { EndExpression($0, at: element.location, &problems) }
    }
  }

  private static func ports(_ node: Node?, _ field: String, _ problems: inout [Diagnostic])
    -> [PortExpression]
  {
    (node?.elementsOrSelf ?? []).compactMap { element in
      element.string(field, &problems).flatMap { PortExpression($0, at: element.location, &problems) }
    }
  }

  private static func names(_ ends: [EndExpression]) -> String {
    ends.isEmpty ? "nobody" : ends.map(\.text).joined(separator: ", ")
  }
}

extension Node {
  /// The elements of a list; anything else as the only one.
  fileprivate var elementsOrSelf: [Node] { content == .sequence ? elements : isNull ? [] : [self] }
}
