package import Kubernetes

/// A connection that somebody asks about.
package struct Flow: Sendable, Hashable {
  /// Who opens the connection.
  package let source: FlowEnd
  /// Who is connected to. Replies belong to the connection and are no flow of their own.
  package let destination: FlowEnd
  /// The protocol, and the port at the destination; the source's is not said.
  package let traffic: FlowTraffic

  /// Takes any two ends. ``FlowParser/flow(from:to:_:)`` checks that they make sense together.
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
  /// Any replica of a ReplicaSet or Job that belongs to another workload.
  case ownedWorkload(Int)
  case node(Int, address: IPAddress? = nil)
  /// An address that belongs to nothing known.
  case address(IPAddress)
  /// As a destination: whatever addresses answers for this name give, outside the cluster.
  case domain(String)
  case entity(Entity)
  /// As a destination: the source itself, by its own address.
  case itself
  /// As a destination: any backend of a Service. With an address when the flow names that address.
  case service(Int, address: IPAddress? = nil)

  /// Ends that have a name and no object.
  package enum Entity: Sendable, Hashable {
    /// The Kubernetes API server.
    case apiServer
    /// Any address outside the cluster.
    case world
    /// Something that only one engine knows, in its words: `health`, `ingress`.
    case special(String)
  }
}

/// What a ``Flow`` carries.
package enum FlowTraffic: Sendable, Hashable {
  /// A destination port: the pod's, or the Service's when the destination is a Service.
  case port(TransportProtocol, UInt16)
  case other(OtherTraffic)
}

/// A message of a protocol without ports.
package struct OtherTraffic: Sendable, Hashable {
  /// Type and code of an ICMP or ICMPv6 message.
  package struct Message: Sendable, Hashable {
    package let type: UInt8
    package let code: UInt8

    package init(type: UInt8, code: UInt8 = 0) {
      self.type = type
      self.code = code
    }
  }

  /// In the user's words: `icmp/8`.
  package let text: String
  /// The protocol's number in the IP header.
  package let number: UInt8
  /// Nil when any message is meant, and for protocols without types.
  package let message: Message?

  package init(_ text: String, number: UInt8, message: Message? = nil) {
    self.text = text
    self.number = number
    self.message = message
  }

  /// The family whose ICMP it is; nil for other protocols.
  package var icmpFamily: AddressFamily? {
    switch number {
    case Self.icmp: .ipv4
    case Self.icmpV6: .ipv6
    default: nil
    }
  }

  private static let icmp: UInt8 = 1
  private static let icmpV6: UInt8 = 58
}
