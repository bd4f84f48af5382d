package import Kubernetes
package import PolicyEngine
internal import PolicyModel

/// How a document decides one connection.
package struct SourceGroupTrace: Sendable {
  package let source: IPAddress
  package let destination: ResolvedSourceGroups.Destination
  package let traffic: FlowTraffic
  package let zone: String?
  /// The engine's answer, with its own traces.
  package let verdict: Verdict
  /// Zones in which the answer is another one.
  package let otherZones: [String]
  /// One when the verdict is certain; when it is undefined one that allows and one that denies.
  package let walks: [Walk]

  package var outcome: Outcome { verdict.outcome }

  /// One way through the document.
  package struct Walk: Sendable {
    /// What it depends on, in words; empty when the verdict is certain.
    package let assumptions: [String]
    package let isAllowed: Bool
    /// The groups that were asked, then the default policy when they left it open.
    package let steps: [Step]

    /// What decided: the last rule of the last step.
    package var deciding: Tried? { steps.last?.rules.last }
  }

  /// A group, or the default policy.
  package struct Step: Sendable {
    /// `SourceGroup payments`.
    package let name: String
    package let location: SourceLocation
    /// The sources that the sender is a member of; none of the default policy and of groups that it does not belong to.
    package let sources: [SourceLocation]
    /// Rules in the order in which they were tried, up to the first that decides. None when the sender is no member.
    package let rules: [Tried]
  }

  /// A rule and how it fared.
  package struct Tried: Sendable {
    /// Of the group or document that it belongs to, `SourceGroup payments`.
    package let owner: String
    /// `rule db`, `defaultAction`, `defaultPolicy`.
    package let name: String
    package let location: SourceLocation
    package let result: Result
  }

  package enum Result: String, Sendable {
    case allows = "allows it"
    case denies = "denies it"
    case notes = "matches, and is only audited"
    case otherDestination = "is about other destinations"
    case otherTraffic = "is about other traffic"
    case otherSourcePort = "is about other source ports"
  }

  init(
    source: IPAddress, destination: ResolvedSourceGroups.Destination, traffic: FlowTraffic, zone: String?,
    verdict: Verdict, otherZones: [String], policy: SourceGroupPolicy, members: [SourceKey: AddressSet]
  ) {
    self.source = source
    self.destination = destination
    self.traffic = traffic
    self.zone = zone
    self.verdict = verdict
    self.otherZones = otherZones
    var sources: [String: [SourceLocation]] = [:]
    for (key, member) in policy.sources where members[key]?.contains(source) ?? false {
      if member.zone == nil || member.zone == zone { sources[key.group, default: []].append(member.location) }
    }
    walks = verdict.traces.map { trace in
      Walk(
        assumptions: verdict.traces.count > 1 ? trace.situation.assumptions.compactMap(\.words) : [],
        isAllowed: trace.isAllowed,
        steps: trace.egress.policies.map { Step($0, sources) })
    }
  }
}

extension SourceGroupTrace.Step {
  /// - Parameter sources: those that the sender is a member of, by group.
  fileprivate init(_ trace: PolicyTrace, _ sources: [String: [SourceLocation]]) {
    let identity = trace.policy.identity
    name = identity.description
    location = trace.policy.location
    self.sources = identity.kind == SourceGroupPolicy.kind ? [] : sources[identity.name] ?? []
    let owner = name
    rules = trace.rules.filter(\.subjectMismatches.isEmpty).map { .init($0, owner) }
  }
}

extension SourceGroupTrace.Tried {
  fileprivate init(_ trace: RuleTrace, _ owner: String) {
    self.owner = owner
    name = trace.rule.path
    location = trace.rule.location
    result =
      if !trace.peersMatch {
        .otherDestination
      } else if !trace.portsMatch {
        .otherTraffic
      } else if !trace.sourcePortMatches {
        .otherSourcePort
      } else {
        switch trace.rule.action {
        case .allow: .allows
        case .deny: .denies
        case .log, .pass: .notes
        }
      }
  }
}

extension Assumption {
  /// What a connection of one sender can depend on, in words.
  fileprivate var words: String? {
    switch self {
    case .destinationAddress(let address): "the name has an address such as \(address)"
    case .sourcePort(let port): "it comes from port \(port)"
    case .message(let message): "it is a message of type \(message.type) and code \(message.code)"
    default: nil
    }
  }
}

extension SourceGroupTrace: CustomStringConvertible {
  /// The verdict, and below it every group, source and rule with its place.
  package var description: String {
    var lines = ["\(question): \(outcome.rawValue)"]
    for walk in walks {
      if !walk.assumptions.isEmpty {
        lines.append(
          "\(walk.isAllowed ? "allowed" : "denied") if \(walk.assumptions.joined(separator: ", ")):")
      }
      for step in walk.steps { lines += Self.lines(of: step) }
    }
    for zone in otherZones { lines.append("packets that come in through zone \(zone) are decided otherwise") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `10.1.0.7 -> api.example.com tcp/443`.
  private var question: String {
    let end =
      switch destination {
      case .address(let address): address.description
      case .domain(let name): name
      }
    return "\(source) -> \(end) \(traffic.words)" + (zone.map { " in zone \($0)" } ?? "")
  }

  private static func lines(of step: Step) -> [String] {
    let isMember = !step.sources.isEmpty || !step.rules.isEmpty
    let by = step.sources.map { "\($0)" }.joined(separator: ", ")
    let membership = by.isEmpty ? (isMember ? "" : ": the sender is no member") : ": a member by \(by)"
    return ["  \(step.name) (\(step.location))\(membership)"]
      + step.rules.map { "    \($0.name) (\($0.location)) \($0.result.rawValue)" }
  }
}

extension FlowTraffic {
  /// `tcp/443`, `icmp/8`.
  var words: String {
    switch self {
    case .port(let transport, let port): "\(transport.name.lowercased())/\(port)"
    case .other(let traffic): traffic.text
    }
  }
}
