internal import Dialects
internal import Kubernetes
internal import PolicyModel

/// An intent in the words of the engine: one policy for each subject and name.
struct LoweredIntent {
  struct StagedPolicy {
    let policy: PolicyModel.Policy
    let stage: PlainPolicy.Stage
  }

  /// By stage, then namespace and name.
  let policies: [StagedPolicy]

  /// In the order of evaluation; those without policies are left out.
  var tiers: [Tier] {
    let stages: [(PlainPolicy.Stage, String, Tier.Combination)] = [
      (.admin, "admin", .firstMatch(.isUndefined)), (.normal, "normal", .denyOverrides),
      (.baseline, "baseline", .firstMatch(.isUndefined)),
    ]
    return stages.compactMap { stage, name, combination in
      let own = policies.filter { $0.stage == stage }.map(\.policy)
      return own.isEmpty ? nil : Tier(name: name, combination: combination, policies: own)
    }
  }

  /// - Parameter intent: one that has no errors.
  init(_ intent: Intent) {
    var drafts = Drafts(intent)
    for policy in intent.policies.sorted(by: { $0.name < $1.name }) { drafts.add(policy) }
    for flow in intent.flows { drafts.add(flow) }
    policies = drafts.lowered()
  }
}

/// Policies while parts of the intent are added to them.
private struct Drafts {
  private struct Draft {
    let name: String
    let subject: Pods
    let stage: Policy.Stage
    var isolates: Set<Direction>
    var rules: [Rule]
    let site: CallSite
  }

  private let intent: Intent
  private var drafts: [Draft] = []
  /// The draft that flows add to.
  private var ofSubject: [Pods: Int] = [:]

  init(_ intent: Intent) { self.intent = intent }

  mutating func add(_ policy: Policy) {
    if case .normal = policy.stage {
      // Two policies of one name for the same pods are one.
      if let known = drafts.firstIndex(where: {
        $0.name == policy.name && $0.subject == policy.subject && $0.stage == .normal
      }) {
        drafts[known].isolates.formUnion(policy.isolated)
        drafts[known].rules += policy.rules
        return
      }
      if ofSubject[policy.subject] == nil { ofSubject[policy.subject] = drafts.count }
    }
    drafts.append(
      Draft(
        name: policy.name, subject: policy.subject, stage: policy.stage, isolates: policy.isolated,
        rules: policy.rules, site: policy.site))
  }

  mutating func add(_ flow: Flow) {
    if let source = flow.source.pods {
      add(.egress, of: source, flow.target.peers, flow, isolates: flow.isolating.contains(.source))
    }
    if let target = flow.target.pods {
      add(.ingress, of: target, flow.source.peers, flow, isolates: flow.isolating.contains(.target))
    }
  }

  private mutating func add(
    _ direction: Direction, of subject: Pods, _ peers: [Peer], _ flow: Flow, isolates: Bool
  ) {
    let draft = ofSubject[subject] ?? drafts.count
    if draft == drafts.count {
      ofSubject[subject] = draft
      drafts.append(
        Draft(
          name: intent.name(of: subject), subject: subject, stage: .normal, isolates: [], rules: [],
          site: flow.site))
    }
    drafts[draft].rules.append(
      Rule(direction: direction, peers: peers, ports: flow.ports, site: flow.site))
    if isolates { drafts[draft].isolates.insert(direction) }
  }

  func lowered() -> [LoweredIntent.StagedPolicy] {
    let found = drafts.map { draft in
      let (stage, rank) = draft.stage.plain
      let policy = PolicyModel.Policy(
        identity: PolicyIdentity(
          kind: "Policy", namespace: draft.subject.namespaces.soleName ?? "", name: draft.name),
        location: draft.site.location, subject: .endpoints(draft.subject.endpoints),
        subjectLocation: draft.subject.site.location, isolates: draft.isolates, rules: rules(of: draft),
        rank: rank)
      return LoweredIntent.StagedPolicy(policy: policy, stage: stage)
    }
    return found.sorted { left, right in
      let (a, b) = (left.policy, right.policy)
      return (left.stage.order, a.rank, a.identity, a.location) < (
        right.stage.order, b.rank, b.identity, b.location
      )
    }
  }

  /// Each once, however often and from whichever end it is declared.
  private func rules(of draft: Draft) -> [PolicyModel.Rule] {
    var counts: [Direction: Int] = [:]
    var seen: Set<RuleText> = []
    var rules: [PolicyModel.Rule] = []
    for rule in draft.rules {
      for (peers, traffic) in rule.lowered(in: intent.cluster) {
        let text = RuleText(
          direction: rule.direction, action: rule.action, peers: peers.text, traffic: traffic.description)
        guard seen.insert(text).inserted else { continue }
        let number = counts[rule.direction, default: 0]
        counts[rule.direction] = number + 1
        rules.append(
          PolicyModel.Rule(
            direction: rule.direction, action: rule.action, path: "\(rule.direction.name)[\(number)]",
            peers: peers, traffic: traffic, location: rule.site.location))
      }
    }
    return rules
  }

  private struct RuleText: Hashable {
    let direction: Direction
    let action: RuleAction
    let peers: [String]
    let traffic: String
  }
}

extension Peers {
  fileprivate var text: [String] {
    switch self {
    case .anyone: ["anyone"]
    case .anyOf(let peers): peers.map(\.description).sorted()
    }
  }
}

extension Policy.Stage {
  fileprivate var plain: (stage: PlainPolicy.Stage, rank: Int) {
    switch self {
    case .admin(let priority): (.admin, priority)
    case .normal: (.normal, 0)
    case .baseline(let priority): (.baseline, priority)
    }
  }
}

extension PlainPolicy.Stage {
  fileprivate var order: Int {
    switch self {
    case .admin: 0
    case .normal: 1
    case .baseline: 2
    }
  }
}

extension Intent {
  /// What a policy is called that nobody gave a name: as the workload it is for, else after labels.
  func name(of subject: Pods) -> String {
    if let workload = workloads.filter({ $0.pods == subject }).min(by: { $0.name < $1.name }) {
      return workload.name
    }
    let words =
      subject.selector.requiredLabels.sorted { $0.key < $1.key }.map(\.value)
      + [subject.serviceAccount].compactMap { $0 }
    let text = words.isEmpty ? "all-pods" : words.joined(separator: "-").lowercased()
    let name = String(
      text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".") ? $0 : "-" })
    return NameRules.subdomainProblem(name) == nil ? name : "pods"
  }
}

extension Rule {
  /// In the words of the engine; several when its peers answer on different ports.
  func lowered(in cluster: ClusterDescription) -> [(peers: Peers, traffic: Traffic)] {
    if let ports { return [(Self.peers(peers, cluster, site), ports.traffic(at: site))] }
    var peersOfPorts: [(ports: PortSet, peers: [Peer])] = []
    for peer in peers {
      let own = peer.defaultPorts(in: cluster)
      if let known = peersOfPorts.firstIndex(where: { $0.ports == own }) {
        peersOfPorts[known].peers.append(peer)
      } else {
        peersOfPorts.append((own, [peer]))
      }
    }
    return peersOfPorts.map { (Self.peers($0.peers, cluster, site), $0.ports.traffic(at: site)) }
  }

  private static func peers(_ peers: [Peer], _ cluster: ClusterDescription, _ site: CallSite) -> Peers {
    if peers.contains(where: { $0.kind == .anyone }) { return .anyone }
    var seen: Set<Peer> = []
    return .anyOf(
      peers.filter { seen.insert($0).inserted }.flatMap { $0.conditions(in: cluster) }.map {
        PolicyModel.Peer($0, location: site.location)
      })
  }
}

extension Peer {
  /// The ports that are meant where nobody says which: those on which it is known to answer, else all.
  func defaultPorts(in cluster: ClusterDescription) -> PortSet {
    switch kind {
    case .clusterDNS: cluster.dns.ports
    case .apiServer: cluster.apiServerPorts ?? .all(.tcp)
    case .pods, .block, .anyone, .outside, .nodes, .ownNode, .domain, .entity: .any
    }
  }

  /// In the words of the engine. What is not valid matches nothing.
  func conditions(in cluster: ClusterDescription) -> [PeerCondition] {
    switch kind {
    case .pods(let pods): [.endpoints(pods.endpoints)]
    case .block(let text, let holes): Self.block(text, holes).map { [.addresses($0)] } ?? []
    case .anyone: [.all([])]
    case .outside: [.outside]
    case .nodes(let selector): [.nodes(.matching(selector.expression()), .anywhere)]
    case .ownNode: [.nodes(.all, .own)]
    case .apiServer: [.apiServer]
    case .clusterDNS:
      [.endpoints(cluster.dns.pods.endpoints)]
        + cluster.dns.addresses.compactMap { Self.block($0, []) }.map { .addresses($0) }
    case .domain(let name): DomainPattern(networkPolicyAPI: name).map { [.domain($0)] } ?? []
    case .entity(let name): [.special(name)]
    }
  }

  private static func block(_ text: String, _ holes: [String]) -> AddressBlock? {
    guard let block = ParsedCIDR(text) else { return nil }
    return AddressBlock(cidr: block.cidr, excepts: holes.compactMap { ParsedCIDR($0)?.cidr })
  }
}
