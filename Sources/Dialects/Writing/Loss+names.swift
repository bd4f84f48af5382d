internal import Kubernetes
internal import PolicyModel

/// What can be lost, by dialect or by all that came before it.
extension Loss.Name {
  /// Every name that a loss may have.
  package static let all: Set<Loss.Name> = [
    .passthrough,
    .log, .applicationRules, .sourcePorts, .portExceptions, .peerCombination, .nodeNames, .ruleSubject,
    .nodeSubject, .entitySubject, .tooManyAlternatives, .tiers, .deny, .namespacesByLabel, .serviceAccounts,
    .stringTests, .protocols, .nodes, .nodeLabels, .outside, .outsideIngress, .ingressBlocks,
    .addressesOfPods, .apiServer, .domainNames, .namesNotLearnt, .entity, .namedPortProtocol, .namedPortPeers,
    .labelNotSeen, .priorities, .pass, .ruleOrder,
  ]

  /// Why a text is no name of a loss, for people.
  package static func unknownText(_ text: String) -> String {
    let names = all.map(\.rawValue).sorted()
    return "no loss is called `\(text)`"
      + (Suggestion.nearest(to: text, among: names).map { ": did you mean `\($0)`?" }
        ?? "; there are \(names.joined(separator: ", "))")
  }

  // MARK: While policies are taken apart

  /// A rule that writes connections down.
  package static let log = Loss.Name(rawValue: "log")
  /// What is checked after a connection is let through: HTTP paths, DNS names.
  package static let applicationRules = Loss.Name(rawValue: "application-rules")
  /// Ports of a connection's source.
  package static let sourcePorts = Loss.Name(rawValue: "source-ports")
  /// Ports but those of a name, or ports of a name but some.
  package static let portExceptions = Loss.Name(rawValue: "port-exceptions")
  /// Peers that must be several things at once, or must not be something.
  package static let peerCombination = Loss.Name(rawValue: "peer-combination")
  /// Nodes by their names.
  package static let nodeNames = Loss.Name(rawValue: "node-names")
  /// A rule that is about a part of its policy's subject.
  package static let ruleSubject = Loss.Name(rawValue: "rule-subject")
  /// A policy about nodes.
  package static let nodeSubject = Loss.Name(rawValue: "node-subject")
  /// A policy about something that only one engine knows.
  package static let entitySubject = Loss.Name(rawValue: "entity-subject")
  /// A condition with more alternatives than anybody writes.
  package static let tooManyAlternatives = Loss.Name(rawValue: "too-many-alternatives")

  // MARK: While they are written

  /// Policies that are asked before or after all others.
  package static let tiers = Loss.Name(rawValue: "tiers")
  /// Rules that deny.
  package static let deny = Loss.Name(rawValue: "deny")
  /// A subject in namespaces that may be made later.
  package static let namespacesByLabel = Loss.Name(rawValue: "namespaces-by-label")
  /// Pods by their service account.
  package static let serviceAccounts = Loss.Name(rawValue: "service-accounts")
  /// Labels by parts of their value.
  package static let stringTests = Loss.Name(rawValue: "string-tests")
  /// Protocols without ports.
  package static let protocols = Loss.Name(rawValue: "protocols")
  /// Nodes.
  package static let nodes = Loss.Name(rawValue: "nodes")
  /// Nodes by their labels.
  package static let nodeLabels = Loss.Name(rawValue: "node-labels")
  /// Everything outside the cluster.
  package static let outside = Loss.Name(rawValue: "outside")
  /// Connections that come from outside the cluster or from nodes.
  package static let outsideIngress = Loss.Name(rawValue: "outside-ingress")
  /// Blocks of addresses as sources.
  package static let ingressBlocks = Loss.Name(rawValue: "ingress-blocks")
  /// Blocks that hold addresses of pods or nodes.
  package static let addressesOfPods = Loss.Name(rawValue: "addresses-of-pods")
  /// The API server.
  package static let apiServer = Loss.Name(rawValue: "api-server")
  /// Domain names.
  package static let domainNames = Loss.Name(rawValue: "domain-names")
  /// Domain names whose addresses are not learnt.
  package static let namesNotLearnt = Loss.Name(rawValue: "names-not-learnt")
  /// Something that only one engine knows.
  package static let entity = Loss.Name(rawValue: "entity")
  /// The protocol of a port that is given by its name.
  package static let namedPortProtocol = Loss.Name(rawValue: "named-port-protocol")
  /// Port names of what is not selected as a pod.
  package static let namedPortPeers = Loss.Name(rawValue: "named-port-peers")
  /// Labels that an engine leaves out of what it knows.
  package static let labelNotSeen = Loss.Name(rawValue: "label-not-seen")
  /// A rule that somebody wrote in a dialect's own words.
  package static let passthrough = Loss.Name(rawValue: "passthrough")
  /// More policies in an order than there are places.
  package static let priorities = Loss.Name(rawValue: "priorities")
}

extension Loss.Effect {
  package static let both: Loss.Effect = [.widens, .narrows]

  /// When rules of an action are left out, or written for less than they are meant for.
  static func leavingOut(_ action: RuleAction) -> Loss.Effect {
    switch action {
    case .allow: .narrows
    case .deny: .widens
    case .pass: .both
    case .log: []
    }
  }

  /// When rules of an action are written for more than they are meant for.
  static func overstating(_ action: RuleAction) -> Loss.Effect {
    switch action {
    case .allow: .widens
    case .deny: .narrows
    case .pass: .both
    case .log: []
    }
  }
}
