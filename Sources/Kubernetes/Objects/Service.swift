/// A Service (`core/v1 Service`) with what is needed to find its backends.
package struct Service: Sendable {
  /// A port that the Service listens on, and where it leads.
  package struct Port: Sendable {
    /// What `targetPort` says; the Service's own port when it says nothing.
    package enum Target: Sendable, Equatable {
      case number(UInt16)
      case name(String)
    }

    package let name: String?
    package let transport: TransportProtocol
    /// The port of the Service's own address; the pods' may be another.
    package let number: UInt16
    package let target: Target
  }

  package var meta: ObjectMeta
  /// Nil when the Service has no selector: its endpoints are managed by hand.
  package var selector: Labels?
  package var ports: [Port]
  /// Its own addresses, one or two. Empty in manifests that the cluster has not seen, and for headless Services.
  package var clusterIPs: [IPAddress]
  /// The name it stands for, for type ExternalName.
  package var externalName: String?
  /// `clusterIP: None`: clients talk to the pods' ports directly.
  package var isHeadless: Bool
  /// `LoadBalancer` or `NodePort` when clients from outside the cluster may come through it.
  package var outsideType: String?
}

extension Service {
  init?(_ object: Node, defaultNamespace: String, _ problems: inout [Diagnostic]) {
    guard
      let meta = ObjectMeta(
        object, kind: "Service", scope: .namespaced(defaultNamespace: defaultNamespace), &problems)
    else { return nil }
    let spec = object["spec"]
    var selector: Labels?
    if let node = spec?["selector"], node.isMapping("spec.selector", &problems) {
      let labels = Labels(node, field: "spec.selector", &problems)
      selector = labels.isEmpty ? nil : labels
    }
    var clusterIPs = spec?["clusterIPs"]?.elements.map(\.text) ?? []
    if clusterIPs.isEmpty, let only = spec?["clusterIP"]?.text { clusterIPs = [only] }
    let isExternalName = spec?["type"]?.hasText("ExternalName") ?? false
    let type = spec?["type"]?.text
    let outsideType = type == "LoadBalancer" || type == "NodePort" ? type : nil
    self.init(
      meta: meta, selector: selector,
      ports: (spec?["ports"]?.list("spec.ports", &problems) ?? []).compactMap { Port($0, &problems) },
      clusterIPs: clusterIPs.compactMap { IPAddress($0) },
      externalName: isExternalName ? spec?["externalName"]?.text : nil,
      isHeadless: clusterIPs.contains("None"),
      outsideType: outsideType)
  }
}

extension Service.Port {
  init?(_ node: Node, _ problems: inout [Diagnostic]) {
    guard node.isMapping("spec.ports[]", &problems), let numberNode = node["port"],
      let written = numberNode.integer("spec.ports[].port", &problems)
    else { return nil }
    guard let number = UInt16(exactly: written), number > 0 else {
      problems.reportInvalid(numberNode, "`port` must be 1 to 65535, not \(written)")
      return nil
    }
    var target = Target.number(number)
    if let targetNode = node["targetPort"], !targetNode.isNull {
      if case .integer(let value) = targetNode.scalar, let port = UInt16(exactly: value) {
        // Zero is what clients send for "not set".
        if port > 0 { target = .number(port) }
      } else if case .string = targetNode.scalar, NameRules.portNameProblem(targetNode.text) == nil {
        target = .name(targetNode.text)
      } else {
        problems.reportInvalid(
          targetNode, "`targetPort` must be 1 to 65535 or a port's name, not \(targetNode.excerpt)")
        return nil
      }
    }
    guard let transport = TransportProtocol.read(node["protocol"], &problems) else { return nil }
    self.init(name: node["name"]?.text, transport: transport, number: number, target: target)
  }
}
