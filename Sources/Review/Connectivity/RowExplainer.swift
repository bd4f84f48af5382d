internal import PolicyEngine
internal import PolicyModel

/// Names the rules behind a row, made once per pair of row and group.
final class RowExplainer {
  private let compiled: CompiledPolicies
  private let units: [ConnectivityUnit]
  private let ruleTexts: [String]

  init(_ report: ConnectivityReport) {
    compiled = report.compiled
    units = report.units
    ruleTexts = (0..<report.compiled.ruleCount).map {
      let (policy, rule) = report.compiled.policyAndRule(Int32($0))
      return Wording.allowed(by: policy, rule)
    }
  }

  /// One line per direction.
  func lines(_ source: ConnectivityReport.End, _ destination: ConnectivityReport.End) -> [String] {
    let ends = (compiledEnd(source), compiledEnd(destination))
    return [
      "egress: " + text(compiled.deciding(.egress, from: ends.0, to: ends.1)),
      "ingress: " + text(compiled.deciding(.ingress, from: ends.0, to: ends.1)),
    ]
  }

  private func compiledEnd(_ end: ConnectivityReport.End) -> CompiledPolicies.RowEnd {
    switch end {
    case .unit(let number): .unit(units[number])
    case .addresses(let addresses): .addresses(addresses)
    }
  }

  private func text(_ deciding: CompiledPolicies.Deciding) -> String {
    switch deciding {
    case .notPoliced: Wording.notPoliced
    case .notIsolated: Wording.notIsolated
    case .rules(let numbers):
      numbers.isEmpty ? "depends on what the input does not say" : numbers.map { ruleTexts[Int($0)] }.joined(separator: "; ")
    }
  }
}
