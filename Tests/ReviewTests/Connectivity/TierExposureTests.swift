import PolicyModel
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
      .filter { $0.hasPrefix("ingress ") && !$0.contains("address") }
  }

  private static func from(_ action: String, _ labels: String, _ ports: String = "") -> String {
    let peers = "from: [{namespaces: \(labels.isEmpty ? "{}" : "{matchLabels: {\(labels)}}")}]"
    return
      "{action: \(action), \(peers)\(ports.isEmpty ? "" : ", protocols: [{tcp: {destinationPort: {number: \(ports)}}}]")}"
  }

  private static let a = "all pods in namespaces with a=b"
  private static let c = "all pods in namespaces with c=d"

  @Test(
    "tiers are decided for each kind of pods that rules speak of, and for the others",
    arguments: [
      // A rule that only accepts closes nothing: any pod may connect.
      ([from("Accept", "")], ["ingress any pod: all"]),
      ([from("Accept", "a: b")], ["ingress any pod: all"]),
      ([from("Deny", "")], []),
      ([from("Deny", "a: b")], ["ingress any pod but \(a): all"]),
      ([from("Pass", "a: b")], ["ingress any pod: all"]),
      ([from("Accept", "a: b", "80"), from("Deny", "")], ["ingress \(a): TCP 80"]),
      ([from("Deny", ""), from("Accept", "a: b", "80")], []),
      (
        [from("Deny", "a: b", "22")],
        ["ingress any pod: TCP 1-21,23-65535 UDP all SCTP all", "ingress any pod but \(a): TCP 22"]
      ),
      // Pods with both labels are denied, those with the second alone are not.
      ([from("Deny", "a: b"), from("Accept", "c: d"), from("Deny", "")], ["ingress \(c): all (undefined)"]),
      (
        [from("Accept", "c: d"), from("Deny", "a: b"), from("Deny", "")],
        ["ingress \(a): all (undefined)", "ingress \(c): all"]
      ),
    ])
  func tiers(_ rules: [String], _ rows: [String]) {
    #expect(ingress(cluster("ingress: [\(rules.joined(separator: ", "))]")) == rows)
  }

  @Test("what is passed on is closed where NetworkPolicies isolate")
  func pass() {
    let policy = policy(
      "shop/db", "podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {a: b}}}]}]")
    #expect(ingress(cluster("ingress: [\(Self.from("Pass", ""))]"), policy) == ["ingress \(Self.a): all"])
    #expect(
      ingress(cluster("ingress: [\(Self.from("Accept", "c: d"))]"), policy)
        == ["ingress \(Self.a): all", "ingress \(Self.c): all"])
  }

  private static func notIn(_ action: String) -> String {
    "{action: \(action), from: [{namespaces: {matchExpressions: [{key: a, operator: NotIn, values: [b]}]}}]}"
  }

  @Test("a negative selector is about pods that have none of its labels")
  func negative() {
    // Pods with the label are the kind, the others are plain.
    let rows = ingress(cluster("ingress: [\(Self.notIn("Deny"))]"))
    #expect(rows.count == 1)
    #expect(rows.first?.hasPrefix("ingress not ") == true && rows.first?.hasSuffix(": all") == true)
    let accepted = ingress(cluster("ingress: [\(Self.notIn("Accept")), \(Self.from("Deny", ""))]"))
    #expect(accepted.count == 1)
    #expect(accepted.first?.hasPrefix("ingress any pod but not ") == true)
  }

  /// `given / what is open to pods that are not in the input`, by selector.
  private func calico(_ rules: String) -> [String] {
    let policy = """
      apiVersion: projectcalico.org/v3
      kind: GlobalNetworkPolicy
      metadata: {name: default.a}
      spec: {selector: app == 'db', types: [Ingress], ingress: [\(rules)]}
      """
    return ClusterFixture(
      [namespace("shop"), deployment("shop/db", "app: db"), policy], profile: .calico
    ).exposure(of: "shop/db").filter { $0.hasPrefix("ingress ") && !$0.contains("address") }
  }

  @Test("what notSelector leaves out is not open, or is all that is")
  func notSelector() {
    let allowed = calico("{action: Allow, source: {notSelector: app == 'evil'}}")
    #expect(allowed.count == 1)
    #expect(allowed.first?.hasPrefix("ingress any pod but pods with app=evil") == true, "\(allowed)")
    let denied = calico("{action: Deny, source: {notSelector: app == 'good'}}, {action: Allow}")
    #expect(denied.count == 1)
    #expect(denied.first?.hasPrefix("ingress pods with app=good") == true, "\(denied)")
  }

  @Test("Calico's blocks match pods by where their addresses may lie")
  func blocks() {
    let policy = """
      apiVersion: projectcalico.org/v3
      kind: GlobalNetworkPolicy
      metadata: {name: default.a}
      spec:
        types: [Ingress]
        ingress:
          - {action: Deny, source: {nets: [10.244.0.0/17]}}
          - {action: Allow, source: {selector: app == 'web'}}
      """
    func rows(_ settings: String) -> [String] {
      ClusterFixture(
        [namespace("shop"), deployment("shop/db", "app: db"), policy], profile: .calico, settings: settings
      ).exposure(of: "shop/db").filter { $0.hasPrefix("ingress pods") }
    }
    #expect(rows("cluster: {podCIDRs: [10.244.0.0/16]}").map { $0.hasSuffix("all (undefined)") } == [true])
    #expect(rows("cluster: {podCIDRs: [10.244.0.0/17]}").isEmpty)
    #expect(rows("cluster: {podCIDRs: [10.245.0.0/16]}").map { $0.hasSuffix(": all") } == [true])
  }
}
