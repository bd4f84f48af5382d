internal import Kubernetes

/// Records of Calico's flow logs: Whisker's `FlowResponse` and what Goldmane's emitter sends
/// (projectcalico/calico `whisker-backend/pkg/apis/v1/flows.go`, `goldmane/proto/api.proto`).
enum CalicoRecord {
  /// The records of a value; nil when it is none of Calico's.
  static func read(_ root: Node) -> [ObservedRecord]? {
    if let items = root["items"], root["total"] != nil { return items.elements.map(whisker) }
    if let key = root["Key"] { return [goldmane(key, root)] }
    if root["source_name"] != nil, root["reporter"] != nil { return [whisker(root)] }
    return nil
  }

  private static func whisker(_ flow: Node) -> ObservedRecord {
    let verdict: ObservedFlow.Verdict
    switch flow["action"]?.value {
    case "Allow": verdict = .allowed
    case "Deny": verdict = .denied
    default: return .skipped(.notAFlow)
    }
    return record(
      flow, "protocol", verdict, count: 1, isSeenByDestination: flow["reporter"]?.value.map { $0 == "Dst" },
      first: Timestamp(flow["start_time"]), last: Timestamp(flow["end_time"]))
  }

  /// Enums are numbers: 1 is Allow, 2 Deny, 3 Pass; reporter 2 is the destination.
  private static func goldmane(_ key: Node, _ root: Node) -> ObservedRecord {
    let verdict: ObservedFlow.Verdict
    switch key["action"]?.value {
    case "1": verdict = .allowed
    case "2": verdict = .denied
    default: return .skipped(.notAFlow)
    }
    let count = root["num_connections_started"]?.value.flatMap { Int($0) } ?? 1
    return record(
      key, "proto", verdict, count: max(1, count),
      isSeenByDestination: key["reporter"]?.value.map { $0 == "2" },
      first: seconds(root["start_time"]), last: seconds(root["end_time"]))
  }

  private static func record(
    _ flow: Node, _ protocolField: String, _ verdict: ObservedFlow.Verdict, count: Int,
    isSeenByDestination: Bool?, first: Timestamp?, last: Timestamp?
  ) -> ObservedRecord {
    let name = (protocolField == "proto" ? flow["proto"] : flow["protocol"])?.value?.lowercased() ?? ""
    let port = flow["dest_port"]?.value ?? ""
    let hasPorts = ["tcp", "udp", "sctp"].contains(name)
    guard !name.isEmpty, !hasPorts || UInt16(port).map({ $0 > 0 }) ?? false else {
      return .skipped(.incomplete)
    }
    return .flow(
      ObservedFlow(
        source: end(flow["source_name"], flow["source_namespace"]),
        destination: end(flow["dest_name"], flow["dest_namespace"]),
        traffic: hasPorts ? "\(name)/\(port)" : name, verdict: verdict, count: count,
        isSeenByDestination: isSeenByDestination, first: first, last: last, location: flow.location))
  }

  private static func seconds(_ node: Node?) -> Timestamp? {
    node?.value.flatMap { Int($0) }.flatMap { Timestamp(secondsSince1970: $0) }
  }

  /// Without a namespace, a name is `pub` or `pvt` for networks, a network set's or a host endpoint's.
  private static func end(_ name: Node?, _ namespace: Node?) -> ObservedFlow.End {
    var end = ObservedFlow.End()
    let text = name?.value ?? ""
    if let namespace = namespace?.value, !namespace.isEmpty, namespace != "-" {
      end.namespace = namespace
      end.pod = text
    } else {
      end.entity = text == "pub" ? "world" : text == "pvt" ? "private network" : "`\(text)`"
    }
    return end
  }
}
