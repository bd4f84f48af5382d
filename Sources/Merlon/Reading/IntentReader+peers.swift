internal import Kubernetes

extension IntentReader {
  /// Names of peers that stand for themselves.
  static let keywords: [String: Peer] = [
    "anyone": .anyone, "world": .world, "all-pods": Peer.allPods, "nodes": .nodes, "host": .host,
    "api-server": .apiServer, "dns": .clusterDNS, "any-ipv4": .anyIPv4, "any-ipv6": .anyIPv6,
  ]

  /// The pods of a policy or of an end of a flow: `namespace/name` of a workload, or a description.
  mutating func podSelecting(_ node: Node, _ field: String) -> (any PodSelecting)? {
    if node.content == .mapping { return pods(node, field) }
    guard let text = node.string(field, &problems) else { return nil }
    return workload(text, node)
  }

  private mutating func workload(_ name: String, _ node: Node) -> Workload? {
    let found =
      workloads[name].map { [$0] } ?? workloads.values.filter { $0.name == name && !name.utf8.contains(0x2F) }
    if found.count == 1 { return found[0] }
    let names = workloads.keys.sorted()
    problems.reportInvalid(
      node,
      found.isEmpty
        ? "`\(name)` is no workload of the intent" : "`\(name)` is a workload of several namespaces",
      fix: found.isEmpty
        ? Suggestion.nearest(to: name, among: names).map { "did you mean `\($0)`?" }
        : "write \(found.map(\.description).sorted().joined(separator: " or "))")
    return nil
  }

  /// `{labels: …, expressions: [...], namespace: …, serviceAccount: …}`.
  mutating func pods(_ node: Node, _ field: String) -> Pods? {
    let fields = StrictFields(
      node, type: "pods",
      known: ["labels", "expressions", "namespace", "namespaces", "namespaceLabels", "serviceAccount"],
      &problems)
    guard let namespaces = namespaces(fields, node, field) else { return nil }
    return Pods(
      selector(fields, field), namespaces,
      fields["serviceAccount"]?.string("\(field).serviceAccount", &problems),
      CallSite(node.location))
  }

  private mutating func selector(_ fields: StrictFields, _ field: String) -> Selector {
    var selector = Selector(fields["labels"].map { labels($0, "\(field).labels") } ?? [:])
    for node in fields["expressions"]?.list("\(field).expressions", &problems) ?? [] {
      if let own = expression(node) { selector = selector && own }
    }
    return selector
  }

  /// `{key, operator, values}` as in a Kubernetes selector.
  private mutating func expression(_ node: Node) -> Selector? {
    guard node.isMapping("expressions[]", &problems) else { return nil }
    let fields = StrictFields(node, type: "an expression", known: ["key", "operator", "values"], &problems)
    guard let key = required(fields, "key", node), let name = required(fields, "operator", node) else {
      return nil
    }
    let values = strings(fields["values"], "expressions[].values")
    switch name {
    case "In": return .in(key, values)
    case "NotIn": return .notIn(key, values)
    case "Exists", "DoesNotExist":
      if !values.isEmpty {
        problems.reportInvalid(fields["values"] ?? node, "`\(name)` takes no `values`")
        return nil
      }
      return name == "Exists" ? .exists(key) : .absent(key)
    default:
      problems.reportInvalid(
        fields["operator"] ?? node, "`operator` must be In, NotIn, Exists or DoesNotExist, not `\(name)`")
      return nil
    }
  }

  /// One of `namespace`, `namespaces` (names, or `all`) and `namespaceLabels`.
  mutating func namespaces(_ fields: StrictFields, _ node: Node, _ field: String) -> Namespaces? {
    let written = ["namespace", "namespaces", "namespaceLabels"].filter { fields[$0] != nil }
    guard written.count == 1 else {
      problems.append(
        Diagnostic(
          written.isEmpty ? .missingField : .invalidValue, .error,
          written.isEmpty
            ? "`\(field)` does not say which namespaces are meant"
            : "`\(written.joined(separator: "` and `"))` exclude each other", at: node.location,
          fix: "write namespace: NAME, namespaces: [NAME, …], namespaces: all, or namespaceLabels: {…}"))
      return nil
    }
    if let name = fields["namespace"] {
      return name.string("\(field).namespace", &problems).map { .named([$0]) }
    }
    if let labels = fields["namespaceLabels"] {
      return .labelled(Selector(self.labels(labels, "\(field).namespaceLabels")))
    }
    guard let list = fields["namespaces"] else { return nil }
    if list.content == .scalar, list.text == "all" { return .all }
    return .named(strings(list, "\(field).namespaces"))
  }

  /// The peers of a list; reports a list of nobody.
  mutating func peers(_ node: Node, _ field: String) -> [Peer] {
    guard let list = node.content == .sequence ? node.elements : [node] as [Node]? else { return [] }
    return list.flatMap { peer($0, field) }
  }

  private mutating func peer(_ node: Node, _ field: String) -> [Peer] {
    if node.content != .mapping {
      guard let text = node.string("\(field)[]", &problems) else { return [] }
      if let known = Self.keywords[text] { return [known] }
      if ParsedCIDR(text) != nil || IPAddress(text) != nil { return [.cidr(text)] }
      if text.utf8.contains(0x2E), !text.utf8.contains(0x2F) { return [.domain(text)] }
      return workload(text, node)?.peers ?? []
    }
    let fields = StrictFields(
      node, type: "a peer",
      known: [
        "cidr", "except", "pods", "namespace", "namespaces", "namespaceLabels", "nodes", "serviceAccount",
        "domain",
        "entity",
      ], &problems)
    let kinds = ["cidr", "pods", "nodes", "domain", "entity", "namespace", "namespaces", "namespaceLabels"]
    let written = kinds.filter { fields[$0] != nil }
    let isAboutPods = written.allSatisfy { $0.hasPrefix("namespace") }
    if written.count > 1, !isAboutPods {
      problems.append(
        Diagnostic(
          .invalidValue, .error,
          "a peer is one of these: `\(written.joined(separator: "` and `"))` exclude each other",
          at: node.location, fix: "make them two elements of the list"))
      return []
    }
    for (field, needed) in [("except", "cidr"), ("serviceAccount", "a namespace")] where fields[field] != nil
    {
      if field == "except" ? written != ["cidr"] : !isAboutPods {
        problems.append(
          Diagnostic(.invalidValue, .error, "`\(field)` needs \(needed) beside it", at: node.location))
        return []
      }
    }
    if let block = fields["cidr"]?.string("cidr", &problems) {
      return [.cidr(block, except: strings(fields["except"], "except"))]
    }
    if let own = fields["pods"] {
      guard own.isMapping("pods", &problems) else { return [] }
      return pods(own, "pods").map { [.pods($0)] } ?? []
    }
    if let labels = fields["nodes"] { return [.nodes(Selector(self.labels(labels, "nodes")))] }
    if let name = fields["domain"]?.string("domain", &problems) { return [.domain(name)] }
    if let name = fields["entity"]?.string("entity", &problems) { return [.entity(name)] }
    guard let namespaces = namespaces(fields, node, field) else { return [] }
    let account = fields["serviceAccount"]?.string("serviceAccount", &problems)
    return [.pods(Pods(.everything, namespaces, account, CallSite(node.location)))]
  }

  /// The ports of a rule; nil when it does not say any.
  mutating func ports(_ node: Node?, _ field: String) -> PortSet? {
    guard let node else { return nil }
    let list = node.content == .sequence ? node.elements : [node]
    var found: PortSet = []
    for element in list {
      guard let text = element.string("\(field)[]", &problems) else { continue }
      guard let set = PortSet(text: text) else {
        problems.reportInvalid(
          element,
          "`\(text)` is no port: write tcp/80, udp/8000-8080, tcp/http, sctp, icmp/8, protocol/47 or any")
        continue
      }
      found = found.union(set)
    }
    return found
  }
}
