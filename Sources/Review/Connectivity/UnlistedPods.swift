internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Pods that are not in the input, as far as rules tell them apart.
enum UnlistedPods {
  /// Pods that meet the condition; what else is true of them is open.
  case meeting(PeerCondition)
  /// Pods that no selector of any rule matches, but those that match every pod.
  case others

  /// Whether a rule speaks of such pods: all of them, none, or some.
  enum Answer {
    case all
    case none
    case some

    var negated: Answer {
      switch self {
      case .all: .none
      case .none: .all
      case .some: .some
      }
    }
  }

  /// Which of these pods a rule's peers match.
  func answer(_ peers: Peers, in cluster: Cluster) -> Answer {
    switch peers {
    case .anyone: .all
    case .anyOf(let list): answer(.any(list.map(\.kind)), in: cluster)
    }
  }

  /// Which of these pods meet a condition.
  func answer(_ condition: PeerCondition, in cluster: Cluster) -> Answer {
    if case .meeting(let own) = self, let implied = Self.implied(condition, by: own) { return implied }
    switch condition {
    case .endpoints(let selector):
      if selector.isEveryPod { return .all }
      if case .others = self { return .none }
      return .some
    case .addresses(let block):
      guard cluster.profile.addressBlocksMatch.contains(.pods) else { return .none }
      let range = cluster.world.assumedAddresses[.pod]
      if range.isDisjoint(with: block.addresses) { return .none }
      return range.subtracting(block.addresses).isEmpty ? .all : .some
    case .family(let family):
      let families = Set(cluster.world.assumedAddresses[.pod].intervals.map(\.family))
      return families == [family] ? .all : families.contains(family) ? .some : .none
    case .nodes, .domain, .outside, .apiServer, .special: return .none
    case .all(let parts): return Self.all(parts.map { answer($0, in: cluster) })
    case .any(let parts): return Self.all(parts.map { answer($0, in: cluster).negated }).negated
    case .not(let part): return answer(part, in: cluster).negated
    }
  }

  /// Nil when neither the condition nor its opposite follows. Conditions of one text are one.
  private static func implied(_ condition: PeerCondition, by own: PeerCondition) -> Answer? {
    let text = condition.description
    if own.description == text { return .all }
    switch own {
    case .all(let parts): return parts.lazy.compactMap { implied(condition, by: $0) }.first
    case .not(let part): return part.description == text ? Answer.none : nil
    default: return nil
    }
  }

  private static func all(_ answers: [Answer]) -> Answer {
    if answers.contains(.none) { return .none }
    return answers.allSatisfy { $0 == .all } ? .all : .some
  }
}
