internal import PolicyEngine
internal import PolicyModel

/// How verdicts are written.
package enum VerdictFormat: String, Sendable, CaseIterable {
  /// `allowed  shop/web -> shop/db tcp/5432  (reason)`
  case text
  /// One JSON object a line.
  case json
}

/// Writes one line per flow. Everything that many lines share is made once, as bytes.
struct VerdictLine {
  private let format: VerdictFormat
  /// What decided, by rule, by row, and for ends that nothing isolates or polices.
  private let ruleReasons: TextPool
  private let rowReasons: TextPool
  /// By rule, when it depends on what the input does not say.
  private let openReasons: TextPool
  /// By rule, when it denies.
  private let denialReasons: TextPool
  /// By row, when no rule decides and what is left is open.
  private let undecidedReasons: TextPool
  /// By row, when only some cases are closed.
  private let perhapsClosedReasons: TextPool

  /// An answer in the form of the output.
  struct Answer {
    let verdict: Outcome
    let egress: Outcome
    let ingress: Outcome
    let reason: [UInt8]
  }

  init(_ format: VerdictFormat, _ compiled: CompiledPolicies) {
    self.format = format
    func ofRules(_ words: (Policy, Rule) -> String) -> TextPool {
      TextPool(
        (0..<compiled.ruleCount).map {
          let (policy, rule) = compiled.policyAndRule(Int32($0))
          return Self.escaped(words(policy, rule), format)
        })
    }
    func ofRows(_ words: (Int32) -> String) -> TextPool {
      TextPool((0..<compiled.rowCount).map { Self.escaped(words(Int32($0)), format) })
    }
    ruleReasons = ofRules { Wording.allowed(by: $0, $1) }
    openReasons = ofRules { Wording.undefined(by: $0, $1) }
    denialReasons = ofRules { Wording.denied(by: $0, $1) }
    rowReasons = ofRows { Wording.denied(by: compiled.closingPolicies(ofRow: $0)) }
    undecidedReasons = ofRows { Wording.undecided(by: compiled.policies(ofRow: $0)) }
    perhapsClosedReasons = ofRows { Wording.perhapsClosed(by: compiled.closingPolicies(ofRow: $0)) }
  }

  func answer(_ verdict: Verdict, reason: String) -> Answer {
    Answer(
      verdict: verdict.outcome, egress: verdict.egress, ingress: verdict.ingress,
      reason: Array(Self.escaped(reason, format).utf8))
  }

  func write(_ line: UnsafeRawBufferPointer, _ answer: Answer, to output: Output) {
    writeHead(line, answer.verdict, answer.egress, answer.ingress, output)
    output.write(answer.reason)
    writeTail(output)
  }

  func write(_ line: UnsafeRawBufferPointer, _ verdict: CompiledVerdict, to output: Output) {
    let outcome = verdict.outcome
    writeHead(line, outcome, verdict.egress.outcome, verdict.ingress.outcome, output)
    // Each outcome is explained by the directions that have it.
    let (explainsEgress, explainsIngress) = (
      verdict.egress.outcome == outcome, verdict.ingress.outcome == outcome
    )
    if explainsEgress {
      output.write("egress " as StaticString)
      writeReason(verdict.egress, output)
    }
    if explainsEgress, explainsIngress { output.write("; " as StaticString) }
    if explainsIngress {
      output.write("ingress " as StaticString)
      writeReason(verdict.ingress, output)
    }
    writeTail(output)
  }

  func write(_ line: UnsafeRawBufferPointer, _ error: FlowLineError, to output: Output) {
    let message = error.message + (error.fix.map { "; \($0)" } ?? "")
    let text = String(decoding: line, as: UTF8.self)
    switch format {
    case .text: output.line("error      \(text)  (\(message))")
    case .json: output.line("{\"flow\": \(JSONText.quoted(text)), \"error\": \(JSONText.quoted(message))}")
    }
  }

  // MARK: - Parts

  /// As it stands inside the quotes of the form.
  private static func escaped(_ text: String, _ format: VerdictFormat) -> String {
    format == .json ? String(JSONText.quoted(text).dropFirst().dropLast()) : text
  }

  private func writeReason(_ decision: CompiledVerdict.Decision, _ output: Output) {
    switch decision {
    case .notPoliced: output.write(Wording.notPoliced)
    case .notIsolated: output.write(Wording.notIsolated)
    case .allowed(let rule): ruleReasons.write(Int(rule), to: output)
    case .denied(let row): rowReasons.write(Int(row), to: output)
    case .deniedByRule(let rule): denialReasons.write(Int(rule), to: output)
    case .undecided(let row): undecidedReasons.write(Int(row), to: output)
    case .perhapsClosed(let row): perhapsClosedReasons.write(Int(row), to: output)
    case .undefined(let rule): openReasons.write(Int(rule), to: output)
    }
  }

  private func writeHead(
    _ line: UnsafeRawBufferPointer, _ outcome: Outcome, _ egress: Outcome, _ ingress: Outcome,
    _ output: Output
  ) {
    switch format {
    case .text:
      output.write(Self.column(outcome))
      output.write(line)
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

  /// Flow lines seldom hold anything to escape.
  private static func writeQuoted(_ line: UnsafeRawBufferPointer, _ output: Output) {
    let needsEscapes = line.contains {
      $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") || $0 > 0x7E
    }
    if needsEscapes {
      output.write(JSONText.quoted(String(decoding: line, as: UTF8.self)))
    } else {
      output.write("\"" as StaticString)
      output.write(line)
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

  private static func column(_ outcome: Outcome) -> StaticString {
    switch outcome {
    case .allowed: "allowed    "
    case .denied: "denied     "
    case .undefined: "undefined  "
    }
  }
}
