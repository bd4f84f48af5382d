internal import PolicyEngine

extension StagingComparison {
  /// Flows on their way at a time: the sockets of their destinations are open together.
  private static let batchSize = 100_000

  /// Asks a network everything that the policies tell apart, and the engine the same.
  package init(
    _ network: StagedNetwork, asking asked: AskedFlows, expecting expected: ExpectedAnswers
  ) throws(LabError) {
    self.init()
    var batch: [StagedFlow] = []
    for source in network.pods.pods.indices {
      batch += network.pods.pods.indices.flatMap { asked.flows(from: source, to: $0) }
      if batch.count < Self.batchSize { continue }
      try add(batch, network, expected)
      batch = []
    }
    try add(batch, network, expected)
  }

  /// Flows that no probe carries are left out.
  package mutating func add(
    _ flows: [StagedFlow], _ network: StagedNetwork, _ expected: ExpectedAnswers
  ) throws(LabError) {
    for (flow, answer) in zip(flows, try network.answers(flows)) {
      guard let answer else { continue }
      add(flow, engine: expected.outcome(flow), kernelAllows: answer)
    }
  }
}
