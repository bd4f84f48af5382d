package import Kubernetes
internal import PolicyEngine

extension ManifestSet {
  /// The objects with those that facts add. What a manifest defines counts as the manifest says: it is taken from the
  /// facts, and reported where they say otherwise.
  func adding(_ facts: inout ClusterFacts, _ problems: inout [Diagnostic]) -> ManifestSet {
    var whole = self
    reportStrayAddresses(facts, &problems)
    reportOwnersOfServerAddresses(facts, &problems)
    let namespaces = Dictionary(self.namespaces.map { ($0.name, $0) }) { $1 }
    for namespace in facts.namespaces {
      guard let written = namespaces[namespace.name] else { continue }
      if written.labels != namespace.labels {
        problems.append(
          .overridden("namespace `\(namespace.name)`", at: namespace.location, by: written.location))
      }
    }
    let nodes = Dictionary(self.nodes.map { ($0.name, $0) }) { $1 }
    for node in facts.nodes {
      guard let written = nodes[node.name] else { continue }
      if written.labels != node.labels || written.addresses != node.addresses {
        problems.append(.overridden("node `\(node.name)`", at: node.location, by: written.location))
      }
    }
    facts.namespaces.removeAll { namespaces[$0.name] != nil }
    facts.nodes.removeAll { nodes[$0.name] != nil }
    facts.workloads.removeAll { fact in
      guard let written = workload(named: fact.meta) else { return hasPods(like: fact) }
      problems.append(
        .overridden(
          "workload `\(fact.meta.qualifiedName)`", at: fact.meta.location, by: written.meta.location))
      return true
    }
    whole.namespaces += facts.namespaces
    whole.nodes += facts.nodes
    whole.workloads += facts.workloads
    return whole
  }

  /// A workload of the input that has the name of a fact about other pods.
  private func workload(named meta: ObjectMeta) -> Workload? {
    workloads.first { $0.meta.namespace == meta.namespace && $0.meta.name == meta.name }
  }

  /// Says which pods have addresses where the facts know of no pods. O(pods).
  private func reportStrayAddresses(_ facts: ClusterFacts, _ problems: inout [Diagnostic]) {
    if facts.podBlocks.isEmpty { return }
    // By index: to name a pod would copy all of it.
    let stray = pods.indices.filter { index in
      guard !pods[index].template.hostNetwork, !pods[index].isFinished,
        case .known(let addresses) = pods[index].addresses
      else { return false }
      return !addresses.allSatisfy { address in facts.podBlocks.contains { $0.contains(address) } }
    }
    guard let first = stray.first, case .known(let addresses) = pods[first].addresses else { return }
    let others = stray.count > 1 ? " and \(stray.count - 1) more pods" : ""
    problems.append(
      Diagnostic(
        .overriddenFact, .warning,
        "pod `\(pods[first].meta.qualifiedName)`\(others) has an address outside the CIDRs of pods: \(addresses.map(\.description).joined(separator: ", "))",
        at: pods[first].meta.location, fix: "add the block that it lies in to the CIDRs of pods"))
  }

  /// Says which pods and Services have an address that is said to be the API server's. O(pods + Services).
  private func reportOwnersOfServerAddresses(_ facts: ClusterFacts, _ problems: inout [Diagnostic]) {
    if facts.apiServerAddresses.isEmpty { return }
    let known = Set(facts.apiServerAddresses)
    func report(_ owner: String, _ addresses: [IPAddress], at location: SourceLocation, fix: String) {
      guard let address = addresses.first(where: known.contains) else { return }
      problems.append(
        Diagnostic(
          .overriddenFact, .warning,
          "\(address) is the address of \(owner) and, by the facts about the cluster, the API server's: flows that name the address are the API server's",
          at: location, fix: fix))
    }
    // By index: to name a pod would copy all of it.
    for index in pods.indices where !pods[index].template.hostNetwork && !pods[index].isFinished {
      guard case .known(let addresses) = pods[index].addresses else { continue }
      report(
        "pod `\(pods[index].meta.qualifiedName)`", addresses, at: pods[index].meta.location,
        fix: "take it from the addresses of the API server")
    }
    for service in services {
      report(
        "Service `\(service.meta.qualifiedName)`", service.clusterIPs, at: service.meta.location,
        fix: "name the addresses behind the Service: policies see these")
    }
  }

  /// Whether pods or a workload of the input are what a fact speaks of. Finished pods and Jobs are not.
  private func hasPods(like fact: Workload) -> Bool {
    // By index: to name a pod would copy all of it.
    pods.indices.contains {
      pods[$0].meta.namespace == fact.meta.namespace && !pods[$0].isFinished
        && pods[$0].template.labels.isSuperset(of: fact.template.labels)
    }
      || workloads.contains {
        $0.meta.namespace == fact.meta.namespace && $0.kind != .job && $0.kind != .cronJob
          && $0.template.labels.isSuperset(of: fact.template.labels)
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
