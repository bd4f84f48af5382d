internal import Kubernetes
internal import PolicyModel

/// The normal stage as dialects have it in which every policy closes its pods: whom policies close, and what is
/// allowed to these.
struct AllowLists {
  /// Pods that a policy closes.
  private struct Closing {
    let policy: PlainPolicy
    let direction: Direction
  }

  /// Connections that a policy allows to a part of its subject.
  struct Allowance {
    let policy: PlainPolicy
    var subject: PlainSelector
    var rule: PlainRule
  }

  private var closings: [Closing] = []
  private var closed: [Direction: ClosedSubjects] = [:]
  private(set) var allowances: [Allowance] = []

  /// - Parameter policies: those of the normal stage. What they deny is left out.
  init(_ policies: [PlainPolicy]) {
    for policy in policies {
      for direction in policy.directions where policy.isolates.contains(direction) {
        close(policy, direction)
      }
      for rule in policy.rules where rule.action == .allow {
        allowances.append(Allowance(policy: policy, subject: policy.subject, rule: rule))
      }
    }
  }

  private mutating func close(_ policy: PlainPolicy, _ direction: Direction) {
    closings.append(Closing(policy: policy, direction: direction))
    guard let subject = policy.subject.conjunction else { return }
    closed[direction, default: ClosedSubjects()].insert(subject)
  }

  /// How the pods of a subject are closed in a direction.
  enum Closure {
    /// All of them are.
    case whole
    /// Perhaps some of them are.
    case partly
    case none
  }

  func closure(of subject: PlainSelector, _ direction: Direction) -> Closure {
    guard let closed = closed[direction] else { return .none }
    // Nobody is in a subject that nothing can meet, so all of it is closed.
    guard let subject = subject.conjunction else { return .whole }
    return closed.closure(of: subject)
  }

  /// Policies that only allow, one for each identity and subject. What is allowed to pods that nothing closes has no
  /// effect and is left out.
  var policies: [PlainPolicy] {
    var parts = closings.map { $0.policy.with(isolates: [$0.direction], rules: []) }
    var known: [Opening: [PlainSelector]] = [:]
    for allowance in allowances {
      let direction = allowance.rule.direction
      let opening = Opening(subject: allowance.subject, direction: direction)
      let subjects = known[opening] ?? closedParts(of: opening)
      known[opening] = subjects
      for subject in subjects {
        parts.append(
          allowance.policy.with(subject: subject, isolates: [direction], rules: [allowance.rule]))
      }
    }
    return parts.tidied
  }

  private func closedParts(of opening: Opening) -> [PlainSelector] {
    guard let subject = opening.subject.conjunction else { return [] }
    return closed[opening.direction]?.parts(of: subject).map(PlainSelector.init) ?? []
  }

  private struct Opening: Hashable {
    let subject: PlainSelector
    let direction: Direction
  }
}

// MARK: - Denials

extension AllowLists {
  /// Takes away what policies deny, and closes pods that are open but for it. Denials that cannot be taken away are
  /// lost.
  ///
  /// - Parameter policies: those of the normal stage.
  mutating func subtractDenials(
    of policies: [PlainPolicy], _ surroundings: Surroundings, _ notes: inout WritingNotes
  ) {
    let difference = RuleDifference(pods: surroundings.pods)
    let denials = policies.flatMap { policy in
      policy.rules.filter { $0.action == .deny }.map { (policy: policy, rule: $0) }
    }
    let closed = self
    var opened: Set<Opening> = []
    for (policy, rule) in denials {
      switch closed.closure(of: policy.subject, rule.direction) {
      case .whole: continue
      case .partly: lose(rule, of: policy, "of its subject only some pods are closed", &notes)
      case .none:
        let everything = PlainRule(
          direction: rule.direction, peers: .anyone, traffic: .any, location: rule.location)
        guard difference.subtract(rule, from: everything) != nil else {
          lose(rule, of: policy, "its subject is open, and what is left cannot be said", &notes)
          continue
        }
        guard opened.insert(Opening(subject: policy.subject, direction: rule.direction)).inserted else {
          continue
        }
        close(policy, rule.direction)
        allowances.append(Allowance(policy: policy, subject: policy.subject, rule: everything))
      }
    }
    for (policy, rule) in denials {
      var isLost = false
      allowances = allowances.flatMap { allowance in
        guard let rest = allowance.subtracting(rule, of: policy, difference) else {
          isLost = true
          return [allowance]
        }
        return rest
      }
      if isLost { lose(rule, of: policy, "what is allowed besides cannot be said", &notes) }
    }
    if difference.restsOnPods(denials.map(\.rule)) {
      notes.assume("pods have their addresses in \(surroundings.pods), and nothing else has one of these")
    }
  }

  private func lose(
    _ rule: PlainRule, of policy: PlainPolicy, _ reason: String, _ notes: inout WritingNotes
  ) {
    notes.lose(.deny, .widens, "nothing can be denied, and \(reason)", of: rule, in: policy)
  }
}

extension AllowLists.Allowance {
  /// The most parts that one denial may make of it.
  private static let limit = 32

  /// What is left without what a rule of a policy denies; nil when that cannot be said.
  fileprivate func subtracting(
    _ denial: PlainRule, of policy: PlainPolicy, _ difference: RuleDifference
  ) -> [AllowLists.Allowance]? {
    guard rule.direction == denial.direction, let shared = subject.intersection(policy.subject) else {
      return [self]
    }
    guard let left = difference.subtract(denial, from: rule) else { return nil }
    if left == [rule] { return [self] }
    let spared = policy.subject.contains(subject) ? [] : subject.subtracting(policy.subject)
    if spared.count + left.count > Self.limit { return nil }
    return spared.map { with(subject: $0, rule: rule) } + left.map { with(subject: shared, rule: $0) }
  }

  private func with(subject: PlainSelector, rule: PlainRule) -> AllowLists.Allowance {
    var copy = self
    copy.subject = subject
    copy.rule = rule
    return copy
  }
}
