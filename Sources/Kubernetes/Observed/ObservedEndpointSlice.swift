/// What is kept of a `discovery.k8s.io/v1 EndpointSlice` while a cluster is followed.
package struct ObservedEndpointSlice: Sendable, Hashable {
  /// Addresses of one backend.
  package struct Endpoint: Sendable, Hashable {
    package let addresses: [IPAddress]
    /// The pod that it is, when it is one.
    package let pod: NamespacedName?

    package init(addresses: [IPAddress], pod: NamespacedName?) {
      self.addresses = addresses
      self.pod = pod
    }
  }

  package var name: NamespacedName
  package var uid: String
  /// The Service of its namespace that it belongs to; empty for none.
  package var service: String
  package var endpoints: [Endpoint]

  package init(name: NamespacedName, uid: String, service: String, endpoints: [Endpoint]) {
    self.name = name
    self.uid = uid
    self.service = service
    self.endpoints = endpoints
  }
}
