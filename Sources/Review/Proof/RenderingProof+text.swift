internal import Dialects
internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension RenderingProof {
  /// The certificate: what was compared, under which profile and assumptions, and what came of it; with a flow and both
  /// its traces for each difference.
  package func text(_ style: TextStyle) -> String {
    let kinds = equivalence.symbolicWorld.kindCount
    var lines = ["\(dialect.rawValue): \(verdict(style))"]
    lines.append(
      "  compared  \(kinds) \(kinds == 1 ? "kind" : "kinds") of pods that the policies tell apart, \(equivalence.pairCount) pairs of ends, all ports of TCP, UDP and SCTP\(equivalence.comparesOtherProtocols ? ", ICMP and all other protocols" : "; the specification says nothing of other protocols")"
    )
    lines.append("  profile   \(dialect.profile.name)")
    for assumption in assumptions { lines.append("  assuming  \(assumption)") }
    lines += lossLines
    for problem in problems where problem.severity == .error {
      lines.append("  \(style.red("unreadable")) \(problem.message)")
    }
    for witness in equivalence.witnesses { lines += self.lines(witness, style) }
    let rest = equivalence.differenceCount - equivalence.witnesses.count
    if rest > 0 { lines.append("  and \(rest) more \(rest == 1 ? "pair" : "pairs") of ends") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The certificate as comments of a YAML text.
  package var comments: String {
    text(.plain).split(separator: "\n").map { YAMLText.comment(String($0)) + "\n" }.joined()
  }

  /// One line for each kind of loss, with the places of the first few.
  private var lossLines: [String] {
    var places: [String: [SourceLocation]] = [:]
    var order: [String] = []
    for loss in losses {
      let text = "\(loss.name.rawValue): \(loss.message)"
      if places[text] == nil { order.append(text) }
      places[text, default: []].append(loss.location)
    }
    return order.map { text in
      let own = places[text] ?? []
      let shown = own.prefix(3).map(\.description).joined(separator: ", ")
      return "  but for   \(text) (\(shown)\(own.count > 3 ? " and \(own.count - 3) more" : ""))"
    }
  }

  private func verdict(_ style: TextStyle) -> String {
    if !holds { return style.red("not the same") }
    return style.green(
      losses.isEmpty ? "proved to mean the same" : "proved to mean the same, but for its losses")
  }

  private func lines(_ witness: Equivalence.Witness, _ style: TextStyle) -> [String] {
    let world = equivalence.symbolicWorld.world
    func trace(_ evaluator: FlowEvaluator) -> [String] {
      Explanation(
        witness.flow, source: witness.source, destination: witness.destination, evaluator: evaluator
      ).text(Wording(world), style).split(separator: "\n").dropFirst().map { "      \($0)" }
    }
    return [
      "  \(style.red("differs")): \(witness.source) -> \(witness.destination) \(Wording.text(witness.flow.traffic))",
      "    intended: \(style.word(witness.intended.outcome))",
    ] + trace(equivalence.intendedEvaluator) + ["    rendered: \(style.word(witness.actual.outcome))"]
      + trace(equivalence.actualEvaluator)
  }
}
