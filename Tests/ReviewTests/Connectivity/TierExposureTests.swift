import Testing

@testable import Review

@Suite("What ordered rules open to pods that are not in the input")
struct TierExposureTests {
  private func cluster(_ rules: String) -> String {
    "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: a}\n"
      + "spec: {tier: Admin, priority: 1, subject: {namespaces: {}}, \(rules)}"
  }

  private func ingress(_ documents: String...) -> [String] {
    ClusterFixture([namespace("shop"), deployment("shop/db", "app: db")] + documents).exposure(of: "shop/db")
      .filter { $0.hasPrefix("ingress any pod") }
  }

  @Test("a rule that only accepts closes nothing: any pod may connect")
  func acceptOnly() {
    #expect(
      ingress(cluster("ingress: [{action: Accept, from: [{namespaces: {}}]}]")) == ["ingress any pod: all"])
  }

  @Test("where a rule denies or passes, what is open depends on the pod")
  func deny() {
    for action in ["Deny", "Pass"] {
      #expect(
        ingress(cluster("ingress: [{action: \(action), from: [{namespaces: {matchLabels: {a: b}}}]}]"))
          == ["ingress any pod: all (undefined)"])
    }
  }
}
