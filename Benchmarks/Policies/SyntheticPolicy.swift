/// What one policy of a synthetic cluster wants, in the words that all dialects share.
struct SyntheticPolicy {
  typealias Label = SyntheticCluster.Label
  typealias Transport = SyntheticCluster.Transport

  var scope: Scope
  var stage: Stage
  var name: String
  var subject: Selector
  /// Absent leaves the direction alone; empty closes it.
  var ingress: [Rule]?
  var egress: [Rule]?

  /// Whose pods a policy may select.
  enum Scope {
    case namespace(String)
    /// Those of all namespaces with these labels. NetworkPolicies cannot say it.
    case namespaces(Selector)
  }

  /// Who wrote it and what for, from what overrides others to what is left when nobody else has decided.
  enum Stage: String, CaseIterable {
    case security, compliance, platform, teams
    case fallback = "default"
  }

  struct Selector {
    var labels: [Label] = []
    var expressions: [Expression] = []

    static let everything = Selector()

    static func label(_ key: String, _ value: String) -> Selector {
      Selector(labels: [Label(key, value)])
    }

    static func `where`(_ key: String, _ operation: Operation, _ values: [String] = []) -> Selector {
      Selector(expressions: [Expression(key: key, operation: operation, values: values)])
    }

    func and(_ other: Selector) -> Selector {
      Selector(labels: labels + other.labels, expressions: expressions + other.expressions)
    }
  }

  struct Expression {
    var key: String
    var operation: Operation
    var values: [String]
  }

  enum Operation: String {
    case isIn = "In"
    case isNotIn = "NotIn"
    case exists = "Exists"
    case doesNotExist = "DoesNotExist"
  }

  struct Rule {
    /// NetworkPolicies only allow.
    var action = Action.allow
    /// Empty is anyone.
    var peers: [Peer] = []
    /// Empty is every port.
    var ports: [Port] = []

    static let everything = Rule()
  }

  enum Action {
    case allow, deny
    /// Leaves the decision to what comes after the policy's stage.
    case pass
  }

  enum Peer {
    case pods(Selector)
    case namespaces(Selector)
    case podsInNamespaces(pods: Selector, namespaces: Selector)
    case block(String, except: [String])
    case apiServer
  }

  enum Port {
    case named(String, Transport)
    case number(Int, Transport)
    case range(Int, Int, Transport)

    var transport: Transport {
      switch self {
      case .named(_, let transport), .number(_, let transport), .range(_, _, let transport): transport
      }
    }
  }
}

extension SyntheticPolicy.Peer {
  /// The API server's own address, for dialects without a word for it.
  static let apiServerBlock = "172.31.255.1/32"
}
