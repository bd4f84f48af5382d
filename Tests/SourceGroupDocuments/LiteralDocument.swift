/// Documents and what they decide, once more: written from the words of the documentation, with addresses of its own,
/// and sharing nothing with what is tested.
struct LiteralDocument {
  /// An address of either family as a number.
  struct Address: Hashable {
    let isIPv6: Bool
    let bits: UInt128

    var text: String {
      if isIPv6 {
        return (0..<8).map { String(UInt16(truncatingIfNeeded: bits >> (112 - 16 * UInt128($0))), radix: 16) }
          .joined(separator: ":")
      }
      return (0..<4).map { String(UInt8(truncatingIfNeeded: bits >> (24 - 8 * UInt128($0)))) }
        .joined(separator: ".")
    }
  }

  struct Block {
    let first: Address
    let length: Int

    var width: Int { first.isIPv6 ? 128 : 32 }
    var text: String { "\(first.text)/\(length)" }

    func contains(_ address: Address) -> Bool {
      address.isIPv6 == first.isIPv6
        && (length == 0 || address.bits >> UInt128(width - length) == first.bits >> UInt128(width - length))
    }

    /// Its first address, and the first after it.
    var borders: [Address] {
      let size: UInt128 = length == 0 ? 0 : 1 << UInt128(width - length)
      return [first, Address(isIPv6: first.isIPv6, bits: first.bits &+ size)]
    }
  }

  /// Somebody who sends: perhaps a pod of the integration `prod`, with a label `app`.
  struct Sender {
    let address: Address
    let app: String?
  }

  enum Source {
    case blocks([Block])
    /// Pods of `prod` with one of these values of `app`; nil for every pod.
    case pods(apps: [String]?)
  }

  struct Traffic: Equatable {
    /// As the document writes it.
    let name: String
    var first = 0
    var last = 0

    var text: String {
      switch name {
      case "any", "47": "{protocol: \(name)}"
      case "ICMP", "ICMPv6": first == 0 ? "{protocol: \(name)}" : "{protocol: \(name), type: \(first)}"
      default:
        first == 0 ? "{protocol: \(name)}" : "{protocol: \(name), port: \(first), endPort: \(last)}"
      }
    }
  }

  struct Rule {
    let id: String
    let action: String
    let isAudited: Bool
    /// Nil for anywhere.
    let blocks: [Block]?
    let names: [String]
    let traffic: [Traffic]
    let sourcePorts: ClosedRange<Int>?
  }

  struct Group {
    let id: String
    let priority: Int
    let isAudited: Bool
    let sources: [(source: Source, zone: String?)]
    let rules: [Rule]
    let defaultAction: String?
  }

  let defaultPolicy: String
  /// In the order of the text.
  let groups: [Group]
}

// MARK: - Evaluation

extension LiteralDocument {
  /// One packet that opens a connection.
  struct Packet {
    let sender: Sender
    let zone: String?
    let destination: Address
    /// What the destination's address was the answer for.
    let name: String?
    /// `TCP`, `ICMP`, `47`.
    let transport: String
    /// The port, or the message's type.
    let number: Int
    let sourcePort: Int
  }

  struct Decision: Equatable {
    let isAllowed: Bool
    /// `web rule r`.
    let by: String
  }

  /// The groups in the order of their priorities, those that contain the sender; the first rule that matches and is
  /// enforced; then the group's default action, then the next group; last the default policy.
  func decide(_ packet: Packet) -> Decision {
    for group in groups.sorted(by: { $0.priority < $1.priority }) {
      if !group.sources.contains(where: { Self.isMember(packet, $0.source, $0.zone) }) { continue }
      for rule in group.rules where !rule.isAudited && !group.isAudited {
        if Self.matches(rule, packet) {
          return Decision(isAllowed: rule.action == "allow", by: "SourceGroup \(group.id) rule \(rule.id)")
        }
      }
      if let action = group.defaultAction, !group.isAudited {
        return Decision(isAllowed: action == "allow", by: "SourceGroup \(group.id) defaultAction")
      }
    }
    return Decision(isAllowed: defaultPolicy == "allow", by: "SourceGroupPolicy random defaultPolicy")
  }

  private static func isMember(_ packet: Packet, _ source: Source, _ zone: String?) -> Bool {
    if let zone, packet.zone != zone { return false }
    return isMember(packet.sender, source)
  }

  static func isMember(_ sender: Sender, _ source: Source) -> Bool {
    switch source {
    case .blocks(let blocks): return blocks.contains { $0.contains(sender.address) }
    case .pods(let apps):
      guard let app = sender.app else { return false }
      return apps?.contains(app) ?? true
    }
  }

  private static func matches(_ rule: Rule, _ packet: Packet) -> Bool {
    let isThere =
      rule.blocks == nil && rule.names.isEmpty
      || (rule.blocks ?? []).contains { $0.contains(packet.destination) }
      || rule.names.contains { pattern in
        guard let name = packet.name else { return false }
        return pattern.hasPrefix("*.") ? name.hasSuffix(pattern.dropFirst()) : name == pattern
      }
    let carries = rule.traffic.contains { entry in
      if entry.name == "any" { return true }
      if entry.name != packet.transport { return false }
      if entry.first == 0 { return true }
      return entry.last == 0
        ? entry.first == packet.number : (entry.first...entry.last).contains(packet.number)
    }
    return isThere && carries && (rule.sourcePorts.map { $0.contains(packet.sourcePort) } ?? true)
  }

  /// Addresses of a family of which one stands for every address that rules do not tell apart.
  func addresses(isIPv6: Bool) -> [Address] {
    let blocks = groups.flatMap(\.rules).flatMap { $0.blocks ?? [] }.filter { $0.first.isIPv6 == isIPv6 }
    let zero = Address(isIPv6: isIPv6, bits: 0)
    return Array(Set([zero] + blocks.flatMap(\.borders)))
  }

  /// Source ports of which one stands for every port that rules do not tell apart.
  var sourcePorts: [Int] {
    Array(
      Set(
        [1]
          + groups.flatMap(\.rules).compactMap(\.sourcePorts).flatMap { [$0.lowerBound, $0.upperBound + 1] }))
  }
}

// MARK: - Text

extension LiteralDocument {
  /// The document as its users write it.
  var text: String {
    """
    apiVersion: merlon.dev/v1alpha1
    kind: SourceGroupPolicy
    metadata: {name: random}
    spec:
      defaultPolicy: \(defaultPolicy)
      sourceGroups: [\(groups.map { Self.written($0) }.joined(separator: ",\n    "))]
    """
  }

  private static func written(_ group: Group) -> String {
    let sources = group.sources.map { source, zone in
      "{" + written(source) + (zone.map { ", zone: \($0)" } ?? "") + "}"
    }
    var text = "{id: \(group.id), priority: \(group.priority), sources: [\(sources.joined(separator: ", "))]"
    if group.isAudited { text += ", mode: audit" }
    if let action = group.defaultAction { text += ", defaultAction: \(action)" }
    return text + ", rules: [\(group.rules.map { written($0) }.joined(separator: ", "))]}"
  }

  private static func written(_ source: Source) -> String {
    switch source {
    case .blocks(let blocks): return "cidrs: [\(blocks.map { "'\($0.text)'" }.joined(separator: ", "))]"
    case .pods(let apps):
      let selector =
        apps.map { "{matchExpressions: [{key: app, operator: In, values: [\($0.joined(separator: ", "))]}]}" }
        ?? "{all: true}"
      return
        "kubernetes: {integration: prod, pods: {namespaceSelector: {all: true}, podSelector: \(selector)}}"
    }
  }

  private static func written(_ rule: Rule) -> String {
    var to: [String] = []
    if let blocks = rule.blocks, !blocks.isEmpty {
      to.append("cidrs: [\(blocks.map { "'\($0.text)'" }.joined(separator: ", "))]")
    }
    if !rule.names.isEmpty {
      to.append("domainNames: [\(rule.names.map { "'\($0)'" }.joined(separator: ", "))]")
    }
    let destinations = to.isEmpty ? "anywhere: true" : to.joined(separator: ", ")
    let traffic = rule.traffic.map(\.text).joined(separator: ", ")
    var text = "{id: \(rule.id), action: \(rule.action), to: {\(destinations)}, traffic: [\(traffic)]"
    if rule.isAudited { text += ", mode: audit" }
    if let ports = rule.sourcePorts {
      text += ", sourcePorts: [{port: \(ports.lowerBound), endPort: \(ports.upperBound)}]"
    }
    return text + "}"
  }
}
