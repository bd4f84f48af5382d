import Dialects
import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

/// A world written as YAML, asked with flow lines: the whole way from text to verdict.
struct WorldFixture {
  let evaluator: FlowEvaluator
  let compiled: CompiledPolicies
  let parser: FlowParser
  let world: World
  let problems: [String]
  /// What is worth a warning or a note for the profile only.
  let remarks: [String]

  /// Documents, in order. The path of the input is `world.yaml`.
  init(profile: EngineProfile = .kubernetes, _ documents: String...) {
    self.init(documents, profile: profile)
  }

  init(
    _ documents: [String], profile: EngineProfile = .kubernetes, enforcesStaged: Bool = false,
    facts: ClusterFacts = .none
  ) {
    let options = PolicySet.readerOptions(defaultNamespace: "default")
    let manifests = ManifestReader(options: options).readSequentially([
      ManifestText(path: "world.yaml", documents.joined(separator: "\n---\n"))
    ])
    let policies = PolicySet(manifests, defaultNamespace: "default")
    let stack = policies.stack(profile, enforcesStaged: enforcesStaged)
    world = World(
      manifests, policies: stack.tiers.flatMap(\.policies), policyNamespaces: policies.namespaces,
      policyNodes: policies.nodes(profile), facts: facts)
    evaluator = FlowEvaluator(world: world, tiers: stack.tiers, profile: profile)
    compiled = CompiledPolicies(world: world, tiers: stack.tiers, profile: profile)
    parser = FlowParser(world)
    problems = (manifests.diagnostics + policies.diagnostics + stack.diagnostics)
      .filter { $0.severity == .error }.map(\.message)
    remarks = stack.diagnostics.filter { $0.severity < .error }.map(\.message)
  }

  /// The small shop with more documents.
  ///
  /// | object | labels | address | node |
  /// |---|---|---|---|
  /// | shop/web | app: web | 10.1.0.1 | n1 |
  /// | shop/db | app: db | 10.1.0.2 | n2 |
  /// | data/job (namespace team: data) | app: job | 10.2.0.1 | n2 |
  /// | nodes n1, n2 | | 192.168.0.1, .2 | |
  static func shop(_ documents: String..., profile: EngineProfile) -> WorldFixture {
    shop(documents, profile: profile)
  }

  static func shop(
    profile: EngineProfile = .kubernetes, enforcesStaged: Bool = false, _ documents: String...
  ) -> WorldFixture {
    shop(documents, profile: profile, enforcesStaged: enforcesStaged)
  }

  static func shop(
    _ documents: [String], profile: EngineProfile, enforcesStaged: Bool = false, facts: ClusterFacts = .none
  ) -> WorldFixture {
    WorldFixture(
      [
        namespace("shop"), namespace("data", "team: data"), node("n1", "192.168.0.1"),
        node("n2", "192.168.0.2"),
        pod("shop/web", "app: web", ip: "10.1.0.1", on: "n1"),
        pod("shop/db", "app: db", ip: "10.1.0.2", on: "n2"),
        pod("data/job", "app: job", ip: "10.2.0.1", on: "n2"),
      ] + documents, profile: profile, enforcesStaged: enforcesStaged, facts: facts)
  }

  func verdict(_ line: String) throws -> Verdict {
    evaluator.verdict(try parser.parse(line))
  }

  /// Asks every row: a flow line, then its verdict, or the verdict overall, for egress and for ingress.
  func expect(_ table: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(problems.isEmpty, sourceLocation: sourceLocation)
    let relation = Relation(compiled)
    for row in table.split(separator: "\n") {
      let words = row.split(separator: " ").map(String.init)
      let expected = words.dropFirst(4)
      try #require(expected.count == 1 || expected.count == 3, "\(row)", sourceLocation: sourceLocation)
      let verdict = try verdict(words.prefix(4).joined(separator: " "))
      var actual = [verdict.outcome.rawValue]
      if expected.count == 3 { actual += [verdict.egress.rawValue, verdict.ingress.rawValue] }
      #expect(actual == Array(expected), "\(row)", sourceLocation: sourceLocation)
      try expectCompiled(row, verdict, relation, sourceLocation)
    }
  }

  /// Where the compiled policies answer, they answer the same.
  private func expectCompiled(
    _ row: Substring, _ verdict: Verdict, _ relation: Relation, _ sourceLocation: SourceLocation
  ) throws {
    let flow = try parser.parse(row.split(separator: " ").prefix(4).joined(separator: " "))
    if let outcome = relation.outcome(flow) {
      #expect(outcome == verdict.outcome, "all pairs: \(row)", sourceLocation: sourceLocation)
    }
    guard let decided = VerdictTable(compiled).verdict(flow) else { return }
    let isSame =
      verdict.outcome == decided.outcome && verdict.egress == decided.egress.outcome
      && verdict.ingress == decided.ingress.outcome
    #expect(isSame, "compiled: \(row)", sourceLocation: sourceLocation)
  }

  /// The message with its fix, of a line that is no flow.
  func complaint(_ line: String) -> String? {
    do {
      _ = try parser.parse(line)
      return nil
    } catch {
      return [error.message, error.fix].compactMap { $0 }.joined(separator: "; ")
    }
  }
}

typealias SourceLocation = Testing.SourceLocation

// MARK: - Documents

/// A NetworkPolicy from the YAML of its `spec`.
func policy(_ name: String, _ spec: String) -> String {
  document("NetworkPolicy", "networking.k8s.io/v1", name, "", "spec:\n\(indented(spec, 2))")
}

/// A ClusterNetworkPolicy on all pods, from the YAML of its rules.
func clusterPolicy(
  _ name: String, tier: String = "Admin", priority: Int = 10, subject: String = "{namespaces: {}}",
  _ rules: String
) -> String {
  cluster(
    "ClusterNetworkPolicy", "v1alpha2", name,
    "tier: \(tier)\npriority: \(priority)\nsubject: \(subject)\n\(rules)")
}

/// An AdminNetworkPolicy on all pods, from the YAML of its rules.
func adminPolicy(_ name: String, priority: Int = 10, _ rules: String) -> String {
  cluster(
    "AdminNetworkPolicy", "v1alpha1", name, "priority: \(priority)\nsubject: {namespaces: {}}\n\(rules)")
}

/// The BaselineAdminNetworkPolicy on all pods, from the YAML of its rules.
func baselinePolicy(_ rules: String) -> String {
  cluster("BaselineAdminNetworkPolicy", "v1alpha1", "default", "subject: {namespaces: {}}\n\(rules)")
}

private func cluster(_ kind: String, _ version: String, _ name: String, _ spec: String) -> String {
  "apiVersion: policy.networking.k8s.io/\(version)\nkind: \(kind)\nmetadata: {name: \(name)}\nspec:\n"
    + indented(spec, 2)
}

/// A Pod. `status` is left out when there is no address, `extra` is more YAML of its `spec`.
func pod(
  _ name: String, _ labels: String, ip: String? = nil, on node: String? = nil, status: String? = nil,
  owner: String? = nil, _ extra: String = ""
) -> String {
  var rest = "spec:\n  containers: []\n"
  if extra.contains("containers:") { rest = "spec:\n" }
  if let node { rest += "  nodeName: \(node)\n" }
  rest += indented(extra, 2)
  let addresses = ip.map { ip in
    "podIPs: [\(ip.split(separator: " ").map { "{ip: \"\($0)\"}" }.joined(separator: ", "))]"
  }
  let state = [addresses, status].compactMap { $0 }
  if !state.isEmpty { rest += "\nstatus: {\(state.joined(separator: ", "))}" }
  return document("Pod", "v1", name, labels, rest, owner: owner)
}

/// A workload of the apps group with the labels of its template.
func workload(
  _ kind: String, _ name: String, _ labels: String, owner: String? = nil, _ extra: String = "containers: []"
) -> String {
  let group = kind == "Job" ? "batch/v1" : "apps/v1"
  let template =
    "spec:\n  template:\n    metadata: {labels: {\(labels)}}\n    spec:\n\(indented(extra, 6))"
  return document(kind, group, name, "", template, owner: owner)
}

/// A Service from the YAML of its `spec`.
func service(_ name: String, _ spec: String) -> String {
  document("Service", "v1", name, "", "spec:\n\(indented(spec, 2))")
}

/// An object of Calico from the YAML of its `spec`; `name` is `namespace/name` for kinds that have namespaces.
func calico(_ kind: String, _ name: String, _ labels: String, _ spec: String) -> String {
  let parts = name.split(separator: "/")
  let place = parts.count == 2 ? "namespace: \(parts[0]), " : ""
  return """
    apiVersion: projectcalico.org/v3
    kind: \(kind)
    metadata: {\(place)name: \(parts[parts.count - 1]), labels: {\(labels)}}
    spec:
    \(indented(spec, 2))
    """
}

func calico(_ kind: String, _ name: String, _ spec: String) -> String { calico(kind, name, "", spec) }

/// A ClusterNetworkPolicy from the YAML of its `spec`.
func clusterPolicySpec(_ name: String, _ spec: String) -> String {
  """
  apiVersion: policy.networking.k8s.io/v1alpha2
  kind: ClusterNetworkPolicy
  metadata: {name: \(name)}
  spec:
  \(indented(spec, 2))
  """
}

/// A ServiceAccount; `name` is `namespace/name`.
func serviceAccount(_ name: String, _ labels: String = "") -> String {
  document("ServiceAccount", "v1", name, labels, "")
}

/// An EndpointSlice of the Service `name`, from the YAML of its `endpoints` and `ports`.
func endpointSlice(_ name: String, _ endpoints: String, _ ports: String) -> String {
  let parts = name.split(separator: "/")
  return document(
    "EndpointSlice", "discovery.k8s.io/v1", name, "kubernetes.io/service-name: \(parts[1])",
    "addressType: IPv4\nendpoints: \(endpoints)\nports: \(ports)")
}

func namespace(_ name: String, _ labels: String = "") -> String {
  "apiVersion: v1\nkind: Namespace\nmetadata: {name: \(name), labels: {\(labels)}}"
}

func node(_ name: String, _ addresses: String..., labels: String = "") -> String {
  let list = addresses.map { "{type: InternalIP, address: \"\($0)\"}" }.joined(separator: ", ")
  return
    "apiVersion: v1\nkind: Node\nmetadata: {name: \(name), labels: {\(labels)}}\nstatus: {addresses: [\(list)]}"
}

/// `name` is `namespace/name`; `owner` is `Kind/name`.
private func document(
  _ kind: String, _ apiVersion: String, _ name: String, _ labels: String, _ rest: String, owner: String? = nil
) -> String {
  let parts = name.split(separator: "/")
  let owners = (owner?.split(separator: "/") ?? []).map(String.init)
  let reference =
    owners.count == 2 ? ", ownerReferences: [{kind: \(owners[0]), name: \(owners[1]), controller: true}]" : ""
  return """
    apiVersion: \(apiVersion)
    kind: \(kind)
    metadata: {namespace: \(parts[0]), name: \(parts[1]), labels: {\(labels)}\(reference)}
    \(rest)
    """
}

private func indented(_ text: String, _ spaces: Int) -> String {
  text.split(separator: "\n").map { String(repeating: " ", count: spaces) + $0 }.joined(separator: "\n")
}
