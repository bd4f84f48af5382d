import PolicyEngine
import Testing

/// SEMANTICS.md §1.3, selectors.
@Suite("Peers")
struct PeerTests {
  /// The shop, two more pods that tell selectors apart, and one ingress rule for shop/db.
  private func world(from peers: String) -> WorldFixture {
    .shop(
      pod("data/web", "app: web", ip: "10.2.0.2"), pod("shop/bare", "", ip: "10.1.0.9"),
      policy("shop/p", "podSelector: {matchLabels: {app: db}}\ningress: [{from: \(peers)}]"))
  }

  @Test("podSelector alone: pods in the policy's namespace")
  func podSelector() throws {
    try world(from: "[{podSelector: {matchLabels: {app: web}}}]").expect(
      """
      shop/web -> shop/db tcp/80 allowed
      data/web -> shop/db tcp/80 denied
      shop/bare -> shop/db tcp/80 denied
      """)
  }

  @Test("namespaceSelector alone: all pods of matching namespaces")
  func namespaceSelector() throws {
    try world(from: "[{namespaceSelector: {matchLabels: {team: data}}}]").expect(
      """
      data/web -> shop/db tcp/80 allowed
      data/job -> shop/db tcp/80 allowed
      shop/web -> shop/db tcp/80 denied
      """)
  }

  @Test("both selectors in one entry: AND; in two entries: OR")
  func bothSelectors() throws {
    let pods = "podSelector: {matchLabels: {app: web}}"
    let namespaces = "namespaceSelector: {matchLabels: {team: data}}"
    try world(from: "[{\(pods), \(namespaces)}]").expect(
      """
      data/web -> shop/db tcp/80 allowed
      data/job -> shop/db tcp/80 denied
      shop/web -> shop/db tcp/80 denied
      """)
    try world(from: "[{\(pods)}, {\(namespaces)}]").expect(
      """
      data/web -> shop/db tcp/80 allowed
      data/job -> shop/db tcp/80 allowed
      shop/web -> shop/db tcp/80 allowed
      shop/bare -> shop/db tcp/80 denied
      """)
  }

  @Test("every namespace has the label kubernetes.io/metadata.name, written or not")
  func nameLabel() throws {
    let peers = "[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: data}}}]"
    try world(from: peers).expect(
      """
      data/web -> shop/db tcp/80 allowed
      shop/web -> shop/db tcp/80 denied
      """)
    let unlisted =
      "[{namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: Exists}]}}]"
    try world(from: unlisted).expect("shop/web -> shop/db tcp/80 allowed")
  }

  @Test("a namespace that is only mentioned exists, with nothing but its name label")
  func assumedNamespaces() throws {
    let world = WorldFixture(
      pod("a/one", "app: one", ip: "10.0.0.1"), pod("b/two", "app: two", ip: "10.0.0.2"), namespace("c"),
      policy("d/p", "podSelector: {}"),
      policy(
        "b/p",
        "podSelector: {}\ningress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: a}}}]}]"
      )
    )
    #expect(world.world.assumedNamespaces == ["a", "b", "d"])
    try world.expect("a/one -> b/two tcp/80 allowed")
  }

  @Test("In: the key is present and the value listed")
  func isIn() throws {
    try world(from: "[{podSelector: {matchExpressions: [{key: app, operator: In, values: [web, job]}]}}]")
      .expect(
        """
        shop/web -> shop/db tcp/80 allowed
        shop/bare -> shop/db tcp/80 denied
        """)
  }

  @Test("NotIn: an absent key matches")
  func notIn() throws {
    try world(from: "[{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}}]")
      .expect(
        """
        shop/bare -> shop/db tcp/80 allowed
        shop/web -> shop/db tcp/80 denied
        data/job -> shop/db tcp/80 denied
        """)
    // Of namespaces too; shop has no label `team`.
    try world(
      from: "[{namespaceSelector: {matchExpressions: [{key: team, operator: NotIn, values: [data]}]}}]"
    ).expect(
      """
      shop/web -> shop/db tcp/80 allowed
      data/job -> shop/db tcp/80 denied
      203.0.113.5 -> shop/db tcp/80 denied
      """)
  }

  @Test("Exists and DoesNotExist look at the key alone")
  func exists() throws {
    try world(from: "[{podSelector: {matchExpressions: [{key: app, operator: Exists}]}}]").expect(
      """
      shop/web -> shop/db tcp/80 allowed
      shop/bare -> shop/db tcp/80 denied
      """)
    try world(from: "[{podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}}]").expect(
      """
      shop/web -> shop/db tcp/80 denied
      shop/bare -> shop/db tcp/80 allowed
      """)
  }

  @Test("matchLabels and matchExpressions together: AND")
  func labelsAndExpressions() throws {
    let tier = "matchExpressions: [{key: tier, operator: DoesNotExist}]"
    try world(from: "[{podSelector: {matchLabels: {app: web}, \(tier)}}]").expect(
      "shop/web -> shop/db tcp/80 allowed")
    let none = "matchExpressions: [{key: tier, operator: Exists}]"
    try world(from: "[{podSelector: {matchLabels: {app: web}, \(none)}}]").expect(
      "shop/web -> shop/db tcp/80 denied")
  }

  @Test("values compare byte by byte")
  func bytes() throws {
    try world(from: "[{podSelector: {matchLabels: {app: Web}}}]").expect("shop/web -> shop/db tcp/80 denied")
    try world(from: "[{podSelector: {matchLabels: {app: ''}}}]").expect("shop/bare -> shop/db tcp/80 denied")
  }

  @Test("selectors never match nodes or outside addresses")
  func onlyPods() throws {
    try world(from: "[{namespaceSelector: {}}, {podSelector: {}}]").expect(
      """
      203.0.113.5 -> shop/db tcp/80 denied
      node/n1 -> shop/db tcp/80 denied
      192.168.0.1 -> shop/db tcp/80 denied
      """)
  }

  @Test("an address of a known pod means that pod")
  func addressOfPod() throws {
    try world(from: "[{podSelector: {matchLabels: {app: web}}}]").expect(
      """
      10.1.0.1 -> 10.1.0.2 tcp/80 allowed
      10.2.0.2 -> 10.1.0.2 tcp/80 denied
      """)
  }

  @Test("a rule matches when its peer part AND its port part match; rules are never merged")
  func rulesAreNotMerged() throws {
    let rules = """
      podSelector: {matchLabels: {app: db}}
      ingress:
      - from: [{podSelector: {matchLabels: {app: web}}}]
        ports: [{port: 80}]
      - from: [{namespaceSelector: {matchLabels: {team: data}}}]
        ports: [{port: 81}]
      """
    try WorldFixture.shop(policy("shop/p", rules)).expect(
      """
      shop/web -> shop/db tcp/80 allowed
      shop/web -> shop/db tcp/81 denied
      data/job -> shop/db tcp/80 denied
      data/job -> shop/db tcp/81 allowed
      """)
  }
}
