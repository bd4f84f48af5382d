internal import Kubernetes
internal import PolicyModel

/// Finds everything that cannot be meant; ``IntentWarnings`` finds what is probably not what its author meant.
struct IntentCheck {
  private let intent: Intent
  private(set) var problems: [Diagnostic] = []

  init(_ intent: Intent) {
    self.intent = intent
    problems += intent.cluster.read(at: intent.site).problems
    if intent.policies.isEmpty, intent.flows.isEmpty {
      report(.noEffect, "the intent has neither policies nor flows: it says nothing", at: intent.site)
    }
    checkWorkloads()
    checkNamespaces()
    checkPolicies()
    for flow in intent.flows { check(flow) }
  }

  var hasErrors: Bool { problems.contains { $0.severity == .error } }

  private mutating func report(
    _ code: Diagnostic.Code, _ message: String, at site: CallSite, related: [Diagnostic.Related] = [],
    fix: String? = nil
  ) {
    problems.append(Diagnostic(code, .error, message, at: site.location, related: related, fix: fix))
  }

  // MARK: - Workloads and namespaces

  private mutating func checkWorkloads() {
    var known: [String: Workload] = [:]
    for workload in intent.workloads {
      problems += workload.problems
      if let other = known["\(workload)"],
        other.labels != workload.labels || other.containerPorts != workload.containerPorts
      {
        report(
          .duplicateObject, "the workload \(workload) is declared twice, and differently", at: workload.site,
          related: [.init(message: "the other one", location: other.site.location)])
      }
      known["\(workload)"] = workload
    }
  }

  private mutating func checkNamespaces() {
    var known: [String: KnownNamespace] = [:]
    for namespace in intent.namespaces {
      let wrong = Namespaces.named(namespace.name).problems + Selector(namespace.labels).problems
      for problem in wrong { report(.invalidValue, problem, at: intent.site) }
      if let other = known[namespace.name], other != namespace {
        report(
          .duplicateObject, "the namespace \(namespace.name) is declared twice, and differently",
          at: intent.site)
      }
      known[namespace.name] = namespace
    }
  }

  // MARK: - Policies

  private mutating func checkPolicies() {
    var known: [PolicyKey: Policy] = [:]
    for policy in intent.policies {
      check(policy)
      let key = PolicyKey(name: policy.name, namespaces: policy.subject.namespaces)
      if let other = known[key], other.subject != policy.subject || other.stage != policy.stage {
        report(
          .duplicateObject, "two policies of \(policy.subject.namespaces) are called \(policy.name)",
          at: policy.site, related: [.init(message: "the other one", location: other.site.location)],
          fix: "give one of them another name")
      }
      known[key] = policy
    }
  }

  private struct PolicyKey: Hashable {
    let name: String
    let namespaces: Namespaces
  }

  private mutating func check(_ policy: Policy) {
    if let problem = NameRules.subdomainProblem(policy.name) {
      report(.invalidValue, "the policy name `\(policy.name)` \(problem)", at: policy.site)
    }
    problems += policy.subject.problems
    if policy.rules.isEmpty, policy.isolated.isEmpty {
      report(
        .noEffect,
        "the policy \(policy.name) has neither rules nor directions to close: it would have no effect",
        at: policy.site,
        fix: policy.site.words(
          swift: "say isolating: .ingress, .egress or .both, or give it rules",
          yaml: "say isolate: ingress, egress or both, or give it rules"))
    }
    switch policy.stage {
    case .normal: break
    case .admin(let priority), .baseline(let priority):
      if !(0...1000).contains(priority) {
        report(
          .invalidValue, "the priority of \(policy.name) must be 0 to 1000, not \(priority)", at: policy.site)
      }
      if let isolating = policy.isolating, !isolating.isEmpty {
        report(
          .noEffect, "a policy of the stages admin and baseline closes nothing by itself", at: policy.site,
          fix: policy.site.words(
            swift: "end it with deny(from(.anyone)) or deny(to(.anyone))",
            yaml:
              "end its ingress with {from: anyone, action: deny}, or its egress with {to: anyone, action: deny}"
          ))
      }
    }
    for rule in policy.rules { check(rule, of: policy) }
  }

  private mutating func check(_ rule: Rule, of policy: Policy) {
    if rule.action == .pass, policy.stage == .normal {
      report(
        .invalidValue, "pass has a meaning in the stages admin and baseline only", at: rule.site)
    }
    check(rule.peers, rule.direction, rule.action, at: rule.site)
    if let ports = rule.ports { check(ports, at: rule.site) }
  }

  private mutating func check(_ ports: PortSet, at site: CallSite) {
    if ports.isEmpty {
      report(
        .emptyPorts, "the set of ports is empty, so the rule would match nothing", at: site,
        fix: site.words(
          swift: "leave ports out, or write .any, for all of them",
          yaml: "leave ports out, or write any, for all of them"))
    }
    for problem in ports.problems { report(.invalidValue, problem, at: site) }
  }

  private mutating func check(
    _ peers: [Peer], _ direction: Direction, _ action: RuleAction, at site: CallSite
  ) {
    if peers.isEmpty {
      report(
        .emptyPeers, "the rule names nobody; an empty list of peers would be everybody in some dialects",
        at: site,
        fix: site.words(
          swift: "write .anyone for everybody, or leave the rule out",
          yaml: "write anyone for everybody, or leave the rule out"))
    }
    for peer in peers {
      for problem in peer.problems(direction, action) {
        problems.append(Diagnostic(.invalidValue, .error, problem, at: site.location))
      }
    }
  }

  // MARK: - Flows

  private mutating func check(_ flow: Flow) {
    for end in [flow.source, flow.target] {
      if let pods = end.pods { problems += pods.problems }
    }
    if case .peers(let peers) = flow.source { check(peers, .ingress, .allow, at: flow.site) }
    if case .peers(let peers) = flow.target { check(peers, .egress, .allow, at: flow.site) }
    guard let ports = flow.ports else {
      if flow.target.pods == nil { return }
      report(
        .unknownPorts, "the target of this connection declares no ports", at: flow.site,
        fix: flow.site.words(
          swift: "say which, such as .tcp(5432), or .any for all",
          yaml: "say which, such as tcp/5432, or any for all"))
      return
    }
    check(ports, at: flow.site)
  }
}

extension Peer {
  /// What cannot be meant by it as the other end of a rule.
  fileprivate func problems(_ direction: Direction, _ action: RuleAction) -> [String] {
    switch kind {
    case .pods(let pods): pods.problemTexts
    case .nodes(let selector): selector.problems
    case .block(let text, let holes): Self.blockProblems(text, holes)
    case .domain(let name):
      if DomainPattern(networkPolicyAPI: name) == nil {
        ["`\(name)` is no domain name: write api.example.com, or *.example.com for all names below"]
      } else if direction == .ingress {
        ["nobody connects from a domain name: write the addresses"]
      } else {
        action == .allow ? [] : ["names can only be allowed: deny addresses instead"]
      }
    case .anyone, .outside, .ownNode, .apiServer, .clusterDNS, .entity: []
    }
  }

  private static func blockProblems(_ text: String, _ holes: [String]) -> [String] {
    var problems: [String] = []
    func read(_ text: String) -> CIDR? {
      guard let parsed = ParsedCIDR(text) else {
        let hint =
          IPAddress(text).map { ": did you mean \($0)/\($0.family.bitWidth)?" } ?? ", such as 10.0.0.0/8"
        problems.append("`\(text)` is no block of addresses\(hint)")
        return nil
      }
      if !parsed.legacyForms.isEmpty {
        problems.append("`\(text)` is \(parsed.cidr), in a form that API servers refuse: write that")
      }
      return parsed.cidr
    }
    let block = read(text)
    for hole in holes {
      guard let cidr = read(hole), let block else { continue }
      if !block.contains(cidr) || cidr.prefixLength <= block.prefixLength {
        problems.append("the exception \(cidr) must be a strict subset of the block \(block)")
      }
    }
    return problems
  }
}

extension Diagnostic.Code {
  static let noEffect = Self(rawValue: "no-effect")
  static let emptyPeers = Self(rawValue: "empty-peers")
  static let emptyPorts = Self(rawValue: "empty-ports")
  static let unknownPorts = Self(rawValue: "unknown-ports")
}
