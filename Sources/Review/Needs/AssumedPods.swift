internal import Kubernetes
internal import PolicyEngine

/// What nearly every cluster runs and few inputs have: cluster DNS.
enum AssumedPods {
  private static let file = SourceFile(path: "<assumed>")

  /// Whether a place is that of an assumption.
  static func contains(_ location: SourceLocation) -> Bool { location.file === file }

  /// As kubeadm, kind and the large providers install it.
  static let dns = Workload(
    kind: .deployment,
    meta: ObjectMeta(
      name: "coredns", namespace: "kube-system", location: SourceLocation(file: file, line: 1, column: 1)),
    template: PodTemplate(
      labels: Labels(["k8s-app": "kube-dns"]),
      ports: [
        ContainerPort(name: "dns", transport: .udp, number: 53),
        ContainerPort(name: "dns-tcp", transport: .tcp, number: 53),
      ]))
}

extension ClusterInput {
  /// The input with cluster DNS, where it has none and nobody says what it is like.
  package func assumingDNS() -> ClusterInput {
    let isKnown =
      !facts.dns.isEmpty
      || manifests.services.contains { ClusterDNS.isService($0.meta.namespace, $0.meta.name) }
      || manifests.workloads.contains { WellKnownPods.isDNS($0.template.labels) }
      || manifests.pods.indices.contains { WellKnownPods.isDNS(manifests.pods[$0].template.labels) }
    if isKnown { return self }
    var input = self
    input.manifests.workloads.append(AssumedPods.dns)
    return input
  }
}

/// How cluster DNS is called.
enum ClusterDNS {
  /// Whether a Service is the one that pods ask for names.
  static func isService(_ namespace: String, _ name: String) -> Bool {
    (namespace == "kube-system" && ["kube-dns", "coredns", "rke2-coredns-rke2-coredns"].contains(name))
      || (namespace == "openshift-dns" && name == "dns-default")
  }
}
