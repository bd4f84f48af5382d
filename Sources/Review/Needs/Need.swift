package import Kubernetes

/// A connection that something in the input relies on: who must reach whom, on which ports, and who says so.
package struct Need: Sendable {
  /// Why it is needed.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A workload names a Service in its environment.
    case service
    /// Pods whose egress is closed look up names.
    case dns
    /// A workload uses the Kubernetes API.
    case apiServer = "api-server"
    /// A Prometheus scrapes pods.
    case scrape
    /// An Ingress or a route of a Gateway leads to pods.
    case ingress
    /// The API server asks an admission webhook.
    case webhook
    /// The API server hands on requests of another API.
    case apiService = "api-service"
    /// The kubelet probes a pod.
    case probe
  }

  /// Who opens the connection.
  package enum Source: Sendable, Hashable {
    /// Index into the workloads of the world.
    case workload(Int)
    case apiServer
    /// The node that the pods run on.
    case ownNode
  }

  /// One way to serve the need.
  package struct Target: Sendable, Hashable {
    package enum End: Sendable, Hashable {
      /// Index into the workloads of the world.
      case workload(Int)
      case apiServer
    }

    package let end: End
    package let transport: TransportProtocol
    /// Of the pod, after a Service has translated it.
    package let port: UInt16

    init(_ end: End, _ transport: TransportProtocol, _ port: UInt16) {
      self.end = end
      self.transport = transport
      self.port = port
    }
  }

  package let kind: Kind
  package let source: Source
  /// At least one; the need is met when they can be reached.
  package let targets: [Target]
  /// `shop/checkout uses Service shop/cart (CART_ADDR)`, the beginning of a sentence.
  package let summary: String
  /// What the need is about, for suppressions: the workload that is not reached, or that cannot reach.
  package let object: ObjectName
  /// Where the need is written.
  package let location: SourceLocation
}

/// A way to pods of which the input does not say who takes it.
package struct Entrance: Sendable {
  /// `Service shop/web is of type LoadBalancer`, the beginning of a sentence.
  package let summary: String
  /// Ports of pods, at least one.
  package let targets: [Need.Target]
  package let location: SourceLocation
}
