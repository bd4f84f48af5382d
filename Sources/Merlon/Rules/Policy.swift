internal import Kubernetes
internal import PolicyModel

/// Rules for some pods.
///
/// ```swift
/// Policy("db", for: db) {
///   from(web, cache, ports: .tcp(5432))
///   to(.clusterDNS)
/// }
/// ```
///
/// A policy closes its subject in the directions of its rules, for everything that no rule of any policy allows: say
/// `isolating:` for other directions. A policy without rules must say which directions it closes, as it would have no
/// effect, or another than its author thinks.
public struct Policy: Sendable {
  /// Which policies it is asked before.
  public enum Stage: Sendable, Hashable {
    /// With all others of this stage at once: a rule that denies beats all that allow, and what nothing allows is denied
    /// where a policy isolates.
    case normal
    /// Before ``normal``, those of lower priority first; the first rule that matches decides. It isolates nothing.
    case admin(priority: Int)
    /// About what no policy of ``normal`` decides: where one isolates the subject, or allows a connection, that is final.
    /// Otherwise as ``admin(priority:)``.
    case baseline(priority: Int)
  }

  /// What it is called.
  public let name: String
  /// Whom it is about.
  public let subject: Pods
  /// Which policies it is asked before.
  public let stage: Stage
  /// The directions it closes; nil for those of its rules.
  let isolating: Directions?
  private(set) var rules: [Rule]
  let site: CallSite

  /// A policy for pods.
  ///
  /// - Parameters:
  ///   - isolating: the directions that it closes for what no rule allows; those of its rules when left out.
  ///   - stage: which policies it is asked before.
  public init(
    _ name: String, for subject: any PodSelecting, isolating: Directions? = nil, stage: Stage = .normal,
    file: String = #fileID, line: UInt = #line, @RuleBuilder _ rules: () -> [Rule] = { [] }
  ) {
    self.init(name, subject.pods, isolating, stage, rules(), CallSite(file, line))
  }

  init(
    _ name: String, _ subject: Pods, _ isolating: Directions?, _ stage: Stage, _ rules: [Rule],
    _ site: CallSite
  ) {
    self.name = name
    self.subject = subject
    self.isolating = isolating
    self.stage = stage
    self.rules = rules
    self.site = site
  }

  /// Adds a rule, and with it its direction.
  public mutating func add(_ rule: Rule) { rules.append(rule) }

  /// Closes all pods of some namespaces for what no other policy allows.
  public static func deny(
    _ directions: Directions, in namespaces: Namespaces, file: String = #fileID, line: UInt = #line
  ) -> Policy {
    let site = CallSite(file, line)
    return Policy(
      "default-deny\(directions.suffix)", Pods(.everything, namespaces, nil, site), directions, .normal, [],
      site)
  }

  /// Opens all pods of some namespaces in a direction, whatever other policies close.
  public static func allow(
    _ directions: Directions, in namespaces: Namespaces, file: String = #fileID, line: UInt = #line
  ) -> Policy {
    let site = CallSite(file, line)
    return Policy(
      "default-allow\(directions.suffix)", Pods(.everything, namespaces, nil, site), directions, .normal,
      directions.model.sorted { $0.rawValue < $1.rawValue }.map {
        Rule(direction: $0, peers: [.anyone], ports: .any, site: site)
      }, site)
  }

  /// The directions that it closes.
  var isolated: Set<Direction> {
    switch stage {
    case .admin, .baseline: []
    case .normal: isolating?.model ?? Set(rules.map(\.direction))
    }
  }
}

extension Directions {
  /// Both directions need no word.
  fileprivate var suffix: String {
    switch self {
    case .ingress: "-ingress"
    case .egress: "-egress"
    default: ""
    }
  }
}
