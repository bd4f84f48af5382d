internal import Kubernetes
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
  private let compiled: CompiledPolicies
  /// What decided, by rule and by row. Most rules and rows decide nothing that is asked, so texts are made on demand.
  private let reasons = ReasonTexts()
  private let outcomes = OutcomeTexts()

  /// An answer in the form of the output.
  struct Answer {
    let verdict: Outcome
    let egress: Outcome
    let ingress: Outcome
    let reason: [UInt8]
  }

  init(_ format: VerdictFormat, _ compiled: CompiledPolicies) {
    self.format = format
    self.compiled = compiled
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
    case .allowed(let rule): write(.allowed, rule, output)
    case .denied(let row): write(.denied, row, output)
    case .deniedByRule(let rule): write(.deniedByRule, rule, output)
    case .undecided(let row): write(.undecided, row, output)
    case .perhapsClosed(let row): write(.perhapsClosed, row, output)
    case .undefined(let rule): write(.undefined, rule, output)
    }
  }

  private func write(_ kind: ReasonTexts.Kind, _ number: Int32, _ output: Output) {
    reasons.write(kind, Int(number), to: output) { Self.escaped(text(kind, number), format) }
  }

  private func text(_ kind: ReasonTexts.Kind, _ number: Int32) -> String {
    func rule(_ words: (Policy, Rule) -> String) -> String {
      let (policy, rule) = compiled.policyAndRule(number)
      return words(policy, rule)
    }
    return switch kind {
    case .allowed: rule { Wording.allowed(by: $0, $1) }
    case .deniedByRule: rule { Wording.denied(by: $0, $1) }
    case .undefined: rule { Wording.undefined(by: $0, $1) }
    case .denied: Wording.denied(by: compiled.closingPolicies(ofRow: number))
    case .undecided: Wording.undecided(by: compiled.policies(ofRow: number))
    case .perhapsClosed: Wording.perhapsClosed(by: compiled.closingPolicies(ofRow: number))
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
      outcomes.write(outcome, egress, ingress, to: output)
    }
  }

  private func writeTail(_ output: Output) {
    output.write(format == .json ? "\"}\n" as StaticString : ")\n")
  }

  /// Flow lines seldom hold anything to escape.
  private static func writeQuoted(_ line: UnsafeRawBufferPointer, _ output: Output) {
    if ByteScan.needsEscapes(line) {
      output.write(JSONText.quoted(String(decoding: line, as: UTF8.self)))
    } else {
      output.write("\"" as StaticString)
      output.write(line)
      output.write("\"" as StaticString)
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

/// Texts by kind and number, each made when it is first written. A class, as lines are written by a value.
private final class ReasonTexts {
  enum Kind: Int, CaseIterable {
    /// By rule.
    case allowed, deniedByRule, undefined
    /// By row.
    case denied, undecided, perhapsClosed
  }

  /// Unchecked, as every line asks: ``write(_:_:to:_:)`` is over before anything else can come here.
  @exclusivity(unchecked) private var pool = TextPool()
  /// For each kind the numbers of texts in ``pool``; -1 for those not made yet.
  @exclusivity(unchecked) private var numbers = [[Int32]](repeating: [], count: Kind.allCases.count)

  @inline(__always)
  func write(_ kind: Kind, _ number: Int, to output: Output, _ make: () -> String) {
    let known = number < numbers[kind.rawValue].count ? numbers[kind.rawValue][number] : -1
    let place = known >= 0 ? Int(known) : add(kind, number, make())
    pool.write(place, to: output)
  }

  private func add(_ kind: Kind, _ number: Int, _ text: String) -> Int {
    let missing = number + 1 - numbers[kind.rawValue].count
    if missing > 0 { numbers[kind.rawValue] += [Int32](repeating: -1, count: missing) }
    let place = pool.append(text)
    numbers[kind.rawValue][number] = Int32(place)
    return place
  }
}

/// The members of a JSON line between the flow and its reason, for every combination of outcomes.
private struct OutcomeTexts {
  private var pool = TextPool()

  init() {
    let all: [Outcome] = [.allowed, .denied, .undefined]
    for whole in all {
      for egress in all {
        for ingress in all {
          pool.append(
            ", \"verdict\": \"\(whole)\", \"egress\": \"\(egress)\", \"ingress\": \"\(ingress)\", \"reason\": \""
          )
        }
      }
    }
  }

  @inline(__always)
  func write(_ whole: Outcome, _ egress: Outcome, _ ingress: Outcome, to output: Output) {
    pool.write((Self.place(whole) * 3 + Self.place(egress)) * 3 + Self.place(ingress), to: output)
  }

  private static func place(_ outcome: Outcome) -> Int {
    switch outcome {
    case .allowed: 0
    case .denied: 1
    case .undefined: 2
    }
  }
}
