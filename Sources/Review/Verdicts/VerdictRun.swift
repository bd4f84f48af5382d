internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Answers many flows, line by line.
///
/// A million lines over a thousand names resolve each name once, and look most answers up in rows.
package struct VerdictRun {
  /// How many lines had which outcome.
  package struct Totals: Sendable, Equatable {
    package var allowed = 0
    package var denied = 0
    package var undefined = 0
    /// Lines that are no flow, or name something unknown.
    package var errors = 0

    mutating func count(_ outcome: Outcome) {
      switch outcome {
      case .allowed: allowed += 1
      case .denied: denied += 1
      case .undefined: undefined += 1
      }
    }
  }

  private let table: VerdictTable
  private let evaluator: FlowEvaluator
  private let parser: FlowParser
  private let wording: Wording
  private var ends = WordTable<Result<FlowEnd, FlowLineError>>()
  private var traffics = WordTable<Result<FlowTraffic, FlowLineError>>()
  /// The ends that rows can answer for, by their words' numbers: plain numbers only, for the lines that need nothing
  /// else.
  private var simpleEnds: [VerdictTable.End?] = []
  /// Answers that needed a case analysis, which costs much more than remembering them.
  private var analysed: [Flow: Result<VerdictLine.Answer, FlowLineError>] = [:]
  private let lineWriter: VerdictLine

  /// Compiles the policies and lays their rows out as arrays.
  package init(_ cluster: Cluster, format: VerdictFormat) {
    let compiled = CompiledPolicies(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
    table = VerdictTable(compiled)
    evaluator = FlowEvaluator(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
    parser = FlowParser(cluster.world)
    wording = Wording(cluster.world)
    lineWriter = VerdictLine(format, compiled)
  }

  /// Answers every line of a text; blank lines and `#` comments are passed over.
  package mutating func run(_ text: [UInt8], to output: Output) -> Totals {
    var totals = Totals()
    text.withUnsafeBytes { bytes in
      var start = 0
      while start < bytes.count {
        let end = ByteScan.first(UInt8(ascii: "\n"), in: bytes, from: start)
        answer(Self.trimmed(bytes[start..<end]), &totals, output)
        start = end + 1
      }
    }
    output.flush()
    return totals
  }

  private mutating func answer(_ line: UnsafeRawBufferPointer, _ totals: inout Totals, _ output: Output) {
    guard let first = line.first, first != UInt8(ascii: "#") else { return }
    guard let words = FlowWords(line) else {
      let problem = Result<Flow, FlowLineError> { () throws(FlowLineError) in
        try self.parser.parse(String(decoding: line, as: UTF8.self))
      }
      if case .failure(let error) = problem { writeError(line, error, &totals, output) }
      return
    }
    let source = endNumber(words.source)
    let destination = endNumber(words.destination)
    if let from = simpleEnds[source], let to = simpleEnds[destination], let port = port(words.traffic),
      let verdict = table.verdict(from: from, to: to, port.transport, port.number)
    {
      totals.count(verdict.outcome)
      lineWriter.write(line, verdict, to: output)
      return
    }
    analyse(line, source, destination, trafficNumber(words.traffic), &totals, output)
  }

  private mutating func endNumber(_ word: UnsafeRawBufferPointer) -> Int {
    if let known = ends.number(of: word) { return known }
    do throws(FlowLineError) {
      let end = try parser.end(String(decoding: word, as: UTF8.self))
      simpleEnds.append(table.end(end))
      return ends.append(.success(end), for: word)
    } catch {
      simpleEnds.append(nil)
      return ends.append(.failure(error), for: word)
    }
  }

  @inline(__always)
  private mutating func port(_ word: UnsafeRawBufferPointer) -> FlowPort? {
    if let port = FlowPort(word) { return port }
    let traffic = trafficNumber(word)
    guard case .success(.port(let transport, let number)) = traffics.values[traffic] else {
      return nil
    }
    return FlowPort(transport, number)
  }

  private mutating func trafficNumber(_ word: UnsafeRawBufferPointer) -> Int {
    if let known = traffics.number(of: word) { return known }
    let traffic = Result { () throws(FlowLineError) in
      try FlowParser.traffic(String(decoding: word, as: UTF8.self))
    }
    return traffics.append(traffic, for: word)
  }

  /// The general way: every situation of the flow.
  private mutating func analyse(
    _ line: UnsafeRawBufferPointer, _ source: Int, _ destination: Int, _ traffic: Int, _ totals: inout Totals,
    _ output: Output
  ) {
    do throws(FlowLineError) {
      let flow = Flow(
        from: try ends.values[source].get(), to: try ends.values[destination].get(),
        try traffics.values[traffic].get())
      let answer = try (analysed[flow] ?? remember(flow)).get()
      totals.count(answer.verdict)
      lineWriter.write(line, answer, to: output)
    } catch {
      writeError(line, error, &totals, output)
    }
  }

  private mutating func remember(_ flow: Flow) -> Result<VerdictLine.Answer, FlowLineError> {
    let (parser, evaluator, wording, lineWriter) = (parser, evaluator, wording, lineWriter)
    let result = Result<VerdictLine.Answer, FlowLineError> { () throws(FlowLineError) in
      let checked = try parser.flow(from: flow.source, to: flow.destination, flow.traffic)
      let verdict = evaluator.verdict(checked)
      return lineWriter.answer(verdict, reason: wording.reason(verdict))
    }
    // A run over very many distinct hard flows must not fill memory with their answers.
    if analysed.count > 100_000 { analysed.removeAll(keepingCapacity: true) }
    analysed[flow] = result
    return result
  }

  private func writeError(
    _ line: UnsafeRawBufferPointer, _ error: FlowLineError, _ totals: inout Totals, _ output: Output
  ) {
    totals.errors += 1
    lineWriter.write(line, error, to: output)
  }

  private static func trimmed(_ line: Slice<UnsafeRawBufferPointer>) -> UnsafeRawBufferPointer {
    var line = line
    while let first = line.first, FlowWords.isBlank(first) { line = line.dropFirst() }
    while let last = line.last, FlowWords.isBlank(last) { line = line.dropLast() }
    return UnsafeRawBufferPointer(rebasing: line)
  }
}
