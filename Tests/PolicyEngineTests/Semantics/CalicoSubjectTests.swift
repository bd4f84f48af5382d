import PolicyEngine
import PolicyModel
import Testing

/// SEMANTICS.md §3.2: whom a policy is about, and in which directions.
@Suite("Calico: subjects")
struct CalicoSubjectTests {
  private func shop(_ documents: String...) -> WorldFixture {
    WorldFixture(
      [
        namespace("shop", "team: web"), namespace("data", "team: data"),
        pod("shop/web", "app: web", ip: "10.1.0.1", "serviceAccountName: front"),
        pod("shop/db", "app: db", ip: "10.1.0.2", "serviceAccountName: back"),
        pod("data/job", "app: job", ip: "10.2.0.1", "serviceAccountName: back"),
        serviceAccount("shop/front", "role: edge"), serviceAccount("shop/back", "role: store"),
        serviceAccount("data/back", "role: batch"),
      ] + documents, profile: .calico)
  }

  @Test("a namespaced policy is about pods of its namespace only")
  func namespaced() throws {
    try shop(calico("NetworkPolicy", "shop/p", "types: [Ingress]")).expect(
      """
      203.0.113.1 -> shop/web tcp/80 denied
      203.0.113.1 -> shop/db tcp/80 denied
      203.0.113.1 -> data/job tcp/80 allowed
      """)
  }

  @Test("an empty selector is about all endpoints in scope")
  func emptySelector() throws {
    try shop(calico("GlobalNetworkPolicy", "p", "selector: ''\ntypes: [Ingress]")).expect(
      """
      203.0.113.1 -> shop/web tcp/80 denied
      203.0.113.1 -> data/job tcp/80 denied
      """)
  }

  @Test(
    "the selector's grammar decides, with labels that Calico adds",
    arguments: [
      ("app == 'web'", "denied", "allowed", "allowed"),
      ("app != 'web'", "allowed", "denied", "denied"),
      ("app in {'web', 'job'}", "denied", "allowed", "denied"),
      ("!has(app)", "allowed", "allowed", "allowed"),
      ("app starts with 'w' || app ends with 'b'", "denied", "denied", "denied"),
      ("app contains 'e' && !(app == 'x')", "denied", "allowed", "allowed"),
      ("projectcalico.org/namespace == 'data'", "allowed", "allowed", "denied"),
      ("projectcalico.org/orchestrator == 'k8s'", "denied", "denied", "denied"),
      ("projectcalico.org/orchestrator != 'k8s'", "allowed", "allowed", "allowed"),
      ("projectcalico.org/serviceaccount == 'back'", "allowed", "denied", "denied"),
      ("pcns.team == 'web'", "denied", "denied", "allowed"),
      ("pcns.projectcalico.org/name == 'data'", "allowed", "allowed", "denied"),
      ("pcsa.role in {'edge', 'batch'}", "denied", "allowed", "denied"),
      ("has(projectcalico.org/namespace)", "denied", "denied", "denied"),
      ("all()", "denied", "denied", "denied"),
    ])
  func selectors(_ selector: String, _ web: String, _ db: String, _ job: String) throws {
    try shop(calico("GlobalNetworkPolicy", "p", "selector: \"\(selector)\"\ntypes: [Ingress]")).expect(
      """
      203.0.113.1 -> shop/web tcp/80 \(web)
      203.0.113.1 -> shop/db tcp/80 \(db)
      203.0.113.1 -> data/job tcp/80 \(job)
      """)
  }

  @Test("namespaceSelector and serviceAccountSelector narrow the selector")
  func narrowing() throws {
    try shop(
      calico(
        "GlobalNetworkPolicy", "p",
        "selector: app != 'db'\nnamespaceSelector: team == 'web'\ntypes: [Ingress]")
    ).expect(
      """
      203.0.113.1 -> shop/web tcp/80 denied
      203.0.113.1 -> shop/db tcp/80 allowed
      203.0.113.1 -> data/job tcp/80 allowed
      """)
    try shop(calico("NetworkPolicy", "shop/p", "serviceAccountSelector: role == 'store'\ntypes: [Ingress]"))
      .expect(
        """
        203.0.113.1 -> shop/web tcp/80 allowed
        203.0.113.1 -> shop/db tcp/80 denied
        """)
  }

  @Test("the three selectors of a global policy must all hold")
  func allSelectors() throws {
    try shop(
      calico(
        "GlobalNetworkPolicy", "p",
        "selector: has(app)\nnamespaceSelector: team == 'web'\nserviceAccountSelector: role in {'store', 'batch'}\ntypes: [Ingress]"
      )
    ).expect(
      """
      203.0.113.1 -> shop/web tcp/80 allowed
      203.0.113.1 -> shop/db tcp/80 denied
      203.0.113.1 -> data/job tcp/80 allowed
      """)
  }

  @Test("labels of service accounts that are not in the input are a note")
  func unknownServiceAccounts() {
    let policy = calico(
      "GlobalNetworkPolicy", "p", "serviceAccountSelector: role == 'store'\ntypes: [Ingress]")
    #expect(shop(policy).remarks.isEmpty)
    #expect(
      WorldFixture.shop(profile: .calico, policy).remarks == [
        "the selector looks at labels of service accounts, and data/default, shop/default of the pods are not in the input: they are taken to have none"
      ])
  }

  @Test(
    "types that are left out follow from the rules, unlike in Kubernetes",
    arguments: [
      ("selector: app == 'web'", "allowed", "denied"),
      ("selector: app == 'web'\ningress: [{action: Deny}]", "allowed", "denied"),
      ("selector: app == 'web'\negress: [{action: Deny}]", "denied", "allowed"),
      ("selector: app == 'web'\ningress: [{action: Allow}]\negress: [{action: Deny}]", "denied", "allowed"),
    ])
  func types(_ spec: String, _ egress: String, _ ingress: String) throws {
    try shop(calico("NetworkPolicy", "shop/p", spec)).expect(
      """
      shop/web -> 203.0.113.1 tcp/80 \(egress)
      203.0.113.1 -> shop/web tcp/80 \(ingress)
      """)
  }

  @Test("rules of a direction that types does not list do nothing")
  func inertRules() throws {
    try shop(calico("NetworkPolicy", "shop/p", "types: [Egress]\ningress: [{action: Deny}]")).expect(
      """
      203.0.113.1 -> shop/web tcp/80 allowed
      shop/web -> 203.0.113.1 tcp/80 denied
      """)
  }

  @Test("host-network pods are their node, and not among the pods")
  func hostNetwork() throws {
    try shop(
      node("n1", "192.168.0.1"),
      pod("shop/agent", "app: agent", ip: "192.168.0.1", on: "n1", "hostNetwork: true"),
      calico(
        "GlobalNetworkPolicy", "p", "types: [Ingress]\ningress: [{action: Allow, source: {selector: all()}}]")
    ).expect(
      """
      203.0.113.1 -> shop/agent tcp/80 allowed
      shop/agent -> shop/db tcp/80 undefined allowed undefined
      shop/web -> shop/db tcp/80 allowed
      """)
  }
}
