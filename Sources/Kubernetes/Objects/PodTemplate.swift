/// What policies can see of a pod's specification: of a Pod itself or of a workload's template.
package struct PodTemplate: Sendable {
  /// What selectors are compared with.
  package var labels: Labels
  /// The pod shares its node's network and has no address of its own; whether policies see it is left open.
  package var hostNetwork: Bool
  /// The node it runs on, or must run on. Nil when the scheduler has yet to choose.
  package var nodeName: String?
  /// `default` when left out, as admission sets it.
  package var serviceAccountName: String
  /// Of all containers, then of init containers, in the order of the text. A port need not be declared to be open.
  package var ports: [ContainerPort]

  package init(
    labels: Labels, hostNetwork: Bool = false, nodeName: String? = nil,
    serviceAccountName: String = "default",
    ports: [ContainerPort] = []
  ) {
    self.labels = labels
    self.hostNetwork = hostNetwork
    self.nodeName = nodeName
    self.serviceAccountName = serviceAccountName
    self.ports = ports
  }
}

/// A port that a container declares (`core/v1 ContainerPort`).
package struct ContainerPort: Sendable, Hashable {
  /// Which list of the pod the container stands in; it decides whether a port name counts.
  package enum Origin: UInt8, Sendable, Hashable {
    case container
    /// An init container with `restartPolicy: Always`: runs as long as the pod.
    case sidecar
    case initContainer
  }

  /// What a policy or Service may call it. Names need not be unique in a pod.
  package let name: String?
  package let transport: TransportProtocol
  /// 1 to 65535.
  package let number: UInt16
  package let origin: Origin

  package init(
    name: String?, transport: TransportProtocol = .tcp, number: UInt16, origin: Origin = .container
  ) {
    self.name = name
    self.transport = transport
    self.number = number
    self.origin = origin
  }
}

extension PodTemplate {
  /// Reads `{metadata, spec}` of a pod template. What policies cannot see is not looked at.
  init(_ node: Node, field: @autoclosure () -> String, _ problems: inout [Diagnostic]) {
    var labels = Labels.none
    if let written = node["metadata"]?["labels"] {
      labels = Labels(written, field: "\(field())metadata.labels", &problems)
    }
    self.init(labels: labels, specOf: node, field: field(), &problems)
  }

  /// Reads `spec` of a Pod, whose labels are read already, or of a pod template.
  init(labels: Labels, specOf node: Node, field: @autoclosure () -> String, _ problems: inout [Diagnostic]) {
    self.init(labels: labels)
    guard let spec = node["spec"], spec.isMapping("\(field())spec", &problems) else { return }
    hostNetwork = spec["hostNetwork"]?.bool("\(field())spec.hostNetwork", &problems) ?? false
    nodeName = spec["nodeName"]?.string("\(field())spec.nodeName", &problems).flatMap {
      $0.isEmpty ? nil : $0
    }
    serviceAccountName =
      spec["serviceAccountName"]?.string("\(field())spec.serviceAccountName", &problems) ?? "default"
    for container in spec["containers"]?.list("\(field())spec.containers", &problems) ?? [] {
      ports += Self.ports(of: container, origin: .container, &problems)
    }
    for container in spec["initContainers"]?.list("\(field())spec.initContainers", &problems) ?? [] {
      let isSidecar = container["restartPolicy"]?.hasText("Always") ?? false
      ports += Self.ports(of: container, origin: isSidecar ? .sidecar : .initContainer, &problems)
    }
  }

  private static func ports(
    of container: Node, origin: ContainerPort.Origin, _ problems: inout [Diagnostic]
  ) -> [ContainerPort] {
    guard let list = container["ports"]?.list("ports", &problems) else { return [] }
    return list.compactMap { port in
      guard port.isMapping("ports[]", &problems), let numberNode = port["containerPort"],
        let number = numberNode.integer("containerPort", &problems)
      else { return nil }
      guard let valid = UInt16(exactly: number), valid > 0 else {
        problems.reportInvalid(numberNode, "`containerPort` must be 1 to 65535, not \(number)")
        return nil
      }
      guard let transport = TransportProtocol.read(port["protocol"], &problems) else { return nil }
      var name: String?
      if let node = port["name"], let text = node.string("ports[].name", &problems), !text.isEmpty {
        if let problem = NameRules.portNameProblem(text) {
          problems.reportInvalid(node, "the port name `\(text)` \(problem)")
        }
        name = text
      }
      return ContainerPort(name: name, transport: transport, number: valid, origin: origin)
    }
  }
}
