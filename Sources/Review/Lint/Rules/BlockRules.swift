internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension LintRule {
  static let blockInCluster = LintRule(
    "MRL021", "block-in-cluster", .warning, "an address block covers addresses of pods, nodes or Services",
    Explanation(
      trigger:
        "A block of a rule holds addresses that are known to be those of pods, nodes or Services: from merlon.yaml, from options, or from the objects of the input. For a block of every address (/0), and for one that covers only nodes among others, it is a note.",
      reason:
        "Engines differ about blocks and pods: Calico matches them, Cilium does not. Addresses of Services are translated before policies look, so a block of theirs matches nothing.",
      exclusion:
        "Blocks whose holes (`except`) leave those addresses out, blocks of nodes alone where the engine matches them, and clusters of whose addresses nothing is known.",
      example: """
        egress: [{to: [{ipBlock: {cidr: 10.96.0.0/12}}]}]   # the addresses of Services
        """,
      remedy:
        "Name pods by selectors. Leave the cluster's own ranges out of blocks for the internet with `except`."
    )
  ) { $0.blockFindings() }

  static let oneFamily = LintRule(
    "MRL022", "one-family", .warning,
    "a rule for every address speaks of one family only, and the cluster has two",
    Explanation(
      trigger:
        "The cluster is dual-stack, and the rules of a policy in one direction name 0.0.0.0/0 without ::/0, or the other way round.",
      reason:
        "Connections over the other family are closed. Programs try both, and fail now and then or slowly.",
      exclusion: "Blocks of single networks, and clusters of which only one family is known.",
      example: """
        egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]   # pods have IPv6 addresses, too
        """,
      remedy: "Add the block of the other family.")
  ) { $0.familyFindings() }
}

extension LintContext {
  /// Addresses that are known to be those of something in the cluster.
  private var knownAddresses: [(what: String, addresses: AddressSet)] {
    func set(_ blocks: [CIDR], _ addresses: [IPAddress]) -> AddressSet {
      AddressSet(
        unsorted: blocks.flatMap { AddressSet($0).intervals } + addresses.flatMap { AddressSet($0).intervals }
      )
    }
    var ofPods: [IPAddress] = []
    for endpoint in world.endpoints where !endpoint.hostNetwork && !endpoint.isFinished {
      if case .known(let own) = endpoint.addresses { ofPods += own }
    }
    return [
      ("pods", set(cluster.facts.podBlocks, ofPods)),
      ("nodes", set(cluster.facts.nodeBlocks, world.nodes.flatMap(\.addresses))),
      ("Services", set(cluster.facts.serviceBlocks, world.services.flatMap(\.clusterIPs))),
    ].filter { !$0.1.isEmpty }
  }

  private struct WrittenBlock {
    let policy: Policy
    let rule: Rule
    let block: AddressBlock
    let location: SourceLocation
  }

  /// Blocks of rules that let something through, or deny it.
  private var blocks: [WrittenBlock] {
    compiled.policies.flatMap { policy in
      policy.rules.flatMap { rule -> [WrittenBlock] in
        guard case .anyOf(let peers) = rule.peers, rule.action == .allow || rule.action == .deny else {
          return []
        }
        return peers.compactMap { peer in
          guard case .addresses(let block) = peer.kind else { return nil }
          return WrittenBlock(policy: policy, rule: rule, block: block, location: peer.location)
        }
      }
    }
  }

  fileprivate func blockFindings() -> [LintFinding] {
    let known = knownAddresses
    if known.isEmpty { return [] }
    return blocks.compactMap { written in
      let covered = known.filter { !$0.addresses.isDisjoint(with: written.block.addresses) }
      if covered.isEmpty || namesNodes(written.block, covered) { return nil }
      let services = covered.first { $0.what == "Services" }
      let isOfServices =
        services.map {
          written.rule.direction == .egress && written.block.addresses.isSubset(of: $0.addresses)
        } ?? false
      let who = LintContext.list(covered.map(\.what))
      let consequence =
        isOfServices
        ? "policies see the addresses of pods behind Services, so it matches nothing"
        : meaning(covered.map(\.what))
      guard let consequence else { return nil }
      let isHarmless =
        written.block.cidr.prefixLength == 0
        || (covered.map(\.what) == ["nodes"] && cluster.profile.enforcer != .cilium)
      return LintFinding(
        isHarmless ? .note : .warning,
        "\(written.policy.identity) \(written.rule.path): \(written.block) covers addresses of \(who): \(consequence)",
        at: written.location, fix: isOfServices ? "name the pods behind the Services by a selector" : nil,
        about: ObjectName(written.policy.identity))
    }
  }

  /// Whether a block is about nodes and nothing else, which only blocks can name; an engine must match them by it.
  private func namesNodes(_ block: AddressBlock, _ covered: [(what: String, addresses: AddressSet)]) -> Bool {
    covered.count == 1 && covered[0].what == "nodes" && cluster.profile.addressBlocksMatch.contains(.nodes)
      && block.addresses.isSubset(of: covered[0].addresses)
  }

  /// What a block means for ends of the cluster in this engine; nil when it is only about Services.
  private func meaning(_ who: [String]) -> String? {
    let holders = who.filter { $0 != "Services" }
    if holders.isEmpty { return nil }
    let matched = cluster.profile.addressBlocksMatch
    let isMatched =
      (holders.contains("pods") && matched.contains(.pods))
      || (holders.contains("nodes") && matched.contains(.nodes))
    switch cluster.profile.enforcer {
    case .kubernetes: return "whether they are matched depends on the engine"
    case .calico, .cilium:
      return isMatched
        ? "\(cluster.profile.name) matches them"
        : "\(cluster.profile.name) does not match them by their addresses"
    }
  }

  fileprivate func familyFindings() -> [LintFinding] {
    let families = Set(
      knownAddresses.filter { $0.what == "pods" }.flatMap { $0.addresses.intervals.map(\.family) })
    if families.count < 2 { return [] }
    var found: [LintFinding] = []
    for (_, written) in Dictionary(grouping: blocks, by: { PolicyDirection($0.policy, $0.rule) }) {
      let everything = written.filter { $0.block.cidr.prefixLength == 0 && $0.rule.action == .allow }
      guard let first = everything.first, Set(everything.map(\.block.cidr.family)).count == 1 else {
        continue
      }
      let other = first.block.cidr.family == .ipv4 ? "::/0" : "0.0.0.0/0"
      found.append(
        LintFinding(
          .warning,
          "\(first.policy.identity) \(first.rule.path) allows \(first.block.cidr) and nothing of the other family, and pods have addresses of both",
          at: first.location, fix: "add \(other), if it is meant", about: ObjectName(first.policy.identity)))
    }
    return found
  }

  private struct PolicyDirection: Hashable {
    let policy: PolicyIdentity
    let direction: Direction

    init(_ policy: Policy, _ rule: Rule) {
      self.policy = policy.identity
      direction = rule.direction
    }
  }
}
