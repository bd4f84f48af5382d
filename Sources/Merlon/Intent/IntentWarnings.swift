internal import Kubernetes
internal import PolicyModel

/// What an intent says and its author probably did not mean.
struct IntentWarnings {
  private let intent: Intent
  private(set) var found: [Diagnostic] = []

  /// - Parameter intent: one without errors.
  init(_ intent: Intent) {
    self.intent = intent
    findSharedLabels()
    findHostNetwork()
    findHiddenRules()
    findUnknownPortNames()
  }

  private mutating func warn(
    _ code: Diagnostic.Code, _ message: String, at site: CallSite, related: CallSite? = nil,
    fix: String? = nil
  ) {
    found.append(
      Diagnostic(
        code, .warning, message, at: site.location,
        related: related.map { [.init(message: "the other one", location: $0.location)] } ?? [], fix: fix))
  }

  /// Workloads whose labels select pods of others, too.
  private mutating func findSharedLabels() {
    for workload in intent.workloads {
      for other in intent.workloads
      where other.namespace == workload.namespace && other.name != workload.name
        && workload.selector.matches(other.labels)
      {
        warn(
          .sharedLabels,
          "what is said of \(workload) is true of \(other), too: its pods have the same labels",
          at: workload.site, related: other.site, fix: "give the pods of one of them another label")
      }
    }
  }

  /// Policies for pods that no policy reaches.
  private mutating func findHostNetwork() {
    for policy in intent.policies {
      for workload in intent.workloads
      where workload.hostNetwork && policy.subject.selects(workload) {
        warn(
          .hostNetwork, "\(workload) uses its node's network: the policy \(policy.name) has no effect on it",
          at: policy.site, related: workload.site)
      }
    }
    for flow in intent.flows {
      for end in [flow.source, flow.target] {
        guard let pods = end.pods,
          let workload = intent.workloads.first(where: { $0.hostNetwork && $0.pods == pods })
        else { continue }
        warn(
          .hostNetwork,
          "\(workload) uses its node's network: rules that name it match none of its connections",
          at: flow.site, related: workload.site,
          fix: flow.site.words(swift: "name .nodes instead", yaml: "name nodes instead"))
      }
    }
  }

  /// Rules behind one that allows everything.
  private mutating func findHiddenRules() {
    for policy in intent.policies where policy.stage == .normal {
      for direction in Direction.allCases {
        let rules = policy.rules.filter { $0.direction == direction && $0.action == .allow }
        guard let widest = rules.first(where: { $0.allowsEverything }) else { continue }
        for rule in rules where !rule.allowsEverything {
          warn(
            .hiddenRule, "another rule of \(policy.name) allows everything, so this one changes nothing",
            at: rule.site, related: widest.site)
        }
      }
    }
  }

  private mutating func findUnknownPortNames() {
    for policy in intent.policies {
      for rule in policy.rules {
        let targets =
          switch rule.direction {
          case .ingress: [policy.subject]
          case .egress: rule.peers.compactMap { if case .pods(let pods) = $0.kind { pods } else { nil } }
          }
        check(rule.ports, of: targets, at: rule.site)
      }
    }
    for flow in intent.flows {
      guard let target = flow.target.pods else { continue }
      check(flow.ports, of: [target], at: flow.site)
    }
  }

  private mutating func check(_ ports: PortSet?, of targets: [Pods], at site: CallSite) {
    guard let names = ports?.names, !names.isEmpty else { return }
    let workloads = intent.workloads.filter { workload in targets.contains { $0.selects(workload) } }
    for name in names.sorted() {
      for workload in workloads where !workload.containerPorts.contains(where: { $0.name == name }) {
        warn(
          .unknownPortName, "\(workload) declares no port `\(name)`: the rule matches nothing there",
          at: site,
          related: workload.site)
      }
    }
  }
}

extension Rule {
  fileprivate var allowsEverything: Bool {
    peers.contains { $0.kind == .anyone } && (ports?.isAny ?? true)
  }
}

extension Pods {
  /// Whether it selects the pods of a workload.
  func selects(_ workload: Workload) -> Bool {
    let isThere =
      switch namespaces {
      case .all: true
      case .named(let names): names.contains(workload.namespace)
      case .labelled: false
      }
    return isThere && selector.matches(workload.labels)
      && (serviceAccount.map { $0 == workload.serviceAccount } ?? true)
  }
}

extension Diagnostic.Code {
  static let sharedLabels = Self(rawValue: "shared-labels")
  static let hostNetwork = Self(rawValue: "host-network")
  static let hiddenRule = Self(rawValue: "hidden-rule")
  static let unknownPortName = Self(rawValue: "unknown-port-name")
  static let cutsNeed = Self(rawValue: "cuts-need")
}
