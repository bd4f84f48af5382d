package import Kubernetes
internal import PolicyModel

extension SourceGroupPolicy {
  /// The document in its canonical form: groups by priority, lists without order sorted and each entry once, and
  /// nothing written that goes without saying. Reading it gives an equal document.
  package var data: DataValue {
    let usual = Self.usualStaleActions(of: groups, defaultPolicy.value)
    return .members(
      ("apiVersion", .string(Self.apiVersion)), ("kind", .string(Self.kind)),
      ("metadata", .members(("name", .string(name)))),
      (
        "spec",
        .members(
          ("defaultPolicy", .string(defaultPolicy.value.rawValue)),
          ("sourceGroups", .list(zip(groups, usual).map { $0.data(usual: $1) })))
      ))
  }

  /// One line of JSON that documents have in common exactly when they say the same: what a digest is made of.
  package var canonicalText: String { data.json }
}

extension SourceGroupPolicy: Equatable {
  /// Whether they say the same, wherever it is written.
  package static func == (left: SourceGroupPolicy, right: SourceGroupPolicy) -> Bool {
    left.data == right.data
  }
}

extension SourceGroup {
  /// - Parameter usual: what becomes of stale sources that do not say it.
  fileprivate func data(usual: StaleAction) -> DataValue {
    .members(
      ("id", .string(id)), ("priority", .integer(priority)),
      ("mode", mode == .enforce ? nil : .string(mode.rawValue)),
      ("sources", .list(sources.map { $0.data(usual: usual) })),
      ("rules", rules.isEmpty ? nil : .list(rules.map { $0.data(in: mode) })),
      ("defaultAction", defaultAction.map { .string($0.value.rawValue) }))
  }
}

extension Source {
  fileprivate func data(usual: StaleAction) -> DataValue {
    let zone = zone.map { DataValue.string($0) }
    switch origin {
    case .addresses(let blocks):
      let (cidrs, addresses) = blocks.written
      return .members(("cidrs", cidrs), ("addresses", addresses), ("zone", zone))
    case .cluster(let integration, let selection):
      return .members(
        ("kubernetes", selection.data(integration)),
        ("onStale", onStale == usual ? nil : .string(onStale.rawValue)),
        (
          "staleGraceSeconds",
          staleGrace == .seconds(SourceEntry.usualGrace) ? nil : .integer(Int(staleGrace.components.seconds))
        ), ("zone", zone))
    }
  }
}

extension ClusterSelection {
  fileprivate func data(_ integration: String) -> DataValue {
    let name = ("integration", Optional(DataValue.string(integration)))
    switch self {
    case .pods(let pods):
      return .members(
        name,
        (
          "pods",
          .members(
            ("namespaceSelector", pods.namespaces.data), ("podSelector", pods.pods.data),
            ("serviceAccounts", pods.serviceAccounts.map { .strings($0.sorted()) }),
            ("includeHostNetwork", pods.includesHostNetwork ? true : nil))
        ))
    case .nodes(let nodes):
      let types = nodes.addressKinds.map(\.rawValue).sorted()
      return .members(
        name,
        (
          "nodes",
          .members(
            ("nodeSelector", nodes.nodes.data),
            ("addressTypes", nodes.addressKinds == [.internalIP] ? nil : .strings(types)))
        ))
    case .serviceEndpoints(let service):
      return .members(
        name,
        (
          "serviceEndpoints",
          .members(("namespace", .string(service.namespace)), ("name", .string(service.name)))
        ))
    }
  }
}

extension Requirements {
  /// As a selector: one value of a key as `matchLabels`, all else as `matchExpressions`.
  fileprivate var data: DataValue {
    if all.isEmpty { return .members(("all", true)) }
    var labels: [DataValue.Member] = []
    var expressions: [DataValue] = []
    for requirement in all {
      if case .isIn(let values) = requirement.operator, values.count == 1,
        !labels.contains(where: { $0.key == requirement.key })
      {
        labels.append(DataValue.Member(requirement.key, .string(values[0])))
      } else {
        expressions.append(requirement.data)
      }
    }
    return .members(
      ("matchLabels", labels.isEmpty ? nil : .object(labels)),
      ("matchExpressions", expressions.isEmpty ? nil : .list(expressions)))
  }
}

extension LabelRequirement {
  fileprivate var data: DataValue {
    let (name, values): (String, [String]?) =
      switch `operator` {
      case .isIn(let values): ("In", values)
      case .isNotIn(let values): ("NotIn", values)
      case .exists: ("Exists", nil)
      case .doesNotExist: ("DoesNotExist", nil)
      }
    return .members(
      ("key", .string(key)), ("operator", .string(name)), ("values", values.map { .strings($0) }))
  }
}

extension SourceGroupRule {
  fileprivate func data(in group: GroupMode) -> DataValue {
    let ports = Set(sourcePorts.map(\.value)).sorted {
      ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound)
    }
    return .members(
      ("id", .string(id)), ("action", .string(action.rawValue)),
      ("mode", mode == group ? nil : .string(mode.rawValue)), ("to", destinations.data),
      ("traffic", .list(Set(traffic.map(\.value)).sorted().map(\.data))),
      ("sourcePorts", ports.isEmpty ? nil : .list(ports.map { .object($0.members) })))
  }
}

extension RuleDestinations {
  fileprivate var data: DataValue {
    guard case .anyOf(let blocks, let names) = self else { return .members(("anywhere", true)) }
    let (cidrs, addresses) = blocks.map(\.value).written
    let texts = Set(names.map(\.value.description)).sorted()
    return .members(
      ("cidrs", cidrs), ("addresses", addresses), ("domainNames", texts.isEmpty ? nil : .strings(texts)))
  }
}

extension RuleTraffic: Comparable {
  /// In the order in which canonical documents list entries.
  package static func < (left: RuleTraffic, right: RuleTraffic) -> Bool {
    left.rank.lexicographicallyPrecedes(right.rank)
  }

  private var rank: [Int] {
    switch self {
    case .any: [0]
    case .ports(let transport, let range):
      [1, Int(transport.rawValue), Int(range?.lowerBound ?? 0), Int(range?.upperBound ?? 0)]
    case .icmp(let family, let type, let code):
      [2, Int(family.rawValue), type.map { Int($0) } ?? -1, code.map { Int($0) } ?? -1]
    case .other(let number): [3, Int(number)]
    }
  }

  fileprivate var data: DataValue {
    func entry(_ name: DataValue, _ rest: [DataValue.Member] = []) -> DataValue {
      .object([DataValue.Member("protocol", name)] + rest)
    }
    switch self {
    case .any: return entry("any")
    case .other(let number): return entry(.integer(Int(number)))
    case .ports(let transport, let range): return entry(.string(transport.name), range?.members ?? [])
    case .icmp(let family, let type, let code):
      let parts = [("type", type), ("code", code)].compactMap { key, value in
        value.map { DataValue.Member(key, .integer(Int($0))) }
      }
      return entry(family == .ipv4 ? "ICMP" : "ICMPv6", parts)
    }
  }
}

extension ClosedRange<UInt16> {
  fileprivate var members: [DataValue.Member] {
    let port = DataValue.Member("port", .integer(Int(lowerBound)))
    return count == 1 ? [port] : [port, DataValue.Member("endPort", .integer(Int(upperBound)))]
  }
}

extension [CIDR] {
  /// The lists `cidrs` and `addresses`, sorted; nil for empty ones.
  fileprivate var written: (cidrs: DataValue?, addresses: DataValue?) {
    let sorted = Set(self).sorted { ($0.first, $0.prefixLength) < ($1.first, $1.prefixLength) }
    let blocks = sorted.filter { $0.address == nil }.map(\.description)
    let addresses = sorted.compactMap(\.address).map(\.description)
    return (blocks.isEmpty ? nil : .strings(blocks), addresses.isEmpty ? nil : .strings(addresses))
  }
}

extension DataValue {
  fileprivate static func strings(_ texts: [String]) -> DataValue { .list(texts.map { .string($0) }) }
}
