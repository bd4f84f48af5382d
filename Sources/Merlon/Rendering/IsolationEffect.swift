internal import PolicyModel

/// What it means for a workload that policies close it.
public struct IsolationEffect: Sendable, Hashable, CustomStringConvertible {
  /// The workload, `shop/web`.
  public let workload: String
  /// The directions in which it is closed for what no rule allows.
  public let directions: Directions
  /// Whether it can no longer ask for names.
  public let losesDNS: Bool
  /// Whether it can no longer ask the Kubernetes API.
  public let losesAPIServer: Bool

  /// `shop/web: closed for egress; loses DNS and the API server`.
  public var description: String {
    let names = [
      directions.contains(.ingress) ? "ingress" : nil, directions.contains(.egress) ? "egress" : nil,
    ]
    let lost = [losesDNS ? "DNS" : nil, losesAPIServer ? "the API server" : nil].compactMap { $0 }
    return "\(workload): closed for \(names.compactMap { $0 }.joined(separator: " and "))"
      + (lost.isEmpty ? "" : "; loses \(lost.joined(separator: " and "))")
  }

  /// The effects on the workloads of an intent that has no errors, sorted by name.
  static func effects(of intent: Intent) -> [IsolationEffect] {
    let closed = intent.workloads.filter { !$0.hostNetwork }
      .map { (workload: $0, directions: intent.closedDirections(of: $0)) }.filter { !$0.directions.isEmpty }
    let answers = intent.evaluated().allows(
      closed.map(\.workload),
      to: [
        (Peer.clusterDNS, intent.cluster.dns.ports),
        (Peer.apiServer, intent.cluster.apiServerPorts ?? .tcp(6443)),
      ])
    let found = zip(closed, answers).map { closed, reaches in
      let isClosed = closed.directions.contains(.egress)
      return IsolationEffect(
        workload: "\(closed.workload)", directions: closed.directions, losesDNS: isClosed && !reaches[0],
        losesAPIServer: isClosed && !reaches[1])
    }
    return found.sorted { $0.workload < $1.workload }
  }
}

extension Intent {
  /// The directions in which policies close a workload.
  fileprivate func closedDirections(of workload: Workload) -> Directions {
    var closed: Directions = []
    for policy in policies where policy.subject.selects(workload) {
      for direction in policy.isolated { closed.insert(direction == .ingress ? .ingress : .egress) }
    }
    for flow in flows {
      if flow.isolating.contains(.source), let pods = flow.source.pods, pods.selects(workload) {
        closed.insert(.egress)
      }
      if flow.isolating.contains(.target), let pods = flow.target.pods, pods.selects(workload) {
        closed.insert(.ingress)
      }
    }
    return closed
  }
}
