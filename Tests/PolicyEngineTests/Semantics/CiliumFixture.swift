import PolicyEngine
import PolicyModel
import Testing

extension WorldFixture {
  /// The small shop, as Cilium sees it.
  static func cilium(
    _ documents: String..., deviations: Set<Deviation> = Deviation.ofCilium, facts: ClusterFacts = .none
  ) -> WorldFixture {
    shop(documents, profile: .cilium.with(deviations), facts: facts)
  }

  /// Asks for each of several ends, `*` in the flow line, and compares the first letters of the verdicts: `A D U`.
  func expect(
    _ line: String, _ ends: [String], _ letters: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let words = letters.split(separator: " ")
    try #require(words.count == ends.count, sourceLocation: sourceLocation)
    let rows = zip(ends, words).map { end, letter in
      let outcome = letter == "A" ? "allowed" : letter == "D" ? "denied" : "undefined"
      return line.replacing("*", with: end) + " " + outcome
    }
    try expect(rows.joined(separator: "\n"), sourceLocation: sourceLocation)
  }
}

/// A CiliumNetworkPolicy `namespace/name` from the YAML of its `spec`.
func cnp(_ name: String, _ spec: String) -> String {
  let parts = name.split(separator: "/")
  return """
    apiVersion: cilium.io/v2
    kind: CiliumNetworkPolicy
    metadata: {namespace: \(parts[0]), name: \(parts[1])}
    spec: \(spec)
    """
}

/// A CiliumClusterwideNetworkPolicy from the YAML of its `spec`.
func ccnp(_ name: String, _ spec: String) -> String {
  """
  apiVersion: cilium.io/v2
  kind: CiliumClusterwideNetworkPolicy
  metadata: {name: \(name)}
  spec: \(spec)
  """
}

/// A ClusterNetworkPolicy about all pods.
func clusterPolicy(_ name: String, _ tier: String, _ priority: Int, _ rules: String) -> String {
  """
  apiVersion: policy.networking.k8s.io/v1alpha2
  kind: ClusterNetworkPolicy
  metadata: {name: \(name)}
  spec: {tier: \(tier), priority: \(priority), subject: {namespaces: {}}, \(rules)}
  """
}

/// A Node with labels.
func labelledNode(_ name: String, _ labels: String, _ address: String) -> String {
  """
  apiVersion: v1
  kind: Node
  metadata: {name: \(name), labels: {\(labels)}}
  status: {addresses: [{type: InternalIP, address: \(address)}]}
  """
}
