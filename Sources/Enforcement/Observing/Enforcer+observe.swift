internal import Gateway
package import Kubernetes
internal import Netlink
internal import Nftables
internal import SourceGroups

extension Enforcer {
  /// What is enforced, and how it stands with it.
  package mutating func status(
    _ now: ContinuousClock.Instant
  ) throws(EnforcementError) -> [(String, DataValue?)] {
    let isOwned = try table.ownership() == .own
    let leases = gateway.wantedLeases.map { lease in
      DataValue.members(
        ("integration", .string(lease.integration)),
        ("kinds", .list(lease.kinds.map { .string($0.rawValue) })),
        ("graceSeconds", .integer(Int(lease.grace.components.seconds))),
        ("remainingMilliseconds", .integer(Int(proofs.remaining(of: lease, at: now) / .milliseconds(1)))))
    }
    let latency = observations.latency
    return [
      ("state", enforced.map { .string("\($0)") }),
      ("policy", enforced.map { _ in .string(gateway.policy.name) }),
      ("inForce", .bool(enforced != nil && !isOutOfStep)),
      ("problem", observations.problem.map { .string($0) }),
      ("addresses", .integer(gateway.addressCount)), ("groups", .integer(gateway.policy.groups.count)),
      ("table", .string(isOwned ? "owned" : "shared")),
      ("repairs", .integer(observations.repairs)), ("leases", .list(leases)),
      ("denials", .integer(Int(observations.denials.count))),
      (
        "latency",
        .members(
          ("count", .integer(Int(latency.count))), ("sumMicroseconds", .integer(Int(latency.sum))),
          (
            "atMost",
            .list(
              zip(LatencyHistogram.bounds, latency.counts).map { bound, count in
                .members(("microseconds", .integer(bound)), ("count", .integer(Int(count))))
              })
          ))
      ),
    ]
  }

  /// What was counted, in the order of groups and rules.
  package mutating func counters() throws(EnforcementError) -> [DataValue] {
    let readings = try speakingToKernel { () throws(NetlinkError) in
      try table.connection.counters(of: GatewayTable.name.text)
    }
    let known = Dictionary(readings.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    func data(_ name: String, group: String?, rule: String?) -> DataValue? {
      known[name].map { reading in
        .members(
          ("group", group.map { .string($0) }), ("rule", rule.map { .string($0) }),
          ("packets", .integer(Int(clamping: reading.packets))),
          ("bytes", .integer(Int(clamping: reading.bytes))))
      }
    }
    let names = gateway.names
    let groups = names.groups.sorted { $0.value < $1.value }.compactMap { identifier, group in
      data(GatewayTable.counter(group: identifier).text, group: group, rule: nil)
    }
    let rules = names.rules.sorted {
      ($0.value.group ?? "", $0.value.name) < ($1.value.group ?? "", $1.value.name)
    }
    .compactMap { identifier, rule in
      data(GatewayTable.counter(rule: identifier).text, group: rule.group, rule: rule.name)
    }
    return groups + rules
      + [data(GatewayTable.unconnected.text, group: nil, rule: "unconnected")].compactMap(\.self)
  }

  /// Connections that the kernel tracks, with the groups of who opened them.
  package func flows() throws(EnforcementError) -> [DataValue] {
    let connections = try speakingToKernel { () throws(NetlinkError) in
      try table.namespace.run { _ throws(NetlinkError) in
        var table = try ConnectionTable()
        return try table.connections()
      }
    }
    return connections.sorted { $0.original.sortKey < $1.original.sortKey }.map { connection in
      let groups = gateway.groups(of: IPAddress(connection.original.source))
      return .members(
        ("source", .string("\(connection.original.source)")),
        ("destination", .string("\(connection.reply.source)")),
        ("protocol", .integer(Int(connection.original.transport))),
        ("sourcePort", connection.original.sourcePort.map { .integer(Int($0)) }),
        ("port", connection.reply.sourcePort.map { .integer(Int($0)) }),
        ("tcpState", connection.tcpState.map { .integer(Int($0)) }),
        ("bytes", connection.bytes.map { .integer(Int(clamping: $0)) }),
        ("timeoutSeconds", .integer(Int(connection.timeout))), ("groups", .list(groups.map { .string($0) })))
    }
  }
}

extension TrackedConnection.Tuple {
  /// Puts connections in an order that does not depend on the kernel's.
  fileprivate var sortKey: (IPAddress, IPAddress, UInt8, UInt16, UInt16) {
    (IPAddress(source), IPAddress(destination), transport, destinationPort ?? 0, sourcePort ?? 0)
  }
}
