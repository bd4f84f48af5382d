/// What a Prometheus of the Prometheus Operator scrapes (`monitoring.coreos.com/v1`).
package struct Monitor: Sendable {
  static let group = "monitoring.coreos.com"

  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Pods behind Services.
    case service = "ServiceMonitor"
    case pod = "PodMonitor"
  }

  /// Where Services or pods are looked for.
  package enum Namespaces: Sendable, Equatable {
    case any
    case named([String])
  }

  /// A port that is scraped.
  package struct Endpoint: Sendable {
    package enum Port: Sendable, Equatable {
      /// A port name of the Service for a ServiceMonitor, of the pod for a PodMonitor.
      case named(String)
      /// A port of the pod.
      case target(Service.Port.Target)
    }

    package let port: Port
    package let location: SourceLocation
  }

  package let kind: Kind
  package let object: ObjectName
  package let namespaces: Namespaces
  /// Of Services for a ServiceMonitor, of pods for a PodMonitor.
  package let selector: LabelSelector
  package let endpoints: [Endpoint]
  package let location: SourceLocation
}

extension Monitor {
  /// Nil for other kinds of the group, and when the selector cannot be read, which is noted.
  init?(_ object: Node, kind: String, defaultNamespace: String, _ notes: inout [Diagnostic]) {
    guard let kind = Kind(rawValue: kind), let spec = object["spec"],
      let name = ObjectName(object, kind: kind.rawValue, defaultNamespace: defaultNamespace)
    else { return nil }
    guard let written = spec["selector"],
      let selector = LabelSelector(written, field: "spec.selector", &notes)
    else { return nil }
    let scope = spec["namespaceSelector"]
    let names = scope?["matchNames"]?.elements.map(\.text) ?? []
    var namespaces = Namespaces.named(names.isEmpty ? [name.namespace] : names)
    if scope?["any"]?.plainBool == true { namespaces = .any }
    let list = kind == .service ? spec["endpoints"] : spec["podMetricsEndpoints"]
    self.init(
      kind: kind, object: name, namespaces: namespaces, selector: selector,
      endpoints: (list?.elements ?? []).compactMap { Endpoint($0) },
      location: object["metadata"]?["name"]?.location ?? object.location)
  }
}

extension Monitor.Endpoint {
  fileprivate init?(_ node: Node) {
    if let name = node["port"], !name.isNull, !name.text.isEmpty {
      self.init(port: .named(name.text), location: name.location)
    } else if let target = node["targetPort"] ?? node["portNumber"], !target.isNull {
      if case .integer(let value) = target.scalar {
        guard let number = UInt16(exactly: value), number > 0 else { return nil }
        self.init(port: .target(.number(number)), location: target.location)
      } else {
        self.init(port: .target(.name(target.text)), location: target.location)
      }
    } else {
      return nil
    }
  }
}
