package import Kubernetes

/// A connection that somebody asks about.
package struct Flow: Sendable, Hashable {
  package let source: FlowEnd
  package let destination: FlowEnd
  package let traffic: FlowTraffic

  package init(from source: FlowEnd, to destination: FlowEnd, _ traffic: FlowTraffic) {
    self.source = source
    self.destination = destination
    self.traffic = traffic
  }
}

/// One end of a ``Flow``. Numbers are indices into the ``World``.
package enum FlowEnd: Sendable, Hashable {
  /// A pod or a template. With an address when the flow names that address.
  case endpoint(Int, address: IPAddress? = nil)
  /// Any replica of a workload.
  case workload(Int)
  case node(Int, address: IPAddress? = nil)
  /// An address that belongs to nothing known.
  case address(IPAddress)
  /// As a destination: the source itself, by its own address.
  case itself
  /// As a destination: any backend of a Service. With an address when the flow names that address.
  case service(Int, address: IPAddress? = nil)
}

/// What a ``Flow`` carries.
package enum FlowTraffic: Sendable, Hashable {
  /// A destination port: the pod's, or the Service's when the destination is a Service.
  case port(TransportProtocol, UInt16)
  /// A protocol that policies say nothing about, in the user's words: `icmp/8`.
  case other(String)
}
