/// A pod (`core/v1 Pod`).
package struct Pod: Sendable {
  /// What is known of a pod's addresses.
  package enum Addresses: Sendable, Equatable {
    /// A manifest without `status`: the pod will get some address.
    case unknown
    /// The cluster has not given it one (yet), or has taken it back.
    case none
    /// `status.podIPs`, one or two, at most one of a family.
    case known([IPAddress])
  }

  package var meta: ObjectMeta
  /// The pod's own specification; its labels are those of ``meta``.
  package var template: PodTemplate
  /// Of a host-network pod these are its node's.
  package var addresses: Addresses
  /// `status.hostIPs`: addresses of the node it runs on.
  package var nodeAddresses: [IPAddress]
  /// Phase Succeeded or Failed: its containers are gone and its address may belong to another pod.
  package var isFinished: Bool

  package init(
    meta: ObjectMeta, template: PodTemplate, addresses: Addresses = .unknown, nodeAddresses: [IPAddress] = [],
    isFinished: Bool = false
  ) {
    self.meta = meta
    self.template = template
    self.addresses = addresses
    self.nodeAddresses = nodeAddresses
    self.isFinished = isFinished
  }
}

extension Pod {
  init?(_ object: Node, defaultNamespace: String, _ problems: inout [Diagnostic]) {
    guard
      let meta = ObjectMeta(
        object, kind: "Pod", scope: .namespaced(defaultNamespace: defaultNamespace), &problems)
    else { return nil }
    self.init(meta: meta, template: PodTemplate(labels: meta.labels, specOf: object, field: "", &problems))
    guard let status = object["status"], status.content == .mapping, !status.members.isEmpty else { return }
    let phase = status["phase"]?.text
    isFinished = phase == "Succeeded" || phase == "Failed"
    let podIPs = Self.addresses(status, list: "podIPs", single: "podIP", &problems)
    addresses = podIPs.isEmpty ? .none : .known(podIPs)
    nodeAddresses = Self.addresses(status, list: "hostIPs", single: "hostIP", &problems)
  }

  private static func addresses(
    _ status: Node, list: StaticString, single: StaticString, _ problems: inout [Diagnostic]
  ) -> [IPAddress] {
    var nodes = status[list]?.elements.compactMap { $0["ip"] } ?? []
    if nodes.isEmpty, let only = status[single] { nodes = [only] }
    var addresses: [IPAddress] = []
    for node in nodes where !node.text.isEmpty && !node.isNull {
      guard let address = IPAddress(node.text) else {
        problems.reportInvalid(node, "\(node.excerpt) is not an IP address")
        continue
      }
      if !addresses.contains(address) { addresses.append(address) }
    }
    return addresses
  }
}
