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
