import Kubernetes
import Testing

@testable import Dialects

/// SEMANTICS.md §3.3: network sets.
@Suite("Calico network sets")
struct CalicoNetworkSetTests {
  private func set(_ reading: CalicoReading) -> CalicoNetworkSet? {
    if case .networkSet(let set)? = reading.objects.first { set } else { nil }
  }

  @Test("a set has labels and nets of both families", arguments: [CalicoKind.networkSet, .globalNetworkSet])
  func fields(_ kind: CalicoKind) throws {
    let reading = CalicoReading(
      "apiVersion: projectcalico.org/v3\nkind: \(kind.rawValue)\nmetadata: {name: s, labels: {role: db}}\nspec: {nets: [10.0.0.0/8, 'fd00::/8', 192.0.2.1]}\n"
    )
    #expect(reading.isAccepted && reading.warnings.isEmpty)
    let set = try #require(self.set(reading))
    #expect(set.nets.map(\.cidr.description) == ["10.0.0.0/8", "fd00::/8", "192.0.2.1/32"])
    #expect(set.nets.map { $0.location.column } == [15, 27, 39])
    #expect(set.meta.labels["role"] == "db" && set.isGlobal == (kind == .globalNetworkSet))
    #expect(set.meta.namespace == (set.isGlobal ? "" : "default"))
  }

  @Test("a set may be empty")
  func empty() {
    for spec in ["{}", "{nets: []}", "{nets: null}"] {
      #expect(set(CalicoReading.spec(spec, kind: .networkSet))?.nets.isEmpty == true)
    }
  }

  @Test("bits after the prefix are masked, with a warning")
  func hostBits() {
    let reading = CalicoReading.spec("{nets: [10.0.0.1/8]}", kind: .networkSet)
    #expect(reading.isAccepted && set(reading)?.nets.map(\.cidr.description) == ["10.0.0.0/8"])
    #expect(reading.warnings == ["4:15 `10.0.0.1/8` has bits set after its prefix; Felix reads 10.0.0.0/8"])
  }

  @Test(
    "what is no block, or stands twice, is rejected",
    arguments: [
      ("[bogus]", "4:15 `bogus` is neither a CIDR such as 10.0.0.0/8 or fd00::/8 nor an address"),
      ("[10.0.0.1, 10.0.0.1]", "4:25 `10.0.0.1` stands twice in `spec.nets`"),
      ("[null]", "4:15 `spec.nets[]` must be a string, not null"),
    ])
  func wrong(_ nets: String, _ error: String) {
    let reading = CalicoReading.spec("{nets: \(nets)}", kind: .globalNetworkSet)
    #expect(reading.rejected == 1 && reading.errors == [error])
  }

  @Test("the label of the namespace is Calico's own")
  func reservedLabel() {
    let reading = CalicoReading(
      "apiVersion: projectcalico.org/v3\nkind: NetworkSet\nmetadata:\n  name: s\n  labels: {projectcalico.org/namespace: shop}\nspec: {}\n"
    )
    #expect(reading.rejected == 1)
    #expect(reading.errors == ["5:12 the label `projectcalico.org/namespace` is Calico's own"])
  }
}
