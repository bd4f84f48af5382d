internal import Kubernetes
internal import PolicyModel

/// The endpoints that the ends of a flow may be, and what policies on them can tell apart.
struct FlowEnds {
  let sources: [Int]
  /// For a Service: the backends that have the wanted port.
  let destinations: [Int]
  /// Egress rules of policies that may select the source, then ingress rules of those that may select the
  /// destination.
  let rules: [Rule]
  /// How those rules tell addresses of the source apart.
  let sourceAtoms: AddressAtoms
  /// How those rules tell addresses of the destination apart.
  let destinationAtoms: AddressAtoms
  /// Whether egress rules compare the destination's address with anything.
  let comparesDestination: Bool

  /// What can tell endpoints of one end apart; empty when each end is one endpoint.
  let attributes: Set<Attribute>

  var all: [Int] { sources + destinations }

  init(_ flow: Flow, _ evaluator: FlowEvaluator) {
    sources = evaluator.world.endpoints(of: flow.source)
    destinations = evaluator.world.endpoints(of: flow.destination)
    let egress = Self.rules(.egress, of: sources, flow.source, evaluator)
    let ingress = Self.rules(.ingress, of: destinations, flow.destination, evaluator)
    rules = egress + ingress
    let world = evaluator.world
    let seenByEgress = egress.flatMap { world.addressSets(in: $0.peers) }
    comparesDestination = !seenByEgress.isEmpty
    destinationAtoms = AddressAtoms(
      Set(seenByEgress + ingress.flatMap { world.addressSets(in: $0.subject) }))
    sourceAtoms = AddressAtoms(
      Set(
        ingress.flatMap { world.addressSets(in: $0.peers) }
          + egress.flatMap { world.addressSets(in: $0.subject) }))
    var attributes: Set<Attribute> = []
    if sources.count > 1 || destinations.count > 1 {
      for namespace in Set((sources + destinations).map { world.endpoints[$0].namespace }) {
        attributes.formUnion(evaluator.index.subjectAttributes(inNamespace: namespace))
      }
      for rule in rules { rule.insertAttributes(into: &attributes) }
    }
    self.attributes = attributes
  }

  private static func rules(
    _ direction: Direction, of endpoints: [Int], _ end: FlowEnd, _ evaluator: FlowEvaluator
  ) -> [Rule] {
    var looks: Set<EndpointLook> = []
    var policies: Set<Int> = []
    var attributes: [Int: Set<Attribute>] = [:]
    for number in endpoints {
      let endpoint = evaluator.world.endpoints[number]
      if endpoints.count > 1 {
        let visible =
          attributes[endpoint.namespace]
          ?? evaluator.index.subjectAttributes(inNamespace: endpoint.namespace)
        attributes[endpoint.namespace] = visible
        let look = EndpointLook(
          namespace: endpoint.namespace, hostNetwork: endpoint.hostNetwork,
          labels: evaluator.world.look(of: endpoint, at: visible))
        guard looks.insert(look).inserted else { continue }
      }
      policies.formUnion(evaluator.index.selecting(endpoint, in: evaluator.world))
      if endpoint.hostNetwork { policies.formUnion(evaluator.index.ofNodes) }
    }
    if case .entity(.special(let name)) = end {
      policies.formUnion(evaluator.index.about(entity: name))
    }
    if case .node(let number, _) = end {
      policies.formUnion(evaluator.index.selecting(node: number, in: evaluator.world))
    }
    return policies.sorted().flatMap { evaluator.index.policies[$0].rules }.filter {
      $0.direction == direction
    }
  }

  private struct EndpointLook: Hashable {
    let namespace: Int
    let hostNetwork: Bool
    let labels: VisibleLabels
  }
}
