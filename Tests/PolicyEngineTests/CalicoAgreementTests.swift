import Testing

@testable import RandomWorlds

/// Calico's dialect and those of Kubernetes in the same worlds, under the profile `calico`.
@Suite("The engine agrees with the reference about Calico")
struct CalicoAgreementTests {
  static let worlds: UInt64 = 32
  static let flowsPerWorld = 40
  /// Parts of the worlds that may run side by side.
  static let parts: UInt64 = 4

  @Test("single flows, compiled rows and the walk over all pairs, over random worlds", arguments: 0..<parts)
  func randomWorlds(part: UInt64) async throws {
    let count = Self.worlds / Self.parts
    try await EngineAgreement.check(
      .calico, seeds: part * count..<(part + 1) * count, flowsPerWorld: Self.flowsPerWorld)
  }
}
