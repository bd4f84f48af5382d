package import Kubernetes
package import PolicyModel

/// A policy in the form that writers take apart: every condition multiplied out, so that a subject is one
/// conjunction of requirements and peers are a list of simple ones.
package struct PlainPolicy: Sendable {
  /// Which policies it is asked before.
  package enum Stage: Sendable, Hashable {
    /// Before all others: by ``PlainPolicy/rank``, then in the order of rules, the first rule that matches decides.
    case admin
    /// A rule that denies beats every rule that allows; what nothing allows is denied where a policy isolates.
    case normal
    /// About what no policy of ``normal`` decides: in order, as ``admin``.
    case baseline
  }

  /// What it is called; writers make a name of it that their dialect takes and that no other object has.
  package let identity: PolicyIdentity
  package let stage: Stage
  /// The place among the policies of ``Stage/admin`` or ``Stage/baseline``, ascending; of no meaning in
  /// ``Stage/normal``.
  package let rank: Int
  package let subject: PlainSelector
  /// The directions that it closes for what nothing allows; only in ``Stage/normal``.
  package let isolates: Set<Direction>
  package let rules: [PlainRule]
  package let location: SourceLocation

  package init(
    identity: PolicyIdentity, stage: Stage, rank: Int = 0, subject: PlainSelector, isolates: Set<Direction>,
    rules: [PlainRule], location: SourceLocation
  ) {
    self.identity = identity
    self.stage = stage
    self.rank = rank
    self.subject = subject
    self.isolates = isolates
    self.rules = rules
    self.location = location
  }
}

/// What becomes of connections of the subject with any of these peers, of this traffic.
package struct PlainRule: Sendable, Hashable {
  package enum Peers: Sendable, Hashable {
    /// Everything that can send or receive packets: pods, nodes, and what is outside.
    case anyone
    /// Never empty: a rule that matches nobody is left out.
    case anyOf([PlainPeer])
  }

  package let direction: Direction
  /// Never ``RuleAction/log``. ``RuleAction/pass`` in ordered stages only.
  package let action: RuleAction
  package let peers: Peers
  /// Never empty.
  package let traffic: PlainTraffic
  package let location: SourceLocation

  package init(
    direction: Direction, action: RuleAction = .allow, peers: Peers, traffic: PlainTraffic,
    location: SourceLocation
  ) {
    self.direction = direction
    self.action = action
    self.peers = peers
    self.traffic = traffic
    self.location = location
  }
}

/// One simple description of the other end of a connection.
package enum PlainPeer: Sendable, Hashable {
  case pods(PlainSelector)
  /// The addresses of a block without its holes, whoever has them: outside, a node or a pod.
  case block(CIDR, except: [CIDR])
  /// Nodes by their labels (all of these; empty for every node), and how they stand to the subject.
  case nodes([LabelTerm], NodePlacement)
  case domain(DomainPattern)
  /// Everything outside the cluster.
  case outside
  case apiServer
  /// Something that only one engine knows, in its words: `health`, `ingress`.
  case entity(String)
}

/// Pods, by a conjunction of requirements. A pod that uses its node's network is never among them.
package struct PlainSelector: Sendable, Hashable {
  package enum Namespaces: Sendable, Hashable {
    /// Sorted and not empty.
    case named([String])
    /// Those whose labels meet all of these; every namespace when there are none.
    case matching([LabelTerm])

    package static let all = Namespaces.matching([])
  }

  package let namespaces: Namespaces
  /// On the pod's own labels, sorted by key.
  package let pods: [LabelTerm]
  /// On the name of the service account that it runs as.
  package let serviceAccounts: [LabelTerm.Test]
  /// On the labels of that account.
  package let serviceAccountLabels: [LabelTerm]

  package init(
    namespaces: Namespaces, pods: [LabelTerm] = [], serviceAccounts: [LabelTerm.Test] = [],
    serviceAccountLabels: [LabelTerm] = []
  ) {
    self.namespaces = namespaces
    self.pods = pods
    self.serviceAccounts = serviceAccounts
    self.serviceAccountLabels = serviceAccountLabels
  }
}

/// A requirement on one label.
package struct LabelTerm: Sendable, Hashable {
  /// What the value must be like, or must not be like.
  package struct Test: Sendable, Hashable {
    package let test: AttributeRequirement.Test
    /// Only of tests for parts of a value, which no other test is the contrary of.
    package let isNegated: Bool

    package init(_ test: AttributeRequirement.Test, isNegated: Bool = false) {
      self.test = test
      self.isNegated = isNegated
    }
  }

  package let key: String
  package let test: Test

  package init(_ key: String, _ test: Test) {
    self.key = key
    self.test = test
  }

  package init(_ key: String, _ test: AttributeRequirement.Test) {
    self.init(key, Test(test))
  }
}
