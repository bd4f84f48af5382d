package import Kubernetes

extension ObservedEndpointSlice: ObservedObject {
  package static let resource = APIResource(
    version: "discovery.k8s.io/v1", name: "endpointslices", kind: "EndpointSlice", isNamespaced: true)

  package init(_ object: Node, _ shared: inout SharedTexts) throws(APIError) {
    let meta = try ObservedMeta(object, of: Self.resource, &shared)
    var endpoints: [Endpoint] = []
    // Slices of domain names have no addresses that anybody could resolve here.
    if object.observedText("addressType") != "FQDN" {
      for entry in object["endpoints"]?.elements ?? [] {
        var addresses: [IPAddress] = []
        for address in entry["addresses"]?.elements ?? [] {
          addresses.append(try address.observedAddress(of: meta.name))
        }
        endpoints.append(Endpoint(addresses: addresses, pod: Self.pod(entry, of: meta, &shared)))
      }
    }
    self.init(
      name: meta.name, uid: meta.uid, service: meta.labels[ServiceEndpoints.serviceNameLabel] ?? "",
      endpoints: endpoints)
  }

  private static func pod(
    _ endpoint: Node, of meta: ObservedMeta, _ shared: inout SharedTexts
  ) -> NamespacedName? {
    guard let target = endpoint["targetRef"], target["kind"]?.text == "Pod" else { return nil }
    let namespace = target.observedText("namespace")
    return NamespacedName(
      namespace: namespace.isEmpty ? meta.name.namespace : shared.shared(namespace),
      name: target.observedText("name"))
  }
}
