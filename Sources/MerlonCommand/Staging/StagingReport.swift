internal import Kubernetes
internal import Nftables
internal import PolicyEngine
internal import Review
internal import Staging

/// What became of real connections in a staging network.
struct StagingReport {
  private let staged: StagedCluster
  let comparison: StagingComparison

  /// So many differences are shown; the first is what is to be understood.
  private static let shown = 20

  init(_ staged: StagedCluster) throws(LabError) {
    self.staged = staged
    comparison = try staged.compare()
  }

  func text(_ style: TextStyle) -> String {
    let (pods, program) = (staged.pods, staged.policies.program)
    var lines = [
      "\(pods.pods.count) pods as network namespaces, \(staged.policyCount) policies as \(program.chains.count) chains of nftables",
      "\(comparison.count) connections tried with real packets: \(comparison.agreed.allowed) arrived and "
        + "\(comparison.agreed.denied) did not, as merlon says; \(comparison.undefined) are undefined",
    ]
    for difference in comparison.differences.prefix(Self.shown) {
      let (flow, kernel) = (difference.flow, difference.kernelAllows ? "arrives" : "does not arrive")
      lines.append(
        "DIFFERENT: \(end(flow.source, flow)) -> \(end(flow.destination, flow)) \(flow.traffic) \(kernel), and merlon says "
          + "\(difference.engine.rawValue)")
    }
    let more = comparison.differences.count - Self.shown
    if more > 0 { lines.append("and \(more) more differences") }
    if !pods.omissions.isEmpty {
      lines += ["", "Pods that are not part of it:"]
      lines += pods.omissions.map { "  \(staged.name(ofEndpoint: $0.endpoint)): \($0.reason.rawValue)" }
    }
    if !staged.policies.inexpressible.isEmpty {
      lines += ["", "What of the policies it does not show:"]
      lines += staged.policies.inexpressible.map { "  \($0.location): \($0.reason)" }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  var data: DataValue {
    .members(
      ("pods", .integer(staged.pods.pods.count)),
      ("policies", .integer(staged.policyCount)),
      ("chains", .integer(staged.policies.program.chains.count)), ("asked", .integer(comparison.count)),
      ("allowed", .integer(comparison.agreed.allowed)), ("denied", .integer(comparison.agreed.denied)),
      ("undefined", .integer(comparison.undefined)),
      (
        "differences",
        .list(
          comparison.differences.map { difference in
            let flow = difference.flow
            return .members(
              ("from", .string(end(flow.source, flow))), ("to", .string(end(flow.destination, flow))),
              ("traffic", .string("\(flow.traffic)")), ("merlon", .string(difference.engine.rawValue)),
              ("kernel", .string(difference.kernelAllows ? "allowed" : "denied")))
          })
      ),
      (
        "omitted",
        .list(
          staged.pods.omissions.map {
            .members(
              ("pod", .string(staged.name(ofEndpoint: $0.endpoint))), ("reason", .string($0.reason.rawValue)))
          })
      ),
      (
        "notShown",
        .list(
          staged.policies.inexpressible.map { part in
            .members(
              ("policy", .string("\(part.policy)")), ("path", part.path.map { .string($0) }),
              ("location", .string("\(part.location)")), ("reason", .string("\(part.reason)")))
          })
      ))
  }

  /// `shop/web (10.0.0.1)`
  private func end(_ number: Int, _ flow: StagedFlow) -> String {
    staged.name(number) + (staged.pods.pods[number].address(flow.family).map { " (\($0))" } ?? "")
  }
}
