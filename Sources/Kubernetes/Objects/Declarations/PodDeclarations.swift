/// What a pod's specification says about connections: of a Pod itself or of a workload's template.
package struct PodDeclarations: Sendable {
  /// The Pod or workload.
  package let object: ObjectName
  /// Of running containers; commands and probes that go elsewhere are left out.
  package let probes: [Probe]
  /// Plain values of the environment of all containers, in the order of the text.
  package let environment: [EnvironmentValue]
  /// Whether names are looked up at cluster DNS first, as pods do unless `dnsPolicy` says otherwise.
  package let usesClusterDNS: Bool
  /// `automountServiceAccountToken`; nil when only the service account may say it.
  package let mountsToken: Bool?
  package let location: SourceLocation
}

/// A connection that the kubelet makes to a pod to see how it does.
package struct Probe: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case liveness = "livenessProbe"
    case readiness = "readinessProbe"
    case startup = "startupProbe"
  }

  package let kind: Kind
  /// Of the pod, over TCP; a name is resolved in the probe's own container.
  package let port: UInt16
  package let location: SourceLocation
}

/// A variable of a container whose value stands in the manifest.
package struct EnvironmentValue: Sendable {
  package let name: String
  package let value: String
  package let location: SourceLocation
}

extension PodDeclarations {
  /// Nil for objects that make no pods and for those that say nothing.
  init?(_ object: Node, kind: String, defaultNamespace: String, _ notes: inout [Diagnostic]) {
    let spec: Node?
    switch WorkloadKind(rawValue: kind) {
    case .cronJob?: spec = object["spec"]?["jobTemplate"]?["spec"]?["template"]?["spec"]
    case .some: spec = object["spec"]?["template"]?["spec"]
    case nil: spec = kind == "Pod" ? object["spec"] : nil
    }
    guard let spec, let name = ObjectName(object, kind: kind, defaultNamespace: defaultNamespace) else {
      return nil
    }
    var probes: [Probe] = []
    var environment: [EnvironmentValue] = []
    for container in spec["containers"]?.elements ?? [] {
      probes += Self.probes(of: container, &notes)
      environment += Self.environment(of: container)
    }
    for container in spec["initContainers"]?.elements ?? [] {
      if container["restartPolicy"]?.hasText("Always") ?? false {
        probes += Self.probes(of: container, &notes)
      }
      environment += Self.environment(of: container)
    }
    let dnsPolicy = spec["dnsPolicy"]
    let usesClusterDNS = !(dnsPolicy?.hasText("Default") ?? false) && !(dnsPolicy?.hasText("None") ?? false)
    let mountsToken = spec["automountServiceAccountToken"]?.plainBool
    if probes.isEmpty, environment.isEmpty, usesClusterDNS, mountsToken == nil { return nil }
    self.init(
      object: name, probes: probes, environment: environment, usesClusterDNS: usesClusterDNS,
      mountsToken: mountsToken,
      location: object["metadata"]?["name"]?.location ?? object.location)
  }

  private static func environment(of container: Node) -> [EnvironmentValue] {
    (container["env"]?.elements ?? []).compactMap { entry in
      guard let name = entry["name"]?.text, let value = entry["value"], value.content == .scalar,
        !value.isNull
      else { return nil }
      return EnvironmentValue(name: name, value: value.text, location: value.location)
    }
  }

  private static func probes(of container: Node, _ notes: inout [Diagnostic]) -> [Probe] {
    var probes: [Probe] = []
    for (kind, probe) in [
      (Probe.Kind.liveness, container["livenessProbe"]), (.readiness, container["readinessProbe"]),
      (.startup, container["startupProbe"]),
    ] {
      guard let probe, let action = probe["httpGet"] ?? probe["tcpSocket"] ?? probe["grpc"] else { continue }
      // A probe of another host is no connection to the pod.
      if let host = action["host"], !host.isNull, !host.text.isEmpty { continue }
      guard let written = action["port"] else { continue }
      guard let port = number(written, in: container) else {
        notes.append(
          Diagnostic(
            .unreadableNeed, .note,
            "the port \(written.excerpt) of this \(kind.rawValue) is no port of its container",
            at: written.location))
        continue
      }
      probes.append(Probe(kind: kind, port: port, location: written.location))
    }
    return probes
  }

  private static func number(_ port: Node, in container: Node) -> UInt16? {
    if case .integer(let value) = port.scalar { return UInt16(exactly: value).flatMap { $0 > 0 ? $0 : nil } }
    let name = port.text
    for entry in container["ports"]?.elements ?? [] where entry["name"]?.text == name {
      if case .integer(let value)? = entry["containerPort"]?.scalar { return UInt16(exactly: value) }
    }
    return nil
  }
}

extension Node {
  /// The truth value of a scalar; nil for everything else.
  var plainBool: Bool? {
    if content == .scalar, case .bool(let value) = scalar { value } else { nil }
  }
}

extension Diagnostic.Code {
  /// Something that says who talks to whom and cannot be read.
  package static let unreadableNeed = Self(rawValue: "unreadable-need")
}
