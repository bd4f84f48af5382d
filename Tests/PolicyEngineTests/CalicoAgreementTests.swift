import Glibc
import Testing

/// Calico's dialect, with those of Kubernetes in the same worlds, under the profile `calico`.
@Suite("The engine agrees with the reference about Calico")
struct CalicoAgreementTests {
  static let worlds: UInt64 = UInt64(getenv("WORLDS").map { String(cString: $0) } ?? "60") ?? 60
  static let first: UInt64 = UInt64(getenv("FIRST").map { String(cString: $0) } ?? "0") ?? 0
  static let flowsPerWorld = 40
  static let parts: UInt64 = 4

  @Test("single flows, compiled rows and the walk over all pairs, over random worlds", arguments: 0..<parts)
  func randomWorlds(part: UInt64) async throws {
    let count = Self.worlds / Self.parts
    try await EngineAgreement.check(
      .calico, seeds: Self.first + part * count..<Self.first + (part + 1) * count, flowsPerWorld: Self.flowsPerWorld)
  }
}
