internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension Intent {
  /// The cluster of the intent's workloads, policed as it says: whatever engine it is rendered for, a rendering without
  /// losses answers the same.
  public func evaluate() throws(Problems) -> Cluster {
    let problems = IntentCheck(self)
    if problems.hasErrors { throw Problems(problems.problems) }
    return evaluated()
  }

  /// The same of an intent that has no errors.
  func evaluated() -> Cluster {
    cluster(of: LoweredIntent(self).tiers, EngineProfile.kubernetes.meaningBlocks())
  }

  /// The intent's workloads under some policies.
  func cluster(of tiers: [Tier], _ profile: EngineProfile) -> Cluster {
    let read = cluster.read(at: site)
    var facts = ClusterFacts()
    facts.podBlocks = read.podBlocks
    facts.nodeBlocks = read.nodeBlocks
    facts.apiServerAddresses = read.apiServer.map(\.address)
    return Cluster(manifests, tiers: tiers, profile: profile, facts: facts, description: cluster)
  }

  /// The workloads and namespaces as objects.
  private var manifests: ManifestSet {
    var manifests = ManifestSet()
    var seen: Set<String> = []
    for workload in workloads where seen.insert("\(workload)").inserted {
      manifests.workloads.append(
        Kubernetes.Workload(
          kind: .deployment,
          meta: ObjectMeta(
            name: workload.name, namespace: workload.namespace, location: workload.site.location),
          template: PodTemplate(
            labels: Labels(workload.labels), hostNetwork: workload.hostNetwork,
            serviceAccountName: workload.serviceAccount, ports: workload.containerPorts)))
    }
    for namespace in namespaces {
      manifests.namespaces.append(
        Namespace(name: namespace.name, labels: Labels(namespace.labels), location: site.location))
    }
    return manifests
  }
}
