internal import PolicyEngine
internal import PolicyModel

/// Names the rules behind a row, made once per pair of row and group.
final class RowExplainer {
  private let compiled: CompiledPolicies
  private let ruleTexts: [String]
  /// What policies leave open, in words; many rows have the same policies.
  private var openTexts: [[Int32]: String] = [:]

  init(_ report: ConnectivityReport) {
    compiled = report.compiled
    ruleTexts = (0..<report.compiled.ruleCount).map {
      let (policy, rule) = report.compiled.policyAndRule(Int32($0))
      return Wording.allowed(by: policy, rule)
    }
  }

  /// One line per direction.
  func lines(
    _ source: CompiledPolicies.RowEnd, _ destination: CompiledPolicies.RowEnd, _ traffic: TrafficSet
  ) -> [String] {
    [
      "egress: " + text(compiled.deciding(.egress, from: source, to: destination, carrying: traffic)),
      "ingress: " + text(compiled.deciding(.ingress, from: source, to: destination, carrying: traffic)),
    ]
  }

  /// - Parameter ofSome: whether rules decide the other part of the traffic.
  private func text(_ rest: CompiledPolicies.Rest, ofSome: Bool) -> String? {
    switch rest {
    case .none: nil
    case .open(let policies): (ofSome ? "the rest is " : "") + openText(policies)
    // What rules let through in some cases is said by them.
    case .unknown: ofSome ? nil : "\(Wording.unknown)"
    }
  }

  private func openText(_ policies: [Int32]) -> String {
    if let known = openTexts[policies] { return known }
    let text = Wording.undecided(by: policies.map { compiled.policies[Int($0)] })
    openTexts[policies] = text
    return text
  }

  private func text(_ deciding: CompiledPolicies.Deciding) -> String {
    switch deciding {
    case .notPoliced: "\(Wording.notPoliced)"
    case .notIsolated: "\(Wording.notIsolated)"
    case .rules(let numbers, let rest):
      (numbers.map { ruleTexts[Int($0)] } + [text(rest, ofSome: !numbers.isEmpty)].compactMap { $0 })
        .joined(separator: "; ")
    }
  }
}
