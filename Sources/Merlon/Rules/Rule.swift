internal import Kubernetes
internal import PolicyModel

/// One or both directions of connections, seen from a policy's subject.
public struct Directions: OptionSet, Sendable, Hashable {
  /// The set as bits.
  public let rawValue: UInt8

  /// A set of these bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Connections to the subject.
  public static let ingress = Directions(rawValue: 1)
  /// Connections from the subject.
  public static let egress = Directions(rawValue: 2)
  /// Both.
  public static let both: Directions = [.ingress, .egress]

  var model: Set<Direction> {
    Set(Direction.allCases.filter { contains($0 == .ingress ? .ingress : .egress) })
  }
}

/// What becomes of connections of a policy's subject with some peers. Made by `from(…)` and `to(…)`.
public struct Rule: Sendable {
  let direction: Direction
  var action = RuleAction.allow
  let peers: [Peer]
  /// Nil where nobody says which: then those on which a peer is known to answer, see ``Peer/defaultPorts(in:)``.
  let ports: PortSet?
  let site: CallSite
}

/// Allows connections from some peers to the subject.
///
/// - Parameter ports: of the subject; all where they are left out.
public func from(
  _ first: Peer, _ others: Peer..., ports: PortSet? = nil, file: String = #fileID, line: UInt = #line
) -> Rule {
  Rule(direction: .ingress, peers: [first] + others, ports: ports, site: CallSite(file, line))
}

/// Allows connections from some pods to the subject.
///
/// - Parameter ports: of the subject; all where they are left out.
public func from(
  _ first: any PeerConvertible, _ others: any PeerConvertible..., ports: PortSet? = nil,
  file: String = #fileID,
  line: UInt = #line
) -> Rule {
  Rule(
    direction: .ingress, peers: ([first] + others).flatMap(\.peers), ports: ports, site: CallSite(file, line))
}

/// Allows connections from the subject to some peers.
///
/// - Parameter ports: of the peers; all where they are left out, but for ``Peer/clusterDNS`` and ``Peer/apiServer`` those that
///   they are known to answer on.
public func to(
  _ first: Peer, _ others: Peer..., ports: PortSet? = nil, file: String = #fileID, line: UInt = #line
) -> Rule {
  Rule(direction: .egress, peers: [first] + others, ports: ports, site: CallSite(file, line))
}

/// Allows connections from the subject to some pods.
///
/// - Parameter ports: of the peers; all where they are left out.
public func to(
  _ first: any PeerConvertible, _ others: any PeerConvertible..., ports: PortSet? = nil,
  file: String = #fileID,
  line: UInt = #line
) -> Rule {
  Rule(
    direction: .egress, peers: ([first] + others).flatMap(\.peers), ports: ports, site: CallSite(file, line))
}

/// Denies what a rule matches. It beats every rule that allows, but those of policies that are asked before.
public func deny(_ rule: Rule) -> Rule {
  var rule = rule
  rule.action = .deny
  return rule
}

/// Leaves what a rule matches to policies that are asked later; only in ``Policy/Stage/admin(priority:)`` and
/// ``Policy/Stage/baseline(priority:)``.
public func pass(_ rule: Rule) -> Rule {
  var rule = rule
  rule.action = .pass
  return rule
}

/// Lists of rules, with `if`, `for` and optionals.
@resultBuilder
public enum RuleBuilder {
  /// One statement.
  public static func buildExpression(_ rule: Rule) -> [Rule] { [rule] }
  /// One statement.
  public static func buildExpression(_ rules: [Rule]) -> [Rule] { rules }
  /// Statements one after the other.
  public static func buildBlock(_ rules: [Rule]...) -> [Rule] { rules.flatMap { $0 } }
  /// An `if` without `else`.
  public static func buildOptional(_ rules: [Rule]?) -> [Rule] { rules ?? [] }
  /// One branch of an `if`.
  public static func buildEither(first rules: [Rule]) -> [Rule] { rules }
  /// One branch of an `if`.
  public static func buildEither(second rules: [Rule]) -> [Rule] { rules }
  /// A `for`.
  public static func buildArray(_ rules: [[Rule]]) -> [Rule] { rules.flatMap { $0 } }
  /// An `if #available`.
  public static func buildLimitedAvailability(_ rules: [Rule]) -> [Rule] { rules }
}
