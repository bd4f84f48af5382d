import Merlon
import Testing

/// Random intents in every dialect: what is written means what was meant, or its losses say where it does not.
@Suite("Proofs of random intents")
struct RenderingProofTests {
  static let cases = (UInt64(1)...60).flatMap { seed in Dialect.allCases.map { (seed, $0) } }

  /// Renders, living with every loss that there is.
  static func render(_ intent: Intent, _ dialect: Dialect) throws -> Rendering {
    do {
      return try intent.render(dialect)
    } catch {
      let names = Set(error.all.filter { $0.severity == .error }.map { Loss.Name($0.code) })
      return try intent.render(dialect, accepting: names)
    }
  }

  @Test("a rendering is proved equal, but for its losses", arguments: cases)
  func proof(_ seed: UInt64, _ dialect: Dialect) throws {
    var random = RandomIntent(seed: seed)
    let intent = random.intent(usesStages: seed.isMultiple(of: 3))
    let rendering = try Self.render(intent, dialect)
    let certificate = try rendering.prove()
    #expect(certificate.holds, "\(certificate)\n\(rendering.yaml)")
    #expect(certificate.witnesses.isEmpty == certificate.holds)
  }

  @Test("a rendering with another port is proved only where no answer changes", arguments: cases.prefix(48))
  func mutation(_ seed: UInt64, _ dialect: Dialect) throws {
    var random = RandomIntent(seed: seed)
    let intent = random.intent(usesStages: false)
    let rendering = try Self.render(intent, dialect)
    // A policy that is left out as a whole may have said anything about its pods.
    if rendering.losses.contains(where: { $0.widens && $0.narrows }) { return }
    let cluster = try rendering.evaluate()
    for (text, port) in Self.mutations(of: rendering.yaml) {
      let certificate = try rendering.prove(text)
      if !certificate.holds { continue }
      let mutated = try rendering.evaluate(text)
      for source in intent.workloads {
        for target in intent.workloads {
          for ports in [PortSet.tcp(port), .tcp(port + 1), .udp(port), .udp(port + 1)] {
            let before = cluster.verdict(from: source, to: target, ports).outcome
            let after = mutated.verdict(from: source, to: target, ports)
            #expect(before == after.outcome, "\(source) -> \(target) \(ports)\n\(certificate)\n\(text)")
          }
        }
      }
    }
  }

  @Test("most renderings with another port are refused", arguments: Dialect.allCases)
  func refusals(_ dialect: Dialect) throws {
    var counts = (refused: 0, all: 0)
    for seed in UInt64(1)...10 {
      var random = RandomIntent(seed: seed)
      let rendering = try Self.render(random.intent(usesStages: false), dialect)
      for (text, _) in Self.mutations(of: rendering.yaml) {
        counts.all += 1
        if try !rendering.prove(text).holds { counts.refused += 1 }
      }
    }
    // Some rules are about what others allow too, or about what a loss covers.
    #expect(counts.all > 10 && counts.refused * 4 > counts.all * 3, "\(counts)")
  }

  /// The text with each number of a port raised by one, and that number.
  private static func mutations(of yaml: String) -> [(text: String, port: UInt16)] {
    let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
    let fields: Set<Substring> = ["port", "number", "start", "end", "endPort", "ports"]
    return lines.indices.compactMap { index in
      let parts = lines[index].split(separator: ":", maxSplits: 1)
      let field = parts.count == 2 ? parts[0].drop { " -".contains($0) } : "ports"
      guard let value = parts.last, fields.contains(field), let port = UInt16(value.filter(\.isNumber)),
        port > 0, port < UInt16.max,
        parts.count == 2 || value.allSatisfy({ $0.isNumber || " -\"".contains($0) })
      else { return nil }
      var mutated = lines
      let replaced = value.replacing("\(port)", with: "\(port + 1)")
      mutated[index] = parts.count == 2 ? "\(parts[0]):\(replaced)" : replaced
      return (mutated.joined(separator: "\n"), port)
    }
  }

  @Test("the same intent gives the same bytes, in whatever order it is declared", arguments: Dialect.allCases)
  func order(_ dialect: Dialect) throws {
    var random = RandomIntent(seed: 5)
    let intent = random.intent(usesStages: true)
    let items: [IntentItem] =
      intent.workloads.map { .workload($0) } + intent.policies.map { .policy($0) }
      + intent.flows.map { .flow($0) }
      + intent.namespaces.map { .namespace($0) }
    let reversed = Intent(for: intent.cluster) { Array(items.reversed()) }
    #expect(try Self.render(intent, dialect).yaml == Self.render(reversed, dialect).yaml)
  }
}
