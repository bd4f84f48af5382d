internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Why directions let traffic through or not, in the words of ``Wording``: each decision once.
struct PageReasons {
  /// Some traffic of a direction with one outcome and one reason.
  struct Part: Hashable {
    let outcome: Outcome
    /// -1 for all traffic that is in no other part.
    let traffic: Int
    /// Index into ``PageReasons/lines``.
    let line: Int
  }

  /// By number.
  private(set) var parts: [[Part]] = []
  private(set) var decisions: [DirectionDecision] = []
  private(set) var lines = Numbering<String>()
  private var numbers: [DirectionDecision: Int32] = [:]

  /// - Parameter traffic: where the ports of parts are noted.
  mutating func number(
    of decision: DirectionDecision, _ report: ConnectivityReport, _ traffic: inout PageTraffic
  ) -> Int32 {
    if let known = numbers[decision] { return known }
    let shown = report.parts(of: decision).map { ($0, report.filter.visible($1), $2) }.filter {
      !$0.1.isEmpty
    }
    let everything = report.filter.visible(.all)
    let rest = shown.indices.first { place in
      let others = shown.indices.filter { $0 != place }.map { shown[$0].1 }
      return !others.isEmpty && shown[place].1.isMost(of: everything)
        && everything.subtracting(others.reduce(.none) { $0.union($1) }) == shown[place].1
    }
    let found = shown.enumerated().map { place, part in
      Part(
        outcome: part.0, traffic: place == rest ? -1 : traffic.number(of: part.1),
        line: lines.number(of: part.2))
    }
    let number = Int32(decisions.count)
    numbers[decision] = number
    decisions.append(decision)
    parts.append(found)
    return number
  }
}

extension TrafficSet {
  /// Whether more of a set is in this one than not.
  fileprivate func isMost(of whole: TrafficSet) -> Bool { whole.subtracting(self).portCount < portCount }
}

extension ConnectivityReport {
  /// What decides a direction: traffic by outcome and reason. What is open comes first.
  fileprivate func parts(of decision: DirectionDecision) -> [(Outcome, TrafficSet, String)] {
    if !decision.isPoliced { return [(.allowed, .all, "\(Wording.notPoliced)")] }
    if decision.policies.isEmpty { return [(.allowed, .all, "\(Wording.notIsolated)")] }
    var allowed: [(Outcome, TrafficSet, String)] = []
    var undefined: [(Outcome, TrafficSet, String)] = []
    var denied: [(Outcome, TrafficSet, String)] = []
    let undecided = decision.possible.subtracting(decision.certain)
    let closing = decision.closing.isEmpty ? decision.policies : decision.closing
    var rest = TrafficSet.all
    for part in decision.allows {
      let (policy, rule) = compiled.policyAndRule(part.rule)
      allowed.append(
        (.allowed, part.traffic.intersection(decision.certain), Wording.allowed(by: policy, rule)))
      undefined.append(
        (.undefined, part.traffic.intersection(undecided), Wording.undefined(by: policy, rule)))
      rest = rest.subtracting(part.traffic)
    }
    allowed.append(
      (.allowed, rest.intersection(decision.certain), Wording.undecided(by: policies(decision.policies))))
    for part in decision.denials {
      let (policy, rule) = compiled.policyAndRule(part.rule)
      undefined.append(
        (.undefined, part.traffic.intersection(undecided), Wording.undefined(by: policy, rule)))
      let (byRules, elsewhere) = (part.decidedByRules, part.traffic.subtracting(part.decidedByRules))
      denied.append((.denied, byRules.subtracting(decision.possible), Wording.denied(by: policy, rule)))
      denied.append(
        (
          .denied, elsewhere.subtracting(decision.possible),
          Wording.denied(by: policy, rule, orBy: policies(closing))
        ))
      rest = rest.subtracting(part.traffic)
    }
    undefined.append(
      (
        .undefined, rest.intersection(undecided),
        decision.closing.isEmpty
          ? "\(Wording.unknown)" : Wording.perhapsClosed(by: policies(decision.closing))
      ))
    denied.append(
      (.denied, rest.subtracting(decision.possible), Wording.denied(by: policies(closing))))
    return allowed + undefined + denied
  }

  private func policies(_ numbers: [Int32]) -> [Policy] { numbers.map { compiled.policies[Int($0)] } }
}
