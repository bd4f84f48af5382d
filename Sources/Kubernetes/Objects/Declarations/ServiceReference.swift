/// A Service that an object sends traffic to.
package struct ServiceReference: Sendable {
  /// Who sends the traffic.
  package enum Sender: Sendable, Hashable {
    /// The pods of an Ingress controller.
    case ingressController
    /// The pods, or whatever else, that implement a Gateway.
    case gateway
    /// The API server, to ask an admission webhook.
    case webhook
    /// The API server, to hand on requests of an API that others serve.
    case aggregator
  }

  package let sender: Sender
  /// Names that the object gives its sender: an Ingress class, the Gateways of a route; empty when it gives none.
  package let senderNames: [String]
  package let object: ObjectName
  /// Of the Service.
  package let namespace: String
  package let name: String
  /// Of the Service; nil when the object does not say it.
  package let port: Service.Port.Target?
  package let location: SourceLocation
}

extension ServiceReference {
  /// The references of an object; none of other kinds.
  static func all(
    in object: Node, _ groupKind: GroupKind, defaultNamespace: String, _ notes: inout [Diagnostic]
  ) -> [ServiceReference] {
    switch (groupKind.group, groupKind.kind) {
    case ("networking.k8s.io", "Ingress"), ("extensions", "Ingress"):
      ingress(object, defaultNamespace, &notes)
    case ("gateway.networking.k8s.io", "HTTPRoute"), ("gateway.networking.k8s.io", "GRPCRoute"),
      ("gateway.networking.k8s.io", "TCPRoute"), ("gateway.networking.k8s.io", "TLSRoute"):
      route(object, kind: groupKind.kind, defaultNamespace, &notes)
    case ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
      ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"):
      webhooks(object, kind: groupKind.kind, &notes)
    case ("apiregistration.k8s.io", "APIService"): apiService(object, &notes)
    default: []
    }
  }

  private static func ingress(
    _ object: Node, _ defaultNamespace: String, _ notes: inout [Diagnostic]
  ) -> [ServiceReference] {
    guard let name = ObjectName(object, kind: "Ingress", defaultNamespace: defaultNamespace),
      let spec = object["spec"]
    else { return [] }
    var backends = [spec["defaultBackend"], spec["backend"]].compactMap(\.self)
    for rule in spec["rules"]?.elements ?? [] {
      backends += (rule["http"]?["paths"]?.elements ?? []).compactMap { $0["backend"] }
    }
    let annotated = object["metadata"]?["annotations"]?["kubernetes.io/ingress.class"]
    let names = [spec["ingressClassName"] ?? annotated].compactMap { $0?.text }.filter { !$0.isEmpty }
    return backends.compactMap { backend in
      // A backend that is no Service is somebody else's.
      if backend["resource"] != nil { return nil }
      let service = backend["service"]
      let port = service.map { $0["port"].flatMap { $0["number"] ?? $0["name"] } } ?? backend["servicePort"]
      return ServiceReference(
        .ingressController, name, service?["name"] ?? backend["serviceName"], namespace: name.namespace,
        port: port, senderNames: names, at: backend, &notes)
    }
  }

  private static func route(
    _ object: Node, kind: String, _ defaultNamespace: String, _ notes: inout [Diagnostic]
  ) -> [ServiceReference] {
    guard let name = ObjectName(object, kind: kind, defaultNamespace: defaultNamespace) else { return [] }
    let parents = object["spec"]?["parentRefs"]?.elements.compactMap { $0["name"]?.text } ?? []
    let backends = (object["spec"]?["rules"]?.elements ?? []).flatMap { $0["backendRefs"]?.elements ?? [] }
    return backends.compactMap { backend in
      let isService = backend["kind"].map { $0.isNull || $0.hasText("Service") } ?? true
      let isCore = backend["group"].map { $0.isNull || $0.text.isEmpty } ?? true
      guard isService, isCore else { return nil }
      let namespace = backend["namespace"].flatMap { $0.isNull || $0.text.isEmpty ? nil : $0.text }
      return ServiceReference(
        .gateway, name, backend["name"], namespace: namespace ?? name.namespace, port: backend["port"],
        senderNames: parents, at: backend, &notes)
    }
  }

  private static func webhooks(_ object: Node, kind: String, _ notes: inout [Diagnostic])
    -> [ServiceReference]
  {
    guard let name = ObjectName(object, kind: kind, defaultNamespace: nil) else { return [] }
    return (object["webhooks"]?.elements ?? []).compactMap { webhook in
      guard let service = webhook["clientConfig"]?["service"], !service.isNull else { return nil }
      return ServiceReference(.webhook, name, calledAt: service, &notes)
    }
  }

  private static func apiService(_ object: Node, _ notes: inout [Diagnostic]) -> [ServiceReference] {
    guard let name = ObjectName(object, kind: "APIService", defaultNamespace: nil),
      let service = object["spec"]?["service"], !service.isNull
    else { return [] }
    return [ServiceReference(.aggregator, name, calledAt: service, &notes)].compactMap(\.self)
  }

  /// A reference of the API server's own objects, whose port is 443 when it is left out.
  private init?(_ sender: Sender, _ object: ObjectName, calledAt service: Node, _ notes: inout [Diagnostic]) {
    self.init(
      sender, object, service["name"], namespace: service["namespace"]?.text ?? "", port: service["port"],
      otherwise: .number(443), at: service, &notes)
  }

  private init?(
    _ sender: Sender, _ object: ObjectName, _ name: Node?, namespace: String, port: Node?,
    otherwise usual: Service.Port.Target? = nil, senderNames: [String] = [], at place: Node,
    _ notes: inout [Diagnostic]
  ) {
    guard let text = name?.text, !text.isEmpty, !namespace.isEmpty else {
      notes.append(
        Diagnostic(
          .unreadableNeed, .note, "a backend of \(object) that names no Service", at: place.location))
      return nil
    }
    self.sender = sender
    self.senderNames = senderNames
    self.object = object
    self.namespace = namespace
    self.name = text
    self.port = port.flatMap(Self.port) ?? usual
    location = place.location
  }

  private static func port(_ node: Node) -> Service.Port.Target? {
    if case .integer(let value) = node.scalar {
      return UInt16(exactly: value).flatMap { $0 > 0 ? .number($0) : nil }
    }
    return node.content == .scalar && !node.isNull && !node.text.isEmpty ? .name(node.text) : nil
  }
}
