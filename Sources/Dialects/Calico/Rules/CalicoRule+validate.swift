internal import Kubernetes
internal import PolicyModel

/// What a rule's criteria ask of each other (`validateRule` in `libcalico-go/lib/validator/v3`).
extension CalicoRule {
  /// Numeric ports need a protocol that has ports; lists of names do without.
  func checkPorts(_ problems: inout [Diagnostic]) {
    for (end, name) in [(source, "source"), (destination, "destination")] {
      for (ports, list) in [(end.ports, "ports"), (end.notPorts, "notPorts")] {
        if let `protocol` {
          guard !`protocol`.value.supportsPorts, let first = ports.first else { continue }
          problems.reportInvalid(
            at: first.location, "`\(name).\(list)` need protocol TCP, UDP or SCTP, not \(`protocol`.value)",
            felix: .ignoresPolicy)
        } else if let numeric = ports.first(where: { !$0.isNamed }) {
          problems.reportInvalid(
            at: numeric.location,
            "`\(name).\(list)` with numbers need a `protocol`: TCP, UDP or SCTP", felix: .ignoresPolicy)
        }
      }
    }
  }

  /// `icmp` and `notICMP` need a protocol that has them.
  func checkICMP(_ fields: StrictFields, _ problems: inout [Diagnostic]) {
    if `protocol`?.value.addressFamily != nil { return }
    for name in ["icmp", "notICMP"] {
      guard let node = fields[name] else { continue }
      problems.reportInvalid(node, "`\(name)` needs `protocol: ICMP` or `protocol: ICMPv6`")
    }
  }

  /// A rule speaks of one address family.
  func checkFamilies(_ problems: inout [Diagnostic]) {
    if let ipVersion {
      for located in [`protocol`, notProtocol] {
        guard let located, let family = located.value.addressFamily, family != ipVersion else { continue }
        problems.append(
          Diagnostic(
            .invalidValue, .error, "protocol \(located.value) needs ipVersion \(family.version)",
            at: located.location, fix: "write ipVersion: \(family.version)"))
      }
    }
    let lists = [source.nets, source.notNets, destination.nets, destination.notNets]
    let nets = lists.flatMap { $0 }
    guard let family = ipVersion ?? nets.first?.cidr.family,
      let other = nets.first(where: { $0.cidr.family != family })
    else { return }
    let expectation =
      ipVersion == nil
      ? "the rule's other nets are IPv\(family.version); a rule has nets of one address family"
      : "ipVersion is \(family.version)"
    // Two rules say the same as one list of both families; two ends of different families never meet.
    let canSplit = ipVersion == nil && lists.contains { Set($0.map(\.cidr.family)).count > 1 }
    problems.append(
      Diagnostic(
        .invalidValue, .error, "`\(other.cidr)` is IPv\(other.cidr.family.version), but \(expectation)",
        at: other.location, fix: canSplit ? "make it two rules, one for each family" : nil))
  }

  /// `http` is for rules that allow TCP connections to the policy's subject.
  func checkHTTP(_ context: CalicoRuleContext, isProtocolKnown: Bool, _ problems: inout [Diagnostic]) {
    guard let http else { return }
    func report(_ message: String) {
      problems.append(Diagnostic(.invalidValue, .error, message, at: http.location))
    }
    if context.direction == .egress { report("`http` is for ingress rules only") }
    if action != .allow { report("`http` is for rules with `action: Allow` only, not \(action.rawValue)") }
    if isProtocolKnown, let `protocol`, `protocol`.value != .tcp {
      report("`http` needs `protocol: TCP`, not \(`protocol`.value)")
    }
  }
}

extension AddressFamily {
  /// 4 or 6.
  fileprivate var version: Int { self == .ipv4 ? 4 : 6 }
}
