internal import Kubernetes
internal import PolicyModel

/// The endpoints that the ends of a flow may be, and the blocks by which policies tell addresses apart.
struct FlowEnds {
  let sources: [Int]
  /// For a Service: the backends that have the wanted port.
  let destinations: [Int]
  /// Blocks in egress rules of policies that select a source: they tell destinations apart.
  let sourceBlocks: [AddressBlock]
  /// Blocks in ingress rules of policies that select a destination: they tell sources apart.
  let destinationBlocks: [AddressBlock]

  var all: [Int] { sources + destinations }

  init(_ flow: Flow, _ evaluator: FlowEvaluator) {
    sources = evaluator.world.endpoints(of: flow.source)
    destinations = evaluator.world.endpoints(of: flow.destination)
    sourceBlocks = Self.blocks(in: .egress, selecting: sources, evaluator)
    destinationBlocks = Self.blocks(in: .ingress, selecting: destinations, evaluator)
  }

  private static func blocks(
    in direction: Direction, selecting endpoints: [Int], _ evaluator: FlowEvaluator
  ) -> [AddressBlock] {
    var looks: Set<VisibleLabels> = []
    var policies: Set<Int> = []
    for number in endpoints {
      let endpoint = evaluator.world.endpoints[number]
      guard looks.insert(evaluator.index.visibleLabels(endpoint)).inserted else { continue }
      policies.formUnion(evaluator.index.selecting(endpoint))
    }
    var blocks: [AddressBlock] = []
    for policy in policies.sorted() {
      for rule in evaluator.index.policies[policy].rules where rule.direction == direction {
        guard case .anyOf(let peers) = rule.peers else { continue }
        for case .addresses(let block) in peers.map(\.kind) { blocks.append(block) }
      }
    }
    return blocks
  }
}
