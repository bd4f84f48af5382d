// Connections to ask about: what a cluster's traffic looks like, with some that nobody meant.
extension SyntheticCluster {
  /// Flows between workloads, one in a line: `namespace/workload -> namespace/workload tcp/8080`.
  ///
  /// One side is an IP address in about every seventh line. Destination ports are mostly ports that the
  /// destination has. Linear in the count; the first lines of a longer list are the shorter list.
  func flows(count: Int) -> String {
    var random = SplitMix64(seed: shape.seed, stream: .flow, index: 0)
    var text = ""
    text.reserveCapacity(max(0, count) * 64)
    for _ in 0..<max(0, count) {
      text += flow(using: &random)
      text += "\n"
    }
    return text
  }

  private func flow(using random: inout SplitMix64) -> String {
    let (first, second) = (random.pick(workloads), random.pick(workloads))
    switch random.below(100) {
    case 0..<40: return line(from: neighbour(of: first, using: &random), to: first, using: &random)
    case 40..<76: return line(from: second, to: first, using: &random)
    case 76..<80:
      return "\(path(second)) -> \(path(workloads[0])) \(random.pick(["udp", "udp", "tcp"]))/53"
    case 80..<86:
      let transport = random.pick(["tcp", "udp", "sctp"])
      return "\(path(second)) -> \(path(first)) \(transport)/\(1 + random.below(65_535))"
    case 86..<94:
      let port = random.pick(["tcp/443", "tcp/443", "udp/443", "tcp/5432", "udp/123"])
      return "\(path(first)) -> \(address(using: &random)) \(port)"
    default: return "\(address(using: &random)) -> \(path(first)) \(port(of: first, using: &random))"
    }
  }

  private func line(from source: Workload, to target: Workload, using random: inout SplitMix64) -> String {
    "\(path(source)) -> \(path(target)) \(port(of: target, using: &random))"
  }

  /// A workload of the same application, or one planned shortly before or after it.
  private func neighbour(of workload: Workload, using random: inout SplitMix64) -> Workload {
    let index = workload.index + random.below(9) - 4
    return workloads[min(max(0, index), workloads.count - 1)]
  }

  private func path(_ workload: Workload) -> String {
    "\(namespaces[workload.namespace].name)/\(workload.name)"
  }

  private func port(of workload: Workload, using random: inout SplitMix64) -> String {
    guard !workload.ports.isEmpty else { return "tcp/8080" }
    let port = random.pick(workload.ports)
    return "\(port.transport.rawValue.lowercased())/\(port.number)"
  }

  /// An address outside the cluster: mostly of the documentation ranges that policies name.
  private func address(using random: inout SplitMix64) -> String {
    let host = 1 + random.below(254)
    return switch random.below(10) {
    case 0..<4: "203.0.113.\(host)"
    case 4..<6: "198.51.100.\(host)"
    case 6: "198.18.\(random.below(256)).\(host)"
    case 7: "192.168.\(random.below(256)).\(host)"
    case 8: "10.200.\(random.below(256)).\(host)"
    default: "2001:db8:\(String(1 + random.below(0xFFFF), radix: 16))::\(String(host, radix: 16))"
    }
  }
}
