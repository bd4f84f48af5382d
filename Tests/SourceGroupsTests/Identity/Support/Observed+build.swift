import Kubernetes
import SourceGroups
import Testing

extension NamespacedName: ExpressibleByStringInterpolation {
  /// `shop/web-0`, or `node-1`.
  public init(stringLiteral text: String) {
    let parts = text.split(separator: "/").map(String.init)
    self.init(namespace: parts.count > 1 ? parts[0] : "", name: parts[parts.count - 1])
  }
}

/// An address, or the whole test is wrong.
func ip(_ text: String) -> IPAddress { IPAddress(text) ?? IPAddress(.ipv6, bits: 0xBAD) }

func block(_ text: String) -> CIDR { ParsedCIDR(text)?.cidr ?? CIDR(ip("::"), prefixLength: 128) }

/// Seconds after the start.
func at(_ seconds: Int) -> Timestamp { .earliest.advanced(bySeconds: seconds) }

func pod(
  _ name: NamespacedName, _ addresses: String..., labels: [String: String] = ["app": "web"],
  uid: String? = nil,
  node: String = "node-1", serviceAccount: String = "default", phase: ObservedPod.Phase = .live,
  isTerminating: Bool = false, usesHostNetwork: Bool = false, createdAt: Int? = nil
) -> ObservedPod {
  ObservedPod(
    name: name, uid: uid ?? "uid-\(name.name)", labels: Labels(labels), node: node,
    serviceAccount: serviceAccount,
    phase: phase, isTerminating: isTerminating, usesHostNetwork: usesHostNetwork,
    addresses: addresses.map(ip),
    createdAt: createdAt.map(at))
}

func namespace(_ name: String, _ labels: [String: String] = [:]) -> ObservedNamespace {
  ObservedNamespace(name: NamespacedName(name: name), uid: "uid-\(name)", labels: Labels(labels))
}

func node(
  _ name: NamespacedName, internal: [String] = [], external: [String] = [],
  labels: [String: String] = ["pool": "a"],
  uid: String? = nil, podBlocks: [String] = []
) -> ObservedNode {
  ObservedNode(
    name: name, uid: uid ?? "uid-\(name)", labels: Labels(labels),
    addresses: `internal`.map { .init(.internalIP, ip($0)) } + external.map { .init(.externalIP, ip($0)) },
    podBlocks: podBlocks.map(block))
}

func slice(
  _ name: NamespacedName, of service: String, _ endpoints: (pod: NamespacedName?, addresses: [String])...
) -> ObservedEndpointSlice {
  ObservedEndpointSlice(
    name: name, uid: "uid-\(name.name)", service: service,
    endpoints: endpoints.map { .init(addresses: $0.addresses.map(ip), pod: $0.pod) })
}

/// Requirements of `key: value` pairs.
func labelled(_ pairs: [String: String]) -> Requirements {
  Requirements(pairs.map { LabelRequirement(key: $0.key, .isIn([$0.value])) })
}

extension ClusterSelection {
  /// Pods with these labels, of namespaces with those.
  static func pods(
    _ labels: [String: String] = ["app": "web"], in namespaces: [String: String] = [:],
    serviceAccounts: Set<String>? = nil, includesHostNetwork: Bool = false
  ) -> ClusterSelection {
    .pods(
      PodSelection(
        namespaces: labelled(namespaces), pods: labelled(labels), serviceAccounts: serviceAccounts,
        includesHostNetwork: includesHostNetwork))
  }

  static func nodes(
    _ labels: [String: String], _ kinds: Set<ObservedNode.Address.Kind> = [.internalIP]
  ) -> ClusterSelection {
    .nodes(NodeSelection(nodes: labelled(labels), addressKinds: kinds))
  }
}
