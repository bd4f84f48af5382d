internal import Kubernetes
package import PolicyEngine

extension ClusterFacts {
  /// Reads a `cluster` mapping. Every problem is reported, and what has one is left out.
  init(_ cluster: Node, _ problems: inout [Diagnostic]) {
    self.init()
    if cluster.isMapping("cluster", &problems) { read(cluster, &problems) }
  }

  private mutating func read(_ cluster: Node, _ problems: inout [Diagnostic]) {
    let fields = StrictFields(
      cluster, type: "cluster",
      known: [
        "name", "podCIDRs", "nodeCIDRs", "serviceCIDRs", "apiServerAddresses", "apiServerPort", "namespaces",
        "nodes", "dns", "operators",
      ], &problems)
    if let node = fields["name"], let name = node.string("cluster.name", &problems) {
      if let problem = Self.clusterNameProblem(name) {
        problems.reportInvalid(node, problem)
      } else {
        clusterName = name
      }
    }
    podBlocks = Self.blocks(fields["podCIDRs"], "cluster.podCIDRs", &problems)
    nodeBlocks = Self.blocks(fields["nodeCIDRs"], "cluster.nodeCIDRs", &problems)
    serviceBlocks = Self.blocks(fields["serviceCIDRs"], "cluster.serviceCIDRs", &problems)
    apiServerAddresses = Self.addresses(fields["apiServerAddresses"], "cluster.apiServerAddresses", &problems)
    apiServerPort = fields["apiServerPort"]?.portNumber("cluster.apiServerPort", &problems)
    for node in fields["namespaces"]?.list("cluster.namespaces", &problems) ?? [] {
      if let namespace = Self.namespace(node, &problems) { namespaces.append(namespace) }
    }
    for node in fields["nodes"]?.list("cluster.nodes", &problems) ?? [] {
      if let own = Self.node(node, &problems) { nodes.append(own) }
    }
    for node in fields["dns"]?.list("cluster.dns", &problems) ?? [] {
      if let pods = Self.dns(node, &problems) { dns.append(pods) }
    }
    workloads = dns
    for node in fields["operators"]?.list("cluster.operators", &problems) ?? [] {
      workloads += Self.pods(ofOperator: node, &problems)
    }
    namespaces = Self.distinct(namespaces, "namespace", \.name, \.location, &problems)
    nodes = Self.distinct(nodes, "node", \.name, \.location, &problems)
    workloads = Self.distinct(workloads, "pods", \.meta.qualifiedName, \.meta.location, &problems)
  }

  /// The first of each name. Two of one name are an error: nobody could say which is meant.
  private static func distinct<Object>(
    _ objects: [Object], _ what: String, _ name: (Object) -> String, _ location: (Object) -> SourceLocation?,
    _ problems: inout [Diagnostic]
  ) -> [Object] {
    var places: [String: SourceLocation?] = [:]
    return objects.filter { object in
      guard let earlier = places.updateValue(location(object), forKey: name(object)) else { return true }
      problems.append(
        Diagnostic(
          .duplicateObject, .error, "two facts are about \(what) called `\(name(object))`",
          at: location(object),
          related: earlier.map { [.init(message: "the other one", location: $0)] } ?? [],
          fix: "give each a `name` of its own, or remove one"))
      return false
    }
  }

  /// What is wrong with a name for a cluster; nil for a good one (Cilium, `pkg/clustermesh/types` `ValidateClusterName`:
  /// at most 32 lower-case letters, digits and `-`, which do not begin or end it).
  package static func clusterNameProblem(_ name: String) -> String? {
    if name.utf8.count > 32 { return "the cluster name `\(name)` is longer than 32 characters" }
    return NameRules.labelNameProblem(name).map { "the cluster name `\(name)` \($0)" }
  }

  // MARK: - Addresses

  private static func blocks(_ node: Node?, _ field: String, _ problems: inout [Diagnostic]) -> [CIDR] {
    (node?.list(field, &problems) ?? []).compactMap { element in
      guard element.string("\(field)[]", &problems) != nil, let parsed = element.cidr(&problems) else {
        return nil
      }
      if !parsed.legacyForms.isEmpty {
        problems.reportInvalid(
          element, "`\(element.text)` is no canonical CIDR", fix: "write \(parsed.cidr)")
        return nil
      }
      return parsed.cidr
    }
  }

  private static func addresses(
    _ node: Node?, _ field: String, _ problems: inout [Diagnostic]
  ) -> [IPAddress] {
    (node?.list(field, &problems) ?? []).compactMap { element in
      guard let text = element.string("\(field)[]", &problems) else { return nil }
      guard let address = IPAddress(text) else {
        problems.reportInvalid(element, "\(element.excerpt) is not an IP address")
        return nil
      }
      return address
    }
  }

  // MARK: - Objects

  private static func namespace(_ node: Node, _ problems: inout [Diagnostic]) -> Namespace? {
    guard node.isMapping("cluster.namespaces[]", &problems) else { return nil }
    let fields = StrictFields(node, type: "cluster.namespaces[]", known: ["name", "labels"], &problems)
    guard let name = name(fields, of: node, "cluster.namespaces[]", &problems) else { return nil }
    if let problem = NameRules.labelNameProblem(name.value) {
      problems.append(
        Diagnostic(.invalidValue, .error, "the namespace name `\(name.value)` \(problem)", at: name.location))
      return nil
    }
    let labels = labels(fields, "cluster.namespaces[]", &problems)
    if let written = labels[Namespace.nameLabel], written != name.value {
      problems.append(
        Diagnostic(
          .invalidValue, .error,
          "the label `\(Namespace.nameLabel)` of a namespace is its name, `\(name.value)`",
          at: labels.location(of: Namespace.nameLabel) ?? name.location))
      return nil
    }
    return Namespace(name: name.value, labels: labels, location: name.location)
  }

  private static func node(_ node: Node, _ problems: inout [Diagnostic]) -> ClusterNode? {
    guard node.isMapping("cluster.nodes[]", &problems) else { return nil }
    let fields = StrictFields(
      node, type: "cluster.nodes[]", known: ["name", "labels", "addresses"], &problems)
    guard let name = name(fields, of: node, "cluster.nodes[]", &problems) else { return nil }
    return ClusterNode(
      name: name.value, labels: labels(fields, "cluster.nodes[]", &problems),
      addresses: addresses(fields["addresses"], "cluster.nodes[].addresses", &problems),
      location: name.location)
  }

  // MARK: - Pods

  private static let podFields = [
    "namespace", "name", "labels", "ports", "serviceAccountName", "hostNetwork",
  ]

  private static func dns(_ node: Node, _ problems: inout [Diagnostic]) -> Workload? {
    guard node.isMapping("cluster.dns[]", &problems) else { return nil }
    let fields = StrictFields(node, type: "cluster.dns[]", known: podFields, &problems)
    return pods(
      fields, of: node, "cluster.dns[]", namespace: "kube-system", name: "dns",
      ports: [
        ContainerPort(name: "dns", transport: .udp, number: 53),
        ContainerPort(name: "dns-tcp", transport: .tcp, number: 53),
      ], &problems)
  }

  private static func pods(ofOperator node: Node, _ problems: inout [Diagnostic]) -> [Workload] {
    guard node.isMapping("cluster.operators[]", &problems) else { return [] }
    let fields = StrictFields(node, type: "cluster.operators[]", known: ["name", "pods"], &problems)
    guard name(fields, of: node, "cluster.operators[]", &problems) != nil else { return [] }
    return (fields["pods"]?.list("cluster.operators[].pods", &problems) ?? []).compactMap { node in
      let field = "cluster.operators[].pods[]"
      guard node.isMapping(field, &problems) else { return nil }
      return pods(StrictFields(node, type: field, known: podFields, &problems), of: node, field, &problems)
    }
  }

  /// - Parameters:
  ///   - namespace: where they live if nothing is written; nil when it must be.
  ///   - name: how they are called if nothing is written; nil when it must be.
  private static func pods(
    _ fields: StrictFields, of node: Node, _ field: String, namespace: String? = nil, name: String? = nil,
    ports: [ContainerPort] = [], _ problems: inout [Diagnostic]
  ) -> Workload? {
    let before = problems.count
    let labels = labels(fields, field, &problems)
    if labels.isEmpty, problems.count == before {
      problems.append(
        Diagnostic(
          .missingField, .error, "`\(field)` without `labels`, by which policies know pods", at: node.location
        ))
    }
    let written = fields["namespace"]?.string("\(field).namespace", &problems) ?? namespace
    if written == nil {
      problems.append(
        Diagnostic(.missingField, .error, "`\(field)` without `namespace`", at: node.location))
    }
    if let written, let problem = NameRules.labelNameProblem(written) {
      problems.append(
        Diagnostic(.invalidValue, .error, "the namespace `\(written)` \(problem)", at: node.location))
    }
    let own =
      fields["name"] == nil
      ? name.map { Located($0, at: node.location) } : Self.name(fields, of: node, field, &problems)
    if own == nil, fields["name"] == nil {
      problems.append(Diagnostic(.missingField, .error, "`\(field)` without `name`", at: node.location))
    }
    var template = PodTemplate(labels: labels, ports: ports)
    template.hostNetwork = fields["hostNetwork"]?.bool("\(field).hostNetwork", &problems) ?? false
    template.serviceAccountName =
      fields["serviceAccountName"]?.string("\(field).serviceAccountName", &problems) ?? "default"
    if let list = fields["ports"]?.list("\(field).ports", &problems) {
      template.ports = list.compactMap { port($0, "\(field).ports[]", &problems) }
    }
    guard problems.count == before, let written, let own else { return nil }
    return Workload(
      kind: .deployment, meta: ObjectMeta(name: own.value, namespace: written, location: own.location),
      template: template)
  }

  private static func port(_ node: Node, _ field: String, _ problems: inout [Diagnostic]) -> ContainerPort? {
    guard node.isMapping(field, &problems) else { return nil }
    let fields = StrictFields(node, type: field, known: ["name", "port", "protocol"], &problems)
    guard let number = fields["port"]?.portNumber("\(field).port", &problems),
      let transport = TransportProtocol.read(fields["protocol"], &problems)
    else {
      if fields["port"] == nil {
        problems.append(Diagnostic(.missingField, .error, "`\(field)` without `port`", at: node.location))
      }
      return nil
    }
    let name = fields["name"]?.string("\(field).name", &problems)
    if let name, let problem = NameRules.portNameProblem(name) {
      problems.append(
        Diagnostic(.invalidValue, .error, "the port name `\(name)` \(problem)", at: node.location))
      return nil
    }
    return ContainerPort(name: name, transport: transport, number: number)
  }

  // MARK: - Parts

  private static func labels(_ fields: StrictFields, _ field: String, _ problems: inout [Diagnostic])
    -> Labels
  {
    fields["labels"].map { Labels($0, field: "\(field).labels", &problems) } ?? .none
  }

  private static func name(
    _ fields: StrictFields, of node: Node, _ field: String, _ problems: inout [Diagnostic]
  ) -> Located<String>? {
    guard let written = fields["name"] else {
      problems.append(Diagnostic(.missingField, .error, "`\(field)` without `name`", at: node.location))
      return nil
    }
    guard let name = written.string("\(field).name", &problems) else { return nil }
    if let problem = NameRules.subdomainProblem(name) {
      problems.reportInvalid(written, "the name `\(name)` \(problem)")
      return nil
    }
    return Located(name, at: written.location)
  }
}
