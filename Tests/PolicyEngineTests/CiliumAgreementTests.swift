import Testing

@testable import RandomWorlds

/// Cilium's dialect, with those of Kubernetes in the same worlds, under the profile `cilium`.
@Suite("The engine agrees with the reference about Cilium")
struct CiliumAgreementTests {
  static let worlds: UInt64 = 60
  static let flowsPerWorld = 30
  static let parts: UInt64 = 4

  @Test("single flows, compiled rows and the walk over all pairs, over random worlds", arguments: 0..<parts)
  func randomWorlds(part: UInt64) async throws {
    let count = Self.worlds / Self.parts
    try await EngineAgreement.check(
      .cilium, seeds: part * count..<(part + 1) * count, flowsPerWorld: Self.flowsPerWorld)
  }
}
