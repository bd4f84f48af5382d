internal import Kubernetes

/// Records of Cilium's Hubble: `hubble observe -o jsonpb`, its exporter, and the older form without a wrapper
/// (cilium/cilium `api/v1/flow/flow.proto`, `api/v1/observer/observer.proto`).
enum HubbleRecord {
  static func read(_ root: Node) -> ObservedRecord? {
    if root["lost_events"] != nil || root["node_status"] != nil || root["agent_event"] != nil
      || root["debug_event"] != nil
    {
      return .skipped(.notAFlow)
    }
    let flow = root["flow"] ?? root
    guard flow["verdict"] != nil, flow["Type"] != nil || flow["event_type"] != nil || flow["l4"] != nil else {
      return nil
    }
    return record(flow)
  }

  private static func record(_ flow: Node) -> ObservedRecord {
    if flow["l7"] != nil || flow["Type"]?.value == "L7" { return .skipped(.applicationLayer) }
    if flow["is_reply"]?.isTrue == true { return .skipped(.reply) }
    let verdict: ObservedFlow.Verdict
    switch flow["verdict"]?.value {
    case "FORWARDED", "REDIRECTED", "TRANSLATED": verdict = .allowed
    case "AUDIT": verdict = .audit
    case "DROPPED":
      let reason = flow["drop_reason_desc"]?.value ?? ""
      guard reason == "POLICY_DENIED" || reason == "POLICY_DENY" else { return .skipped(.otherDrop) }
      verdict = .denied
    default: return .skipped(.notAFlow)
    }
    guard let traffic = traffic(flow["l4"]) else { return .skipped(.incomplete) }
    if flow["is_reply"] == nil, traffic.isProbablyReply { return .skipped(.reply) }
    let source = end(flow["source"], flow["IP"]?["source"], flow["source_names"], flow)
    let destination = end(flow["destination"], flow["IP"]?["destination"], flow["destination_names"], flow)
    let time = Timestamp(flow["time"])
    return .flow(
      ObservedFlow(
        source: source, destination: destination, traffic: traffic.text, verdict: verdict, count: 1,
        isSeenByDestination: isSeenByDestination(flow["traffic_direction"]), first: time, last: time,
        location: flow.location))
  }

  /// Nil where the log does not know.
  private static func isSeenByDestination(_ direction: Node?) -> Bool? {
    switch direction?.value {
    case "INGRESS": true
    case "EGRESS": false
    default: nil
    }
  }

  private struct Traffic {
    let text: String
    /// Without word from the log: an answer goes from a low port to an ephemeral one.
    var isProbablyReply = false
  }

  private static func traffic(_ l4: Node?) -> Traffic? {
    guard let l4 else { return nil }
    let transports: [(StaticString, String)] = [("TCP", "tcp"), ("UDP", "udp"), ("SCTP", "sctp")]
    for (key, name) in transports {
      guard let own = l4[key], let port = own["destination_port"]?.value.flatMap({ UInt16($0) })
      else { continue }
      let sourcePort = own["source_port"]?.value.flatMap { UInt16($0) } ?? .max
      let isFirst = own["flags"]?["SYN"]?.isTrue == true && own["flags"]?["ACK"]?.isTrue != true
      return Traffic(
        text: "\(name)/\(port)", isProbablyReply: !isFirst && sourcePort < 32768 && port >= 32768)
    }
    if let icmp = l4["ICMPv4"] { return Traffic(text: "icmp/\(icmp["type"]?.value ?? "0")") }
    if let icmp = l4["ICMPv6"] { return Traffic(text: "icmpv6/\(icmp["type"]?.value ?? "0")") }
    return nil
  }

  private static func end(
    _ node: Node?, _ address: Node?, _ names: Node?, _ flow: Node
  ) -> ObservedFlow.End {
    var end = ObservedFlow.End()
    end.address = address?.value.flatMap { IPAddress($0) }
    end.domain = names?.elements.first?.value.map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 }
    guard let node else { return end }
    end.namespace = node["namespace"]?.value
    end.pod = node["pod_name"]?.value
    if let workload = node["workloads"]?.elements.first, let name = workload["name"]?.value {
      end.workload = .init(kind: workload["kind"]?.value ?? "", name: name)
    }
    let reserved = (node["labels"]?.elements ?? []).compactMap { $0.value }.filter {
      $0.hasPrefix("reserved:")
    }
    .map { String($0.dropFirst("reserved:".utf8.count)) }
    // An API server that runs on a node has both labels.
    end.entity = reserved.first { $0 == "kube-apiserver" } ?? reserved.first
    if end.entity == "host" { end.node = flow["node_name"]?.value }
    return end
  }
}
