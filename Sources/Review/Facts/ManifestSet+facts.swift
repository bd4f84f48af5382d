package import Kubernetes
internal import PolicyEngine

extension ManifestSet {
  /// The objects with those that facts add. What a manifest defines counts as the manifest says; a fact that says
  /// otherwise is reported.
  func adding(_ facts: ClusterFacts, _ problems: inout [Diagnostic]) -> ManifestSet {
    var whole = self
    let namespaces = Dictionary(self.namespaces.map { ($0.name, $0) }) { $1 }
    for namespace in facts.namespaces {
      guard let written = namespaces[namespace.name] else {
        whole.namespaces.append(namespace)
        continue
      }
      if written.labels != namespace.labels {
        problems.append(
          .overridden("namespace `\(namespace.name)`", at: namespace.location, by: written.location))
      }
    }
    let nodes = Dictionary(self.nodes.map { ($0.name, $0) }) { $1 }
    for node in facts.nodes {
      guard let written = nodes[node.name] else {
        whole.nodes.append(node)
        continue
      }
      if written.labels != node.labels || written.addresses != node.addresses {
        problems.append(.overridden("node `\(node.name)`", at: node.location, by: written.location))
      }
    }
    whole.workloads += facts.workloads.filter { !hasPods(like: $0) }
    return whole
  }

  /// Whether pods or a workload of the input are what a fact speaks of.
  private func hasPods(like fact: Workload) -> Bool {
    // By index: to name a pod would copy all of it.
    pods.indices.contains {
      pods[$0].meta.namespace == fact.meta.namespace
        && pods[$0].template.labels.isSuperset(of: fact.template.labels)
    }
      || workloads.contains {
        $0.meta.namespace == fact.meta.namespace && $0.template.labels.isSuperset(of: fact.template.labels)
      }
  }
}

extension Diagnostic {
  fileprivate static func overridden(
    _ what: String, at location: SourceLocation?, by manifest: SourceLocation?
  ) -> Diagnostic {
    Diagnostic(
      .overriddenFact, .warning,
      "the \(what) of the cluster's facts is another in the manifests, which count",
      at: location, related: manifest.map { [Related(message: "the manifest", location: $0)] } ?? [],
      fix: "leave it out of the facts, or make both say the same")
  }
}

extension Diagnostic.Code {
  /// A fact about the cluster that a manifest contradicts.
  package static let overriddenFact = Self(rawValue: "overridden-fact")
}
