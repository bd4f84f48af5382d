internal import Kubernetes

extension NeuwerkReader {
  mutating func sources(_ node: Node) -> [Source] {
    let fields = fields(node, "`sources`", known: ["cidrs", "ips", "kubernetes"])
    var sources: [Source] = []
    let blocks = blocks(fields, "cidrs", "ips").map(\.value)
    if !blocks.isEmpty {
      let place = (fields["cidrs"] ?? fields["ips"] ?? node).location
      sources.append(Source(.addresses(blocks), onStale: .keep, location: place))
    }
    for element in fields["kubernetes"]?.list("kubernetes", &problems) ?? [] {
      if let source = cluster(element) { sources.append(source) }
    }
    return sources
  }

  /// The IPv4 blocks and addresses of two fields.
  mutating func blocks(_ fields: [String: Node], _ cidrs: String, _ addresses: String) -> [Located<CIDR>] {
    var blocks: [Located<CIDR>] = []
    for name in [cidrs, addresses] {
      for node in fields[name]?.list(name, &problems) ?? [] {
        guard let text = node.string("\(name)[]", &problems) else { continue }
        let address = IPAddress(text)
        let parsed = name == cidrs ? ParsedCIDR(text) : nil
        guard let block = parsed?.cidr ?? address.map({ CIDR($0, prefixLength: $0.family.bitWidth) }),
          block.family == .ipv4
        else {
          fail("`\(text)` is no IPv4 \(name == cidrs ? "CIDR" : "address")", at: node.location)
          continue
        }
        if let parsed, !parsed.legacyForms.isEmpty {
          trap("`\(text)` counts as \(block)", at: node.location)
        }
        blocks.append(Located(block, at: node.location))
      }
    }
    return blocks
  }

  private mutating func cluster(_ node: Node) -> Source? {
    let fields = fields(
      node, "a kubernetes source", known: ["integration", "pod_selector", "node_selector"])
    guard let name = fields["integration"]?.string("integration", &problems) else {
      problems.append(
        Diagnostic(.missingField, .error, "the kubernetes source needs `integration`", at: node.location))
      return nil
    }
    if name.isEmpty || NameRules.labelValueProblem(name) != nil {
      fail("the integration `\(name)` cannot be called so here", at: node.location)
    }
    let selection: ClusterSelection?
    switch (fields["pod_selector"], fields["node_selector"]) {
    case (let pods?, nil): selection = self.pods(pods)
    case (nil, let nodes?): selection = self.nodes(nodes)
    default:
      fail("a kubernetes source needs one of `pod_selector` and `node_selector`", at: node.location)
      return nil
    }
    return selection.map {
      Source(.cluster(integration: name, $0), onStale: .clear, location: node.location)
    }
  }

  private mutating func pods(_ node: Node) -> ClusterSelection? {
    let fields = fields(node, "`pod_selector`", known: ["namespace", "match_labels"])
    guard let namespace = fields["namespace"]?.string("namespace", &problems) else {
      problems.append(
        Diagnostic(.missingField, .error, "`pod_selector` needs `namespace`", at: node.location))
      return nil
    }
    if let problem = NameRules.labelNameProblem(namespace) {
      fail("the namespace `\(namespace)` \(problem)", at: node.location)
    }
    let labels = labels(fields["match_labels"], of: "pod_selector", everything: "pod of `\(namespace)`", node)
    trap(
      "pods that use their node's network are members, so that all that their node sends counts as theirs: "
        + "`includeHostNetwork: true` keeps that", at: node.location, fix: "remove it if it is not meant")
    changed(
      "members are all addresses of a pod, IPv6 included, and none of a finished pod: Neuwerk takes one IPv4 address, "
        + "and keeps that of finished pods", at: node.location)
    let name = LabelRequirement(key: Namespace.nameLabel, .isIn([namespace]))
    return .pods(
      PodSelection(
        namespaces: Requirements([name]), pods: Requirements(labels), includesHostNetwork: true))
  }

  private mutating func nodes(_ node: Node) -> ClusterSelection {
    let fields = fields(node, "`node_selector`", known: ["match_labels"])
    let labels = labels(fields["match_labels"], of: "node_selector", everything: "node", node)
    changed(
      "members are all internal addresses of a node, IPv6 included: Neuwerk takes one IPv4 address",
      at: node.location)
    return .nodes(NodeSelection(nodes: Requirements(labels)))
  }

  private mutating func labels(
    _ node: Node?, of selector: String, everything: String, _ owner: Node
  ) -> [LabelRequirement] {
    var requirements: [LabelRequirement] = []
    if let node, node.isMapping("match_labels", &problems) {
      for (key, value) in node.members {
        guard let text = value.string("match_labels.\(key.keyText)", &problems) else { continue }
        let problem = NameRules.labelKeyProblem(key.keyText) ?? NameRules.labelValueProblem(text)
        if let problem { fail("the label `\(key.keyText)=\(text)` \(problem)", at: key.location) }
        requirements.append(LabelRequirement(key: key.keyText, .isIn([text])))
      }
    }
    if requirements.isEmpty {
      trap(
        "`\(selector)` without `match_labels` selects every \(everything), which is written as `all: true`",
        at: owner.location)
    }
    return requirements
  }
}
