internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Answers many flows, line by line.
package struct VerdictRun {
  /// How answers are written.
  package enum Format: String, Sendable, CaseIterable {
    /// `allowed  shop/web -> shop/db tcp/5432  (reason)`
    case text
    /// One JSON object a line.
    case json
  }

  /// How many lines had which outcome.
  package struct Totals: Sendable, Equatable {
    package var allowed = 0
    package var denied = 0
    package var undefined = 0
    package var errors = 0
  }

  private let compiled: CompiledPolicies
  private let evaluator: FlowEvaluator
  private let wording: Wording
  private var lines: FlowLines
  /// Reasons by rule and by row: a million lines share a few thousand texts.
  private let ruleReasons: [[UInt8]]
  private let rowReasons: [[UInt8]]
  private let format: Format

  package init(_ cluster: Cluster, format: Format) {
    compiled = CompiledPolicies(world: cluster.world, tier: cluster.tier, profile: cluster.profile)
    evaluator = FlowEvaluator(world: cluster.world, tier: cluster.tier, profile: cluster.profile)
    wording = Wording(cluster.world)
    lines = FlowLines(FlowParser(cluster.world))
    self.format = format
    func bytes(_ text: String) -> [UInt8] {
      format == .json ? Array(JSONText.quoted(text).utf8.dropFirst().dropLast()) : Array(text.utf8)
    }
    let compiled = compiled
    ruleReasons = (0..<compiled.ruleCount).map {
      let (policy, rule) = compiled.policyAndRule(Int32($0))
      return bytes(Wording.allowed(by: policy, rule))
    }
    rowReasons = (0..<compiled.rowCount).map {
      bytes(Wording.denied(by: compiled.isolatingPolicies(ofRow: Int32($0))))
    }
  }

  /// Answers every line of a text; blank lines and `#` comments are passed over.
  package mutating func run(_ text: String, to output: Output) -> Totals {
    var totals = Totals()
    var text = text
    text.makeContiguousUTF8()
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      guard let first = line.first(where: { $0 != 32 && $0 != 9 && $0 != 13 }), first != UInt8(ascii: "#") else {
        continue
      }
      answer(Substring(line), &totals, output)
    }
    output.flush()
    return totals
  }

  private mutating func answer(_ line: Substring, _ totals: inout Totals, _ output: Output) {
    let flow: Flow
    do throws(FlowLineError) {
      flow = try lines.flow(line)
    } catch {
      totals.errors += 1
      writeError(line, error, output)
      return
    }
    if let verdict = compiled.verdict(flow) {
      if verdict.isAllowed { totals.allowed += 1 } else { totals.denied += 1 }
      write(line, verdict, output)
      return
    }
    let verdict = evaluator.verdict(flow)
    switch verdict.outcome {
    case .allowed: totals.allowed += 1
    case .denied: totals.denied += 1
    case .undefined: totals.undefined += 1
    }
    writeHead(line, verdict.outcome, verdict.egress, verdict.ingress, output)
    let reason = wording.reason(verdict)
    output.write(format == .json ? String(JSONText.quoted(reason).dropFirst().dropLast()) : reason)
    writeTail(output)
  }

  // MARK: - Writing

  private func write(_ line: Substring, _ verdict: CompiledVerdict, _ output: Output) {
    let outcome: Outcome = verdict.isAllowed ? .allowed : .denied
    writeHead(line, outcome, verdict.egress.isAllowed ? .allowed : .denied, verdict.ingress.isAllowed ? .allowed : .denied, output)
    var needsSeparator = false
    if verdict.isAllowed || !verdict.egress.isAllowed {
      output.write("egress " as StaticString)
      output.write(reason(verdict.egress))
      needsSeparator = true
    }
    if verdict.isAllowed || !verdict.ingress.isAllowed {
      output.write(needsSeparator ? "; ingress " as StaticString : "ingress ")
      output.write(reason(verdict.ingress))
    }
    writeTail(output)
  }

  private static let notPoliced = Array("not policed".utf8)
  private static let notIsolated = Array(Wording.notIsolated.utf8)

  private func reason(_ decision: CompiledVerdict.Decision) -> [UInt8] {
    switch decision {
    case .notPoliced: Self.notPoliced
    case .notIsolated: Self.notIsolated
    case .allowed(let rule): ruleReasons[Int(rule)]
    case .denied(let row): rowReasons[Int(row)]
    }
  }

  private func writeHead(
    _ line: Substring, _ outcome: Outcome, _ egress: Outcome, _ ingress: Outcome, _ output: Output
  ) {
    switch format {
    case .text:
      output.write(Self.padded(outcome))
      output.write(String(line))
      output.write("  (" as StaticString)
    case .json:
      output.write("{\"flow\": " as StaticString)
      Self.writeQuoted(line, output)
      output.write(", \"verdict\": " as StaticString)
      output.write(Self.quoted(outcome))
      output.write(", \"egress\": " as StaticString)
      output.write(Self.quoted(egress))
      output.write(", \"ingress\": " as StaticString)
      output.write(Self.quoted(ingress))
      output.write(", \"reason\": \"" as StaticString)
    }
  }

  private func writeTail(_ output: Output) {
    output.write(format == .json ? "\"}\n" as StaticString : ")\n")
  }

  private func writeError(_ line: Substring, _ error: FlowLineError, _ output: Output) {
    let message = error.message + (error.fix.map { "; \($0)" } ?? "")
    switch format {
    case .text: output.line("error      \(line)  (\(message))")
    case .json:
      output.line("{\"flow\": \(JSONText.quoted(String(line))), \"error\": \(JSONText.quoted(message))}")
    }
  }

  /// Flow lines seldom hold anything to escape.
  private static func writeQuoted(_ line: Substring, _ output: Output) {
    let needsEscapes = line.utf8.contains { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") || $0 > 0x7E }
    if needsEscapes {
      output.write(JSONText.quoted(String(line)))
    } else {
      output.write("\"" as StaticString)
      output.write(Array(line.utf8))
      output.write("\"" as StaticString)
    }
  }

  private static func quoted(_ outcome: Outcome) -> StaticString {
    switch outcome {
    case .allowed: "\"allowed\""
    case .denied: "\"denied\""
    case .undefined: "\"undefined\""
    }
  }

  private static func padded(_ outcome: Outcome) -> StaticString {
    switch outcome {
    case .allowed: "allowed    "
    case .denied: "denied     "
    case .undefined: "undefined  "
    }
  }
}
