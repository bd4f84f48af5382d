package import Kubernetes
package import PolicyEngine

/// A connection between two pods of a staging network that somebody asks about.
package struct StagedFlow: Sendable, Hashable {
  /// Index into ``StagedPods/pods``.
  package let source: Int
  package let destination: Int
  /// The family of the addresses that are used.
  package let family: AddressFamily
  package let traffic: FlowTraffic

  package init(from source: Int, to destination: Int, _ family: AddressFamily, _ traffic: FlowTraffic) {
    self.source = source
    self.destination = destination
    self.family = family
    self.traffic = traffic
  }
}

extension StagedPods {
  /// The flow as the engine knows it: with the addresses that are used, as an endpoint may have others.
  package func flow(_ flow: StagedFlow) -> Flow {
    func end(_ number: Int) -> FlowEnd {
      .endpoint(pods[number].endpoint, address: pods[number].address(flow.family))
    }
    return Flow(from: end(flow.source), to: end(flow.destination), flow.traffic)
  }
}
