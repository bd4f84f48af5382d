package import Kubernetes
internal import PolicyModel

extension SourceGroupPolicy {
  /// What probably is not meant, in the order of the groups.
  package var findings: [Diagnostic] {
    groups.flatMap { group in
      group.ownFindings + group.shortGraces
        + group.rules.flatMap { rule in
          [group.breadth(of: rule), group.otherFamily(of: rule)].compactMap { $0 }
        } + group.coveredRules
    }
  }
}

extension SourceGroup {
  fileprivate var ownFindings: [Diagnostic] {
    if !rules.isEmpty || defaultAction != nil { return [] }
    return [
      Diagnostic(
        .emptyGroup, .warning,
        "the source group `\(id)` has no rules and no `defaultAction`: it decides nothing",
        at: location)
    ]
  }

  /// Sources that are given up sooner than a quiet cluster shows a sign of life, which is a bookmark once a minute.
  fileprivate var shortGraces: [Diagnostic] {
    sources.compactMap { source in
      guard case .cluster = source.origin, source.staleGrace < .seconds(90) else { return nil }
      return Diagnostic(
        .shortGrace, .warning,
        "the members of a source of `\(id)` stop counting after \(source.staleGrace.components.seconds) s without a "
          + "sign of their cluster, and a quiet cluster gives one a minute",
        at: source.location, fix: "write staleGraceSeconds: 90, or more")
    }
  }

  /// A rule that lets through more than most networks have.
  fileprivate func breadth(of rule: SourceGroupRule) -> Diagnostic? {
    guard rule.action == .allow, rule.mode == .enforce else { return nil }
    if case .anywhere = rule.destinations {
      guard rule.traffic.contains(where: { $0.value.isEveryPort }), rule.sourcePorts.isEmpty else {
        return nil
      }
      return Diagnostic(
        .overBroadRule, .warning, "the rule `\(rule.id)` of `\(id)` allows every port everywhere",
        at: rule.location)
    }
    let limits: [AddressFamily: Int] = [.ipv4: 8, .ipv6: 16]
    let broad = rule.destinations.blocks.first { $0.value.prefixLength < limits[$0.value.family] ?? 0 }
    return broad.map { block in
      Diagnostic(
        .overBroadRule, .warning,
        "the rule `\(rule.id)` of `\(id)` allows \(block.value), which is most of the Internet",
        at: block.location,
        fix: block.value.prefixLength == 0 ? "write anywhere: true if everywhere is meant" : nil)
    }
  }

  /// A rule whose destinations no source can reach, as all of them are of the other family.
  fileprivate func otherFamily(of rule: SourceGroupRule) -> Diagnostic? {
    var families: Set<AddressFamily> = []
    for source in sources {
      guard case .addresses(let blocks) = source.origin else { return nil }
      families.formUnion(blocks.map(\.family))
    }
    let blocks = rule.destinations.blocks
    guard families.count == 1, let family = families.first, !blocks.isEmpty, rule.destinations.names.isEmpty,
      blocks.allSatisfy({ $0.value.family != family })
    else { return nil }
    return Diagnostic(
      .otherFamily, .warning,
      "the rule `\(rule.id)` of `\(id)` never matches: its sources have \(family.name) addresses, and its "
        + "destinations have none",
      at: rule.location)
  }

  /// Rules that never match, because one rule before them matches all that they do. O(rules²).
  fileprivate var coveredRules: [Diagnostic] {
    let extents = rules.map { RuleExtent($0) }
    return rules.indices.compactMap { index in
      let rule = rules[index]
      let earlier = (0..<index).first { rules[$0].mode == .enforce && extents[$0].covers(extents[index]) }
      return earlier.map { rules[$0] }.map { earlier in
        Diagnostic(
          .coveredRule, .warning,
          "the rule `\(rule.id)` of `\(id)` never matches: `\(earlier.id)` before it matches all of it",
          at: rule.location, related: [.init(message: "the rule before it", location: earlier.location)])
      }
    }
  }
}

/// The connections that a rule matches.
private struct RuleExtent {
  let addresses: AddressSet
  let names: [DomainPattern]
  let traffic: [RuleTraffic]
  let ports: TrafficSet
  /// None for any.
  let sourcePorts: PortSet

  init(_ rule: SourceGroupRule) {
    addresses = rule.destinations.addresses
    names = rule.destinations.names.map(\.value)
    traffic = rule.traffic.map(\.value)
    ports = TrafficSet(unsorted: traffic.compactMap(\.ports))
    sourcePorts = rule.allSourcePorts
  }

  /// Whether it has every connection of another one. The answer may be no although it has: of protocols without ports only
  /// what one entry covers by itself is seen.
  func covers(_ other: RuleExtent) -> Bool {
    coversTraffic(of: other) && coversDestinations(of: other)
      && (sourcePorts.isEmpty
        || !other.sourcePorts.isEmpty && other.sourcePorts.subtracting(sourcePorts).isEmpty)
  }

  private func coversTraffic(of other: RuleExtent) -> Bool {
    other.traffic.allSatisfy { entry in
      if let (transport, range) = entry.ports, PortSet(range).subtracting(ports[transport]).isEmpty {
        return true
      }
      return traffic.contains { $0.covers(entry) }
    }
  }

  private func coversDestinations(of other: RuleExtent) -> Bool {
    if addresses == .all { return true }
    return other.addresses.isSubset(of: addresses)
      && other.names.allSatisfy { name in names.contains { $0.covers(name) } }
  }
}

extension DomainPattern {
  /// Whether every name of another pattern is one of its own.
  fileprivate func covers(_ other: DomainPattern) -> Bool {
    let (text, wanted) = (description, other.description)
    if text == wanted { return true }
    if wanted.hasPrefix("*.") { return text.hasPrefix("*.") && wanted.hasSuffix(text.dropFirst()) }
    return matches(wanted)
  }
}

extension RuleTraffic {
  /// The ports of an entry that has some.
  fileprivate var ports: (TransportProtocol, ClosedRange<UInt16>)? {
    if case .ports(let transport, let range) = self { (transport, range ?? 1...65535) } else { nil }
  }

  /// Whether it is all of TCP at least.
  fileprivate var isEveryPort: Bool { self == .any || self == .ports(.tcp, nil) }

  fileprivate func covers(_ other: RuleTraffic) -> Bool {
    if self == .any || self == other { return true }
    guard case .icmp(let family, let type, let code) = self,
      case .icmp(let otherFamily, let otherType, _) = other
    else { return false }
    return family == otherFamily && (type == nil || type == otherType && code == nil)
  }
}
