import Kubernetes
import Testing

@testable import Dialects

/// SEMANTICS.md §3.3: tiers.
@Suite("Calico tiers")
struct CalicoTierTests {
  private func read(_ name: String, _ spec: String) -> CalicoReading {
    CalicoReading("apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: \(name)}\nspec: \(spec)\n")
  }

  private func tier(_ reading: CalicoReading) -> CalicoTier? {
    if case .tier(let tier)? = reading.objects.first { tier } else { nil }
  }

  @Test(
    "a tier has an order and a default action",
    arguments: [
      ("{}", nil, .deny), ("{order: 5}", 5, .deny), ("{order: -2.5, defaultAction: Pass}", -2.5, .pass),
      ("{order: null, defaultAction: null}", nil, .deny),
    ] as [(String, Double?, CalicoTier.DefaultAction)])
  func fields(_ spec: String, _ order: Double?, _ action: CalicoTier.DefaultAction) {
    let reading = read("security", spec)
    #expect(reading.isAccepted && tier(reading)?.order == order && tier(reading)?.defaultAction == action)
  }

  @Test(
    "a default action is Deny or Pass, an order is a number, other fields there are none",
    arguments: [
      ("{defaultAction: Allow}", "4:23 `spec.defaultAction` must be Deny or Pass, not `Allow`"),
      ("{order: first}", "4:15 `spec.order` must be a number, not the string `first`"),
      ("{ordr: 1}", "4:8 unknown field `ordr` in TierSpec: did you mean `order`?"),
      ("[]", "4:7 `spec` must be a mapping, not a list"),
    ])
  func wrong(_ spec: String, _ error: String) {
    let reading = read("security", spec)
    #expect(reading.rejected == 1 && reading.errors == [error])
  }

  @Test("a tier's name has no dot and at most 63 characters")
  func names() {
    #expect(read("a.b", "{}").errors == ["3:18 the name `a.b` of this Tier must not contain a dot"])
    let long = String(repeating: "a", count: 64)
    #expect(
      read(long, "{}").errors == ["3:18 the name `\(long)` of this Tier must have at most 63 characters"])
    #expect(read("A", "{}").errors.count == 1)
  }

  @Test(
    "the tiers that every cluster has cannot be changed",
    arguments: [
      ("default", "{}", 1_000_000, .deny), ("default", "{order: 1e6, defaultAction: Deny}", 1_000_000, .deny),
      ("kube-admin", "{order: 1000, defaultAction: Pass}", 1000, .pass),
      ("kube-baseline", "{defaultAction: Pass}", 10_000_000, .pass),
    ] as [(String, String, Double, CalicoTier.DefaultAction)])
  func builtIn(_ name: String, _ spec: String, _ order: Double, _ action: CalicoTier.DefaultAction) {
    let reading = read(name, spec)
    #expect(reading.isAccepted && tier(reading)?.order == order && tier(reading)?.defaultAction == action)
  }

  @Test(
    "an attempt to change them is rejected",
    arguments: [
      ("default", "{order: 5}", "4:15 the tier `default` has the order 1000000, which cannot be changed"),
      (
        "default", "{defaultAction: Pass}",
        "4:23 the tier `default` has the defaultAction Deny, which cannot be changed"
      ),
      ("kube-admin", "{}", "3:18 the tier `kube-admin` has the defaultAction Pass, which cannot be changed"),
      (
        "kube-baseline", "{order: 1, defaultAction: Pass}",
        "4:15 the tier `kube-baseline` has the order 10000000, which cannot be changed"
      ),
    ])
  func changed(_ name: String, _ spec: String, _ error: String) {
    let reading = read(name, spec)
    #expect(reading.rejected == 1 && reading.errors == [error])
  }

  @Test("a tier from a cluster has a status")
  func status() {
    #expect(read("security", "{}\nstatus: {conditions: []}").isAccepted)
    #expect(CalicoReading.spec("{types: [Egress]}\nstatus: {}").rejected == 1)
  }
}
