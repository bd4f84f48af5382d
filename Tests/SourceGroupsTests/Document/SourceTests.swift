import Kubernetes
import SourceGroups
import Testing

@Suite("A source")
struct SourceTests {
  private func read(_ source: String) -> SourceGroupReading {
    Documents.read(Documents.text(Documents.group(sources: "[\(source)]")))
  }

  private func origin(_ source: String) throws -> Source.Origin {
    try #require(read(source).policy?.groups.first?.sources.first?.origin)
  }

  @Test("takes addresses and blocks of both families")
  func addresses() throws {
    let found = try origin("{cidrs: [10.1.0.0/16, 'fd00::/64'], addresses: [192.0.2.7]}")
    let address = try #require(IPAddress("192.0.2.7"))
    let blocks = ["10.1.0.0/16", "fd00::/64"].compactMap { ParsedCIDR($0)?.cidr }
    #expect(found == .addresses(blocks + [CIDR(address, prefixLength: 32)]))
  }

  @Test("takes pods by both ways to write a selector, and by service account")
  func pods() throws {
    let found = try origin(
      """
      {kubernetes: {integration: prod, pods: {namespaceSelector: {matchLabels: {team: a}}, \
      podSelector: {matchLabels: {app: web}, matchExpressions: [{key: tier, operator: NotIn, values: [b, a]}]}, \
      serviceAccounts: [web], includeHostNetwork: true}}}
      """)
    let expected = PodSelection(
      namespaces: Requirements([LabelRequirement(key: "team", .isIn(["a"]))]),
      pods: Requirements([
        LabelRequirement(key: "app", .isIn(["web"])), LabelRequirement(key: "tier", .isNotIn(["a", "b"])),
      ]), serviceAccounts: ["web"], includesHostNetwork: true)
    #expect(found == .cluster(integration: "prod", .pods(expected)))
  }

  @Test("takes nodes, with their internal addresses unless others are meant")
  func nodes() throws {
    let usual = try origin("{kubernetes: {integration: prod, nodes: {nodeSelector: {all: true}}}}")
    #expect(usual == .cluster(integration: "prod", .nodes(NodeSelection(nodes: .none))))
    let external = try origin(
      "{kubernetes: {integration: prod, nodes: {nodeSelector: {all: true}, addressTypes: [ExternalIP]}}}")
    #expect(
      external
        == .cluster(integration: "prod", .nodes(NodeSelection(nodes: .none, addressKinds: [.externalIP]))))
  }

  @Test("takes what stands behind a Service")
  func services() throws {
    let found = try origin(
      "{kubernetes: {integration: prod, serviceEndpoints: {namespace: shop, name: db}}}")
    #expect(
      found
        == .cluster(
          integration: "prod", .serviceEndpoints(NamespacedName(namespace: "shop", name: "db"))))
  }

  @Test("may say where packets must come in, and how long it trusts what it knows")
  func zoneAndGrace() throws {
    let policy = try Documents.policy(
      Documents.text(
        Documents.group(
          sources: "[{kubernetes: {\(Documents.everyPod)}, zone: inside, staleGraceSeconds: 60}]")))
    let source = policy.groups[0].sources[0]
    #expect(source.zone == "inside")
    #expect(source.staleGrace == .seconds(60))
  }

  @Test(
    "that is no source is an error",
    arguments: [
      Expected("{}", .missingField, "the source has no members"),
      Expected(
        "{cidrs: []}", .invalidValue, "`cidrs` is an empty list", fix: "leave it out, or write what is meant"),
      Expected(
        "{cidrs: [10.0.0.1/8]}", .invalidValue, "`10.0.0.1/8` has address bits after its prefix",
        fix: "write 10.0.0.0/8"),
      Expected(
        "{cidrs: [10.0.0.0]}", .invalidValue, "is not a CIDR", fix: "add the prefix length: 10.0.0.0/32"),
      Expected(
        "{cidrs: ['010.0.0.0/8']}", .invalidValue, "is an old way to write a CIDR", fix: "write 10.0.0.0/8"),
      Expected("{addresses: [10.0.0.0/8]}", .invalidValue, "is no address", fix: "write it in `cidrs`"),
      Expected(
        "{cidrs: [10.0.0.0/8], kubernetes: {\(Documents.everyPod)}}", .invalidValue, "not from both",
        fix: "make them two elements of `sources`"),
      Expected(
        "{cidrs: [10.0.0.0/8], onStale: keep}", .invalidValue, "never stale", fix: "remove `onStale`"),
      Expected(
        "{kubernetes: {integration: prod}}", .missingField, "one of `pods`, `nodes`, `serviceEndpoints`",
        fix: "write one of pods, nodes or serviceEndpoints, and another source for another one"),
      Expected(
        "{kubernetes: {pods: {namespaceSelector: {all: true}, podSelector: {all: true}}}}", .missingField,
        "needs `integration`", fix: "name the integration whose cluster is meant"),
      Expected(
        "{kubernetes: {integration: prod, nodes: {nodeSelector: {all: true}, addressTypes: [InternalIp]}}}",
        .invalidValue, "must be InternalIP or ExternalIP, not `InternalIp`", fix: "did you mean `InternalIP`?"
      ),
      Expected(
        "{kubernetes: {\(Documents.everyPod)}, onStale: drop}", .invalidValue,
        "`onStale` must be clear, keep or deny, not `drop`"),
      Expected(
        "{kubernetes: {\(Documents.everyPod)}, staleGraceSeconds: 0}", .invalidValue, "must be 1 to 86400"),
    ])
  func errors(expected: Expected) { expected.check(read(expected.text)) }

  @Test(
    "has no selector that selects everything by leaving something out",
    arguments: [
      Expected("{}", .emptySelector, "`podSelector` is empty, which would select every pod"),
      Expected("{matchLabels: {}}", .emptySelector, "`podSelector` is empty"),
      Expected("{matchExpressions: []}", .emptySelector, "`podSelector` is empty"),
      Expected("null", .missingField, "needs `podSelector`"),
      Expected("{match_labels: {app: web}}", .unknownField, "did you mean `matchLabels`?"),
    ])
  func emptySelectors(expected: Expected) {
    let reading = read(
      "{kubernetes: {integration: prod, pods: {namespaceSelector: {all: true}, podSelector: \(expected.text)}}}"
    )
    let fix = expected.code == .unknownField ? nil : "write podSelector: {all: true} for every pod"
    Expected(expected.text, expected.code, expected.message, fix: fix).check(reading)
  }

  @Test(
    "says `all: true` and no other condition",
    arguments: ["{all: true, matchLabels: {a: b}}", "{all: false}"])
  func contradictorySelectors(selector: String) {
    let reading = read("{kubernetes: {integration: prod, nodes: {nodeSelector: \(selector)}}}")
    #expect(reading.policy == nil)
    #expect(reading.diagnostics.map(\.code) == [.invalidValue])
  }
}

@Suite("Integrations of a document")
struct IntegrationTests {
  @Test("are named with the first source that wants them, and missed with the name that is nearest")
  func unknown() throws {
    let policy = try Documents.policy(
      Documents.text(
        Documents.group(
          sources: "[{kubernetes: {\(Documents.everyPod)}}, {kubernetes: {\(Documents.everyPod)}}]"),
        Documents.group(
          id: "b", priority: 2,
          sources: "[{kubernetes: {\(Documents.everyPod.replacing("prod", with: "stagging"))}}]")))
    #expect(policy.integrations.map(\.value) == ["prod", "stagging"])
    #expect(policy.integrations[0].location == policy.groups[0].sources[0].location)
    let problems = policy.unknownIntegrations(among: ["prod", "staging"])
    #expect(problems.map(\.message) == ["there is no integration `stagging`"])
    #expect(problems.map(\.fix) == ["did you mean `staging`?"])
    #expect(problems.first?.location == policy.groups[1].sources[0].location)
    #expect(policy.unknownIntegrations(among: ["prod", "stagging"]).isEmpty)
  }
}
