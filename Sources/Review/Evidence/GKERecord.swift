internal import Kubernetes

/// Records of GKE's network policy logging, from the node's files or from Cloud Logging (`jsonPayload`).
enum GKERecord {
  static func read(_ root: Node) -> ObservedRecord? {
    let record = root["jsonPayload"] ?? root
    guard let connection = record["connection"], let disposition = record["disposition"]?.value else {
      return nil
    }
    let verdict: ObservedFlow.Verdict
    switch disposition {
    case "allow": verdict = .allowed
    case "deny": verdict = .denied
    default: return .skipped(.notAFlow)
    }
    let name = connection["protocol"]?.value?.lowercased() ?? ""
    guard let port = connection["dest_port"]?.value.flatMap({ UInt16($0) }), port > 0,
      ["tcp", "udp", "sctp"].contains(name)
    else { return .skipped(.incomplete) }
    let time = Timestamp(record["timestamp"])
    return .flow(
      ObservedFlow(
        source: end(record["src"], connection["src_ip"]),
        destination: end(record["dest"], connection["dest_ip"]),
        traffic: "\(name)/\(port)", verdict: verdict, count: record["count"]?.value.flatMap { Int($0) } ?? 1,
        isSeenByDestination: connection["direction"]?.value.map { $0 == "ingress" }, first: time, last: time,
        location: record.location))
  }

  private static func end(_ node: Node?, _ address: Node?) -> ObservedFlow.End {
    var end = ObservedFlow.End()
    end.address = address?.value.flatMap { IPAddress($0) }
    end.namespace = node?["pod_namespace"]?.value ?? node?["namespace"]?.value
    end.pod = node?["pod_name"]?.value
    if let kind = node?["workload_kind"]?.value, let name = node?["workload_name"]?.value {
      end.workload = .init(kind: kind, name: name)
    }
    return end
  }
}
