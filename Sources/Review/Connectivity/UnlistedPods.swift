internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Pods that are not in the input, as far as rules tell them apart.
enum UnlistedPods {
  /// Any pod whatever.
  case any
  /// Pods of which some conditions, by their texts, are known to hold or not; what else is true of them is open.
  case known([String: Answer])
  /// Pods that have none of the labels which rules ask for, in a namespace that has none either.
  case plain

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
    if case .known(let answers) = self, let answer = answers[condition.description] { return answer }
    switch condition {
    case .endpoints(let selector):
      if selector.isEveryPod { return .all }
      if case .plain = self { return selector.selectsPlainPod ? .all : .none }
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

  /// Pods that meet a condition, and so each of its parts. Conditions of one text are one.
  static func meeting(_ condition: PeerCondition) -> UnlistedPods {
    var answers: [String: Answer] = [:]
    func add(_ text: String, _ answer: Answer) { if answers[text] == nil { answers[text] = answer } }
    func hold(_ condition: PeerCondition) {
      add(condition.description, .all)
      switch condition {
      case .all(let parts): for part in parts { hold(part) }
      case .not(let part): add(part.description, .none)
      default: break
      }
    }
    hold(condition)
    return .known(answers)
  }

  private static func all(_ answers: [Answer]) -> Answer {
    if answers.contains(.none) { return .none }
    return answers.allSatisfy { $0 == .all } ? .all : .some
  }
}

extension UnlistedPods {
  /// The kinds that rules tell from plain pods: those that a selector asks for, or that a negative one leaves out.
  static func kinds(in rules: [Rule], _ cluster: Cluster) -> [PeerCondition] {
    var kinds: [String: PeerCondition] = [:]
    func add(_ condition: PeerCondition) { kinds[condition.description] = condition }
    for case .anyOf(let peers) in rules.lazy.filter({ $0.action != .log }).map(\.peers) {
      for condition in peers.map(\.kind) {
        var selectors: [PeerCondition] = []
        condition.forEachSimple {
          if case .endpoints(let selector) = $0, !selector.isEveryPod { selectors.append($0) }
        }
        for selector in selectors {
          add(plain.answer(selector, in: cluster) == .all ? .not(selector) : selector)
        }
        // A condition of several parts is a kind of its own.
        if selectors.isEmpty || plain.answer(condition, in: cluster) == .all { continue }
        if case .endpoints = condition { continue }
        add(condition)
      }
    }
    return kinds.sorted { $0.key < $1.key }.map(\.value)
  }
}

extension EndpointSelector {
  /// Whether it selects a pod without labels, in a namespace with no label but its name, which nobody mentions.
  fileprivate var selectsPlainPod: Bool {
    guard case .matching(let namespaces) = namespaces else { return false }
    func value(_ attribute: Attribute) -> String? {
      attribute == .namespaceLabel(Namespace.nameLabel) ? "\u{0}" : nil
    }
    return namespaces.matches(value) && pods.matches(value)
  }
}
