import Dialects
import Kubernetes
import PolicyModel
import Testing

/// SEMANTICS.md §4.1, §4.2 and §4.4: the members that say who.
@Suite("Cilium peers")
struct CiliumPeersTests {
  @Test(
    "each kind of peers",
    arguments: [
      ("Endpoints: [{matchLabels: {app: web}}, {}]", "endpoints [\"app=web\", \"\"]"),
      ("Entities: [world, kube-apiserver]", "entities [world, kube-apiserver]"),
      ("CIDR: [10.0.0.0/8, \"fd00::/8\"]", "cidr [10.0.0.0/8, fd00::/8]"),
      (
        "CIDRSet: [{cidr: 10.0.0.0/8, except: [10.1.0.0/16]}]",
        "cidrSet [\"10.0.0.0/8 except [10.1.0.0/16]\"]"
      ),
      ("Nodes: [{matchLabels: {zone: a}}]", "nodes [\"zone=a\"]"),
      ("Groups: [{aws: {region: eu}}]", "groups 1"),
    ])
  func members(_ member: String, _ text: String) {
    let ingress = CiliumReading.ingress("{from\(member)}")
    let egress = CiliumReading.egress("{to\(member)}")
    #expect(ingress.isAccepted && ingress.rule?.peers.text == text, "\(ingress.errors)")
    #expect(egress.isAccepted && egress.rule?.peers.text == text)
    for list in ["ingressDeny: [{from\(member)}]", "egressDeny: [{to\(member)}]"] {
      #expect(CiliumReading.spec(list).isAccepted)
    }
  }

  @Test("toServices and toFQDNs are of egress, toFQDNs of allow rules")
  func egressMembers() {
    let services = "toServices: [{k8sService: {serviceName: dns}}]"
    let names = "toFQDNs: [{matchName: a.io}]"
    #expect(CiliumReading.egress("{\(services)}").rule?.peers.text == "services 1")
    #expect(CiliumReading.egress("{\(names)}").rule?.peers.text == "fqdns [matchName a.io]")
    #expect(CiliumReading.spec("egressDeny: [{\(services)}]").isAccepted)
    for (list, type) in [
      ("ingress: [{\(services)}]", "IngressRule"), ("ingress: [{\(names)}]", "IngressRule"),
      ("egressDeny: [{\(names)}]", "EgressDenyRule"), ("ingressDeny: [{\(services)}]", "IngressDenyRule"),
    ] {
      let reading = CiliumReading.spec(list)
      #expect(reading.rejected == 1 && reading.errors.count == 1)
      #expect(reading.errors.first?.contains("in \(type)") == true)
    }
  }

  @Test(
    "the members of the other direction are unknown",
    arguments: [
      (
        "ingress: [{toEndpoints: []}]",
        "4:41 unknown field `toEndpoints` in IngressRule: did you mean `fromEndpoints`? (a server that drops it can open the rule to everyone)"
      ),
      (
        "egress: [{fromEndpoints: []}]",
        "4:40 unknown field `fromEndpoints` in EgressRule: did you mean `toEndpoints`? (a server that drops it can open the rule to everyone)"
      ),
      (
        "egress: [{toEndpoint: []}]",
        "4:40 unknown field `toEndpoint` in EgressRule: did you mean `toEndpoints`? (a server that drops it can open the rule to everyone)"
      ),
      (
        "egressDeny: [{toEntitys: []}]",
        "4:44 unknown field `toEntitys` in EgressDenyRule: did you mean `toEntities`? (a server that drops it denies more)"
      ),
      (
        "ingressDeny: [{authentication: {mode: required}}]",
        "4:45 unknown field `authentication` in IngressDenyRule (a server that drops it denies more)"
      ),
    ])
  func unknown(_ list: String, _ error: String) {
    let reading = CiliumReading.spec(list)
    #expect(reading.rejected == 1 && reading.errors == [error])
  }

  @Test(
    "one kind of peers per rule",
    arguments: [
      ("fromEndpoints: [{}], fromCIDR: [10.0.0.0/8]", "fromEndpoints", "fromCIDR", "4:72"),
      ("fromCIDR: [10.0.0.0/8], fromEntities: [all]", "fromEntities", "fromCIDR", "4:51"),
      ("fromCIDR: [10.0.0.0/8], fromCIDRSet: [{cidr: 10.0.0.0/8}]", "fromCIDR", "fromCIDRSet", "4:78"),
      ("fromNodes: [{}], fromGroups: [{}]", "fromNodes", "fromGroups", "4:70"),
    ])
  func combinations(_ members: String, _ first: String, _ second: String, _ place: String) {
    let reading = CiliumReading.ingress("{\(members)}")
    #expect(
      reading.isIgnored("\(place) combining `\(first)` and `\(second)` in one rule is not supported"),
      "\(reading.errors)")
    #expect(reading.diagnostics.first { $0.severity == .error }?.fix == "make them two rules")
    #expect(CiliumReading.spec("ingressDeny: [{\(members)}]").ignored.count == 1)
  }

  @Test(
    "toFQDNs stands alone in its rule, but for toPorts",
    arguments: [
      ("toEndpoints: [{}]", false), ("toCIDR: [10.0.0.0/8]", false),
      ("toServices: [{k8sService: {serviceName: a}}]", false),
      ("toPorts: [{ports: [{port: \"443\"}]}]", true), ("toEndpoints: null", true),
    ])
  func namesAlone(_ other: String, _ isAccepted: Bool) {
    let reading = CiliumReading.egress("{toFQDNs: [{matchName: a.io}], \(other)}")
    #expect(reading.isAccepted == isAccepted && reading.ignored.isEmpty == isAccepted)
  }

  @Test("toServices with toPorts is accepted since 1.20")
  func servicesWithPorts() {
    let reading = CiliumReading.egress(
      "{toServices: [{k8sService: {serviceName: a}}], toPorts: [{ports: [{port: \"1\"}]}]}")
    #expect(reading.isAccepted)
    #expect(
      reading.warnings == [
        "4:39 Cilium before 1.20 rejects a rule set with `toServices` and `toPorts` in one rule and ignores it: traffic stays open there"
      ])
  }

  @Test(
    "fromRequires and toRequires may only be empty",
    arguments: [
      ("{fromRequires: [{}]}", "fromRequires", "4:56"),
      ("{toRequires: [{matchLabels: {a: b}}]}", "toRequires", "4:53"),
    ])
  func requires(_ rule: String, _ name: String, _ place: String) {
    let reading = name == "fromRequires" ? CiliumReading.ingress(rule) : .egress(rule)
    #expect(
      reading.isRefused("\(place) `\(name)` must be empty since Cilium 1.19, older releases take entries"))
    let empty = CiliumReading.ingress("{fromRequires: [], fromEntities: [all]}")
    #expect(empty.isAccepted && empty.rule?.peers.text == "entities [all]")
  }

  @Test("nodes as peers need an option of the agent")
  func nodes() {
    let reading = CiliumReading.ingress("{fromNodes: [{}]}")
    #expect(
      reading.isAccepted
        && reading.warnings == [
          "4:52 `fromNodes` needs Cilium with enable-node-selector-labels; without it the agent rejects the whole rule set and ignores it: traffic stays open"
        ])
  }

  @Test("every entity of the schema", arguments: CiliumEntity.allCases)
  func entities(_ entity: CiliumEntity) {
    #expect(CiliumReading.ingress("{fromEntities: [\(entity)]}").rule?.peers.text == "entities [\(entity)]")
    #expect(CiliumReading.egress("{toEntities: [\(entity)]}").rule?.peers.text == "entities [\(entity)]")
  }

  @Test(
    "what is no entity",
    arguments: [
      ("World", "`World` is not an entity", "did you mean `world`?"),
      ("kube-api-server", "`kube-api-server` is not an entity", "did you mean `kube-apiserver`?"),
      (
        "\"\"", "`` is not an entity",
        "the entities are all, world, cluster, host, init, ingress, unmanaged, remote-node, health, none, kube-apiserver"
      ),
      (
        "world-ipv4", "the entity `world-ipv4` is not in the schema of Cilium 1.20",
        "write a CIDR rule for 0.0.0.0/0"
      ),
      (
        "world-ipv6", "the entity `world-ipv6` is not in the schema of Cilium 1.20",
        "write a CIDR rule for ::/0"
      ),
      ("cluster-mesh", "the entity `cluster-mesh` is not in the schema of Cilium 1.20", nil),
    ] as [(String, String, String?)])
  func noEntity(_ entity: String, _ error: String, _ fix: String?) {
    let reading = CiliumReading.ingress("{fromEntities: [\(entity)]}")
    #expect(reading.isRefused("4:56 \(error)") && reading.diagnostics.first?.fix == fix)
  }

  @Test("entries must not be null", arguments: CiliumPeersTests.lists)
  func nullEntries(_ list: String) {
    let reading = CiliumReading.egress("{\(list): [null]}")
    #expect(reading.rejected == 1)
    #expect(reading.refused.contains { $0.hasSuffix("an entry of `\(list)` must not be null") })
  }

  @Test("members are lists", arguments: CiliumPeersTests.lists)
  func noList(_ list: String) {
    let reading = CiliumReading.egress("{\(list): {}}")
    #expect(reading.rejected == 1)
    #expect(reading.errors.contains { $0.hasSuffix("`egress[].\(list)` must be a list, not a mapping") })
  }

  static let lists = [
    "toEndpoints", "toEntities", "toCIDR", "toCIDRSet", "toNodes", "toGroups", "toServices", "toFQDNs",
    "toPorts", "icmps",
  ]

  @Test("a Service by name or by labels")
  func services() throws {
    let reading = CiliumReading.egress(
      "{toServices: [{k8sService: {serviceName: dns, namespace: kube-system}}, {k8sServiceSelector: {selector: {matchLabels: {a: b}}}}]}"
    )
    guard case .services(let services)? = reading.rule?.peers else {
      Issue.record("\(reading.errors)")
      return
    }
    #expect(services.map { $0.k8sService?.serviceName } == ["dns", nil])
    #expect(services.map { $0.k8sService?.namespace } == ["kube-system", nil])
    #expect(services.map { $0.k8sServiceSelector?.selector.text } == [nil, "a=b"])
    #expect(services.map(\.location.column) == [53, 111])
  }

  @Test(
    "an entry of toServices that names none",
    arguments: ["{}", "{k8sService: {namespace: a}}", "{k8sService: null}"])
  func noService(_ service: String) {
    let reading = CiliumReading.egress("{toServices: [\(service)]}")
    #expect(reading.isAccepted && reading.warnings == ["4:53 this entry of `toServices` names no Service"])
  }

  @Test("a selector of Services needs its selector")
  func noServiceSelector() {
    #expect(
      CiliumReading.egress("{toServices: [{k8sServiceSelector: {namespace: a}}]}").isRefused(
        "4:74 `k8sServiceSelector` needs a `selector`"))
  }

  @Test("groups of AWS")
  func groups() throws {
    let reading = CiliumReading.ingress(
      "{fromGroups: [{aws: {labels: {a: b}, region: eu, securityGroupsIds: [sg-1], securityGroupsNames: [a]}}, {}]}"
    )
    guard case .groups(let groups)? = reading.rule?.peers else {
      Issue.record("\(reading.errors)")
      return
    }
    #expect(groups.map { $0.aws?.labels } == [["a": "b"], nil])
    #expect(groups[0].aws?.region == "eu" && groups[0].aws?.securityGroupsIds == ["sg-1"])
    #expect(groups[0].aws?.securityGroupsNames == ["a"])
    #expect(CiliumReading.ingress("{fromGroups: [{gcp: {}}]}").errors.count == 1)
  }

  @Test(
    "authentication",
    arguments: [
      ("disabled", .disabled), ("required", .required), ("test-always-fail", .alwaysFail),
    ] as [(String, CiliumAuthentication)])
  func authentication(_ mode: String, _ meaning: CiliumAuthentication) {
    let rule = "{fromEntities: [all], authentication: {mode: \(mode)}}"
    #expect(CiliumReading.ingress(rule).rule?.authentication == meaning)
  }

  @Test(
    "what authentication cannot be",
    arguments: [
      ("{}", "4:78 `authentication` needs a `mode`"),
      (
        "{mode: always}",
        "4:85 `authentication.mode` must be disabled, required, test-always-fail, not `always`"
      ),
    ])
  func invalidAuthentication(_ text: String, _ error: String) {
    let reading = CiliumReading.ingress("{fromEntities: [all], authentication: \(text)}")
    #expect(reading.isRefused(error), "\(reading.errors)")
  }
}
