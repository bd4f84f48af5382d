internal import Kubernetes
internal import PolicyModel

extension NeuwerkReader {
  private static let matchFields = [
    "dst_cidrs", "dst_ips", "dns_hostname", "proto", "src_ports", "dst_ports", "icmp_types", "icmp_codes",
    "tls",
  ]

  /// A rule with its priority; nil when it is left out, which is reported.
  ///
  /// - Parameters:
  ///   - group: the mode of rules that have none of their own.
  ///   - isIPv4: whether all senders have IPv4 addresses for certain.
  mutating func rule(
    _ node: Node, place: Int, in group: GroupMode, isIPv4: Bool, _ ids: inout Set<String>
  ) -> (priority: Int, rule: SourceGroupRule)? {
    let fields = fields(node, "a rule", known: ["id", "priority", "action", "mode", "match"])
    let id = identifier(fields["id"], node, taken: &ids)
    let priority = priority(fields["priority"], place: place)
    let mode = mode(fields["mode"]) ?? group
    guard let actionNode = fields["action"], let matchNode = fields["match"] else {
      problems.append(
        Diagnostic(
          .missingField, .error, "the rule `\(id)` needs `\(fields["action"] == nil ? "action" : "match")`",
          at: node.location))
      return nil
    }
    guard let action = action(actionNode, "action")?.value else { return nil }
    let match = self.fields(matchNode, "`match`", known: Self.matchFields)
    let written = WrittenRule(id: id, action: action, isEnforced: mode == .enforce, location: node.location)
    if let tls = match["tls"] {
      leaveOut(written, "looks at TLS, and rules here do not", at: tls.location)
      return nil
    }
    guard let traffic = traffic(match, written, matchNode),
      let destinations = destinations(match, written, isIPv4: isIPv4, traffic: traffic, matchNode)
    else { return nil }
    let rule = SourceGroupRule(
      id: id, action: action, mode: mode, destinations: destinations,
      traffic: traffic.entries.map { Located($0, at: matchNode.location) },
      sourcePorts: traffic.sourcePorts.map { Located($0, at: matchNode.location) }, location: node.location)
    return (priority, rule)
  }

  /// What is known of a rule before its match is read.
  struct WrittenRule {
    let id: String
    let action: GroupAction
    let isEnforced: Bool
    let location: SourceLocation

    /// Whether connections may pass that do not pass in Neuwerk when it is left out.
    var opensWithoutIt: Bool { isEnforced && action == .deny }
  }

  /// Leaves a rule out that has no counterpart: never one that denies, as that would open something.
  mutating func leaveOut(_ rule: WrittenRule, _ reason: String, at location: SourceLocation) {
    if rule.opensWithoutIt {
      fail(
        "the rule `\(rule.id)` \(reason): without it, what it denies would be open", at: location,
        fix: "write in `match` what is to be denied without that")
    } else {
      lost("the rule `\(rule.id)` is left out: it \(reason)", at: location)
    }
  }

  // MARK: - Destinations

  private mutating func destinations(
    _ match: [String: Node], _ rule: WrittenRule, isIPv4: Bool, traffic: NeuwerkTraffic, _ node: Node
  ) -> RuleDestinations? {
    let blocks = blocks(match, "dst_cidrs", "dst_ips")
    if let host = match["dns_hostname"] {
      guard let text = host.string("dns_hostname", &problems) else { return nil }
      if !blocks.isEmpty {
        trap(
          "the name `\(text)` of the rule `\(rule.id)` has no effect beside addresses in Neuwerk, and is left out",
          at: host.location)
      } else if traffic.isEverything || rule.action == .allow {
        return names(text, rule, grantsEveryPort: traffic.isEverything, at: host.location)
      } else {
        trap(
          "the rule `\(rule.id)` denies its ports to every destination and not only to `\(text)`, as in Neuwerk",
          at: host.location)
      }
    }
    if !blocks.isEmpty { return .anyOf(blocks: blocks, names: []) }
    if isIPv4 || rule.action == .deny { return .anywhere }
    kept("the rule `\(rule.id)` is for IPv4 destinations: Neuwerk knows no others", at: node.location)
    let everything = CIDR(IPAddress(.ipv4, bits: 0), prefixLength: 0)
    return .anyOf(blocks: [Located(everything, at: node.location)], names: [])
  }

  private mutating func names(
    _ text: String, _ rule: WrittenRule, grantsEveryPort: Bool, at location: SourceLocation
  ) -> RuleDestinations? {
    guard let pattern = NeuwerkHostPattern(text) else {
      leaveOut(rule, "has the regular expression `\(text)`, which names do not say", at: location)
      return nil
    }
    let names = pattern.names.map(\.description).joined(separator: ", ")
    if pattern.others.isEmpty {
      kept("the regular expression `\(text)` is written as \(names)", at: location)
    } else {
      let verb = rule.action == .allow ? "let through" : "denied"
      changed(
        "the regular expression `\(text)` is written as \(names): it also matches "
          + "\(pattern.others.joined(separator: ", ")), which are not \(verb) here", at: location)
    }
    if grantsEveryPort {
      trap(
        "the name of the rule `\(rule.id)` is for every protocol and port, as in Neuwerk", at: location,
        fix: "list the ports in `traffic`")
    } else {
      changed(
        "the rule `\(rule.id)` lets its ports through to \(names) only: Neuwerk lets them through to every "
          + "destination, and every port to the name", at: location)
    }
    return .anyOf(blocks: [], names: pattern.names.map { Located($0, at: location) })
  }
}
