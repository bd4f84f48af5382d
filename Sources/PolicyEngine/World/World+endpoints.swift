internal import Kubernetes

extension World {
  /// The endpoints that an end of a flow may be. O(endpoints) for a Service, else O(result).
  package func endpoints(of end: FlowEnd) -> [Int] {
    switch end {
    case .endpoint(let number, _): [number]
    case .workload(let group): workloads[group].endpoints
    case .ownedWorkload(let number): ownedWorkloads[number].endpoints
    case .service(let number, _): backends(of: services[number])
    case .node, .address, .domain, .entity, .itself: []
    }
  }
}
