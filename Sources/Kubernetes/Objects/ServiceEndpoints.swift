/// Addresses behind a Service, as an object lists them: `core/v1 Endpoints`, or one of a Service's
/// `discovery.k8s.io/v1 EndpointSlice`s.
///
/// A Service without selector has no other backends. For one with a selector the cluster writes these objects, and
/// pods say the same.
package struct ServiceEndpoints: Sendable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case endpoints = "Endpoints"
    case endpointSlice = "EndpointSlice"
  }

  /// Addresses that share their ports: every address has every port.
  package struct Subset: Sendable {
    package let addresses: [Address]
    package let ports: [Port]
  }

  package struct Address: Sendable, Hashable {
    package let address: IPAddress
    /// Whether the Service sends new connections there.
    package let isReady: Bool
  }

  package struct Port: Sendable, Hashable {
    /// The name of the Service's port that it stands behind; nil when that has none.
    package let name: String?
    package let transport: TransportProtocol
    package let number: UInt16
  }

  package var kind: Kind
  package var meta: ObjectMeta
  /// The Service of the object's namespace that it belongs to; nil for a slice that belongs to none.
  package var serviceName: String?
  package var subsets: [Subset]
}

extension ServiceEndpoints {
  /// The label that says which Service a slice belongs to.
  package static let serviceNameLabel = "kubernetes.io/service-name"

  init?(_ object: Node, kind: Kind, defaultNamespace: String, _ problems: inout [Diagnostic]) {
    guard
      let meta = ObjectMeta(
        object, kind: kind.rawValue, scope: .namespaced(defaultNamespace: defaultNamespace), &problems)
    else { return nil }
    switch kind {
    case .endpoints:
      let subsets = object["subsets"]?.list("subsets", &problems) ?? []
      self.init(
        kind: kind, meta: meta, serviceName: meta.name,
        subsets: subsets.compactMap { Subset(subset: $0, &problems) })
    case .endpointSlice:
      self.init(
        kind: kind, meta: meta, serviceName: meta.labels[Self.serviceNameLabel],
        subsets: [Subset(slice: object, &problems)])
    }
  }
}

extension ServiceEndpoints.Subset {
  /// Reads an element of `subsets` of Endpoints.
  fileprivate init?(subset node: Node, _ problems: inout [Diagnostic]) {
    guard node.isMapping("subsets[]", &problems) else { return nil }
    var addresses: [ServiceEndpoints.Address] = []
    for (field, isReady) in [("addresses", true), ("notReadyAddresses", false)] {
      let list = isReady ? node["addresses"] : node["notReadyAddresses"]
      for entry in list?.list("subsets[].\(field)", &problems) ?? [] {
        guard let written = entry["ip"] else {
          problems.append(
            Diagnostic(
              .missingField, .error, "an entry of `subsets[].\(field)` without `ip`", at: entry.location))
          continue
        }
        addresses += Self.address(written, isReady: isReady, &problems)
      }
    }
    self.init(addresses: addresses, ports: Self.ports(node["ports"], "subsets[].ports", &problems))
  }

  /// Reads an EndpointSlice. Slices of names (`addressType: FQDN`) have no addresses: no proxy uses them.
  fileprivate init(slice node: Node, _ problems: inout [Diagnostic]) {
    var addresses: [ServiceEndpoints.Address] = []
    if !(node["addressType"]?.hasText("FQDN") ?? false) {
      for endpoint in node["endpoints"]?.list("endpoints", &problems) ?? [] {
        // Absent means ready.
        let ready = endpoint["conditions"]?["ready"]?.bool("endpoints[].conditions.ready", &problems)
        for written in endpoint["addresses"]?.list("endpoints[].addresses", &problems) ?? [] {
          addresses += Self.address(written, isReady: ready ?? true, &problems)
        }
      }
    }
    self.init(addresses: addresses, ports: Self.ports(node["ports"], "ports", &problems))
  }

  private static func address(
    _ node: Node, isReady: Bool, _ problems: inout [Diagnostic]
  ) -> [ServiceEndpoints.Address] {
    guard let address = IPAddress(node.text) else {
      problems.reportInvalid(node, "\(node.excerpt) is not an IP address")
      return []
    }
    return [ServiceEndpoints.Address(address: address, isReady: isReady)]
  }

  /// Ports without a number are left out: no proxy forwards to them.
  private static func ports(
    _ list: Node?, _ field: String, _ problems: inout [Diagnostic]
  ) -> [ServiceEndpoints.Port] {
    (list?.list(field, &problems) ?? []).compactMap { entry in
      guard entry.isMapping("\(field)[]", &problems),
        let number = entry["port"]?.portNumber("port", &problems)
      else { return nil }
      var transport = TransportProtocol.tcp
      if let written = entry["protocol"], !written.isNull {
        guard let known = TransportProtocol.read(written, &problems) else { return nil }
        transport = known
      }
      let name = entry["name"]?.string("\(field)[].name", &problems)
      return ServiceEndpoints.Port(
        name: name.flatMap { $0.isEmpty ? nil : $0 }, transport: transport, number: number)
    }
  }
}
