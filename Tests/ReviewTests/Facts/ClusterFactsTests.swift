import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@testable import Review

/// What the facts of `merlon.yaml` change about answers, in single flows and in rows.
@Suite("Facts: answers")
struct ClusterFactsTests {
  /// shop/db, which only a rule's peers may reach, and shop/web, a template without a known address.
  private static func verdict(
    _ peers: String, settings: String, _ flow: String = "shop/web -> shop/db tcp/5432",
    profile: EngineProfile = .kubernetes, documents: [String] = []
  ) throws -> Outcome {
    let fixture = ClusterFixture(
      [
        namespace("shop"), deployment("shop/web", "app: web"), deployment("shop/db", "app: db"),
        policy("shop/db", "podSelector: {matchLabels: {app: db}}, ingress: [{from: [\(peers)]}]"),
      ] + documents, profile: profile, settings: settings)
    #expect(!fixture.cluster.hasErrors, "\(fixture.cluster.diagnostics.map(\.message))")
    let single = fixture.evaluator.verdict(try FlowParser(fixture.cluster.world).parse(flow)).outcome
    let compiled = CompiledPolicies(
      world: fixture.cluster.world, tiers: fixture.cluster.tiers, profile: fixture.cluster.profile)
    let walk = ConnectivityWalk(compiled)
    let ends = try FlowParser(fixture.cluster.world).parse(flow)
    if case .workload(let source) = ends.source, case .workload(let destination) = ends.destination,
      let from = walk.units.firstIndex(where: { $0.workload == source }),
      let to = walk.units.firstIndex(where: { $0.workload == destination })
    {
      var row = Outcome.denied
      for found in walk.destinations(of: from) where found.unit == to {
        let flows = walk.connection(found.connection)
        row =
          flows.certain.contains(.tcp, 5432)
          ? .allowed : flows.possible.contains(.tcp, 5432) ? .undefined : .denied
      }
      #expect(row == single, "rows and single flows differ")
    }
    return single
  }

  @Test(
    "podCIDRs say where pods without a known address are",
    arguments: [
      ("", "{ipBlock: {cidr: 10.0.0.0/8}}", Outcome.undefined),
      ("cluster: {podCIDRs: [10.244.0.0/16]}", "{ipBlock: {cidr: 10.0.0.0/8}}", .allowed),
      ("cluster: {podCIDRs: [10.244.0.0/16]}", "{ipBlock: {cidr: 10.244.0.0/17}}", .undefined),
      ("cluster: {podCIDRs: [10.244.0.0/16]}", "{ipBlock: {cidr: 172.16.0.0/12}}", .denied),
      // Public addresses are no pods', unless the cluster says so.
      ("", "{ipBlock: {cidr: 198.51.100.0/24}}", .denied),
      ("cluster: {podCIDRs: [198.51.100.0/24]}", "{ipBlock: {cidr: 198.51.100.0/24}}", .allowed),
      // Those of nodes do not matter here.
      ("cluster: {nodeCIDRs: [10.0.0.0/8]}", "{ipBlock: {cidr: 10.0.0.0/8}}", .undefined),
      ("cluster: {podCIDRs: [\"fd00:1::/64\"]}", "{ipBlock: {cidr: \"fd00::/8\"}}", .allowed),
    ])
  func podBlocks(_ settings: String, _ peers: String, _ verdict: Outcome) throws {
    #expect(try Self.verdict(peers, settings: settings) == verdict)
  }

  @Test("dual-stack pods have an address of each family: blocks of one decide half of it")
  func dualStack() throws {
    let settings = "cluster: {podCIDRs: [10.244.0.0/16, \"fd00:1::/64\"]}"
    let ipv4 = "{ipBlock: {cidr: 10.0.0.0/8}}"
    #expect(try Self.verdict(ipv4, settings: settings) == .undefined)
    #expect(try Self.verdict(ipv4 + ", {ipBlock: {cidr: \"fd00::/8\"}}", settings: settings) == .allowed)
  }

  @Test(
    "nodeCIDRs say where nodes and host-network pods are",
    arguments: [
      ("", Outcome.undefined), ("cluster: {nodeCIDRs: [192.168.0.0/24]}", .allowed),
      ("cluster: {nodeCIDRs: [192.168.1.0/24]}", .denied),
      ("cluster: {podCIDRs: [192.168.0.0/24]}", .undefined),
    ])
  func nodeBlocks(_ settings: String, _ verdict: Outcome) throws {
    let found = try Self.verdict(
      "{ipBlock: {cidr: 192.168.0.0/24}}", settings: settings, "shop/agent -> shop/db tcp/5432",
      profile: .kubernetes.with([]),
      documents: [deployment("shop/agent", "app: agent", "hostNetwork: true, containers: []")])
    // An agent on the node of the pod may always reach it; on another node the block decides.
    #expect(found == (verdict == .denied ? .undefined : verdict))
  }

  @Test("namespaces outside the files have the labels that the facts give them")
  func namespaces() throws {
    let peers = "{namespaceSelector: {matchLabels: {team: edge}}}"
    let pods = [deployment("edge/proxy", "app: proxy")]
    let flow = "edge/proxy -> shop/db tcp/5432"
    #expect(try Self.verdict(peers, settings: "", flow, documents: pods) == .denied)
    #expect(
      try Self.verdict(
        peers, settings: "cluster: {namespaces: [{name: edge, labels: {team: edge}}]}", flow, documents: pods)
        == .allowed)
  }

  @Test("DNS pods and what operators make can be asked about")
  func workloads() throws {
    let settings = """
      cluster:
        dns: [{labels: {k8s-app: kube-dns}}]
        operators: [{name: prometheus, pods: [{namespace: monitoring, name: k8s, labels: {app: prometheus}}]}]
      """
    let peers = "{namespaceSelector: {}, podSelector: {matchLabels: {app: prometheus}}}"
    #expect(try Self.verdict(peers, settings: settings, "monitoring/k8s -> shop/db tcp/5432") == .allowed)
    #expect(try Self.verdict(peers, settings: settings, "kube-system/dns -> shop/db tcp/5432") == .denied)
  }

  @Test("DNS pods that are in the files are not there twice")
  func knownWorkloads() {
    let fixture = ClusterFixture(
      [deployment("kube-system/coredns", "k8s-app: kube-dns, pod: x")],
      settings: "cluster: {dns: [{labels: {k8s-app: kube-dns}}]}")
    #expect(fixture.cluster.world.workloads.map(\.name) == ["coredns"])
    #expect(fixture.cluster.summary.workloads == 1)
  }

  @Test("a manifest counts more than a fact, and the difference is a warning")
  func overridden() {
    let fixture = ClusterFixture(
      [namespace("edge", "team: a")], settings: "cluster: {namespaces: [{name: edge, labels: {team: b}}]}")
    #expect(fixture.cluster.world.namespaces.first?.labels["team"] == "a")
    let warnings = fixture.cluster.diagnostics.filter { $0.severity == .warning }
    #expect(warnings.map(\.code) == [.overriddenFact])
    #expect(warnings.first?.location?.description == "merlon.yaml:1:31")
    let same = ClusterFixture(
      [namespace("edge", "team: a")], settings: "cluster: {namespaces: [{name: edge, labels: {team: a}}]}")
    #expect(same.cluster.diagnostics.isEmpty)
  }

  @Test("finished pods and Jobs do not take the place of a fact")
  func finishedPods() {
    let finished = pod("kube-system/old", "k8s-app: kube-dns", status: "phase: Succeeded")
    let fixture = ClusterFixture([finished], settings: "cluster: {dns: [{labels: {k8s-app: kube-dns}}]}")
    #expect(fixture.cluster.world.workloads.map(\.name).contains("dns"))
  }

  @Test("facts that the manifests contradict are warnings and do not count")
  func contradictions() {
    let named = ClusterFixture(
      [deployment("shop/web", "app: web")],
      settings:
        "cluster: {operators: [{name: o, pods: [{namespace: shop, name: web, labels: {app: other}}]}]}")
    #expect(named.cluster.diagnostics.map(\.code) == [.overriddenFact])
    #expect(named.cluster.world.workloads.count == 1)
    #expect(named.cluster.facts.workloads.isEmpty)
    let stray = ClusterFixture(
      [pod("shop/web", "app: web", status: "phase: Running, podIPs: [{ip: 172.16.0.9}]")],
      settings: "cluster: {podCIDRs: [10.244.0.0/16]}")
    #expect(stray.cluster.diagnostics.map(\.code) == [.overriddenFact])
    #expect(stray.cluster.diagnostics.first?.message.contains("172.16.0.9") == true)
  }

  @Test("blocks of one holder tell the families of the others")
  func familiesOfOthers() throws {
    let agent = deployment("shop/agent", "app: agent", "hostNetwork: true, containers: []")
    for peers in ["{ipBlock: {cidr: \"::/0\"}}"] {
      let verdict = try Self.verdict(
        peers, settings: "cluster: {podCIDRs: [\"fd00::/48\"]}", "shop/agent -> shop/db tcp/5432",
        documents: [agent])
      #expect(verdict == .allowed)
    }
  }

  @Test("names may have addresses of every family that pods have", arguments: ["0.0.0.0/0", "\"::/0\""])
  func namesOfBothFamilies(_ denied: String) throws {
    for blocks in ["10.0.0.0/8, \"fd00::/8\"", "\"fd00::/8\", 10.0.0.0/8"] {
      let fixture = ClusterFixture(
        [
          namespace("shop"), deployment("shop/web", "app: web"),
          clusterPolicy("a", "egress: [{action: Deny, to: [{networks: [\(denied)]}]}]"),
        ], settings: "cluster: {podCIDRs: [\(blocks)]}")
      let flow = try FlowParser(fixture.cluster.world).parse("shop/web -> example.com tcp/80")
      #expect(fixture.evaluator.verdict(flow).outcome == .undefined)
    }
  }

  @Test("where names can have no address, nothing is taken for open to all of theirs")
  func namesWithoutAddresses() {
    let fixture = ClusterFixture(
      [
        namespace("shop"), deployment("shop/web", "app: web"),
        clusterPolicy(
          "a",
          "egress: [{action: Accept, to: [{domainNames: [example.com]}]}, {action: Deny, to: [{networks: [0.0.0.0/0]}]}]"
        ),
      ], settings: "cluster: {serviceCIDRs: [0.0.0.0/0]}")
    #expect(fixture.connectivity().contains("shop/web -> example.com"))
  }

  private static func ciliumPolicy(_ rules: String) -> String {
    """
    apiVersion: cilium.io/v2
    kind: CiliumNetworkPolicy
    metadata: {namespace: shop, name: web}
    spec: {endpointSelector: {matchLabels: {app: web}}, \(rules)}
    """
  }

  private static func ciliumVerdict(_ rules: String, settings: String, _ flow: String) throws -> Outcome {
    let fixture = ClusterFixture(
      [
        namespace("shop"), deployment("shop/web", "app: web"), deployment("shop/db", "app: db"),
        ciliumPolicy(rules),
      ], profile: .cilium, settings: settings)
    #expect(!fixture.cluster.hasErrors, "\(fixture.cluster.diagnostics.map(\.message))")
    return fixture.evaluator.verdict(try FlowParser(fixture.cluster.world).parse(flow)).outcome
  }

  @Test(
    "apiServerAddresses are the entity kube-apiserver",
    arguments: [
      ("", Outcome.denied), ("cluster: {apiServerAddresses: [203.0.113.9]}", .allowed),
      ("cluster: {apiServerAddresses: [203.0.113.10]}", .denied),
    ])
  func apiServer(_ settings: String, _ verdict: Outcome) throws {
    #expect(
      try Self.ciliumVerdict(
        "egress: [{toEntities: [kube-apiserver]}]", settings: settings, "shop/web -> 203.0.113.9 tcp/443")
        == verdict)
  }

  @Test("known addresses say whether the API server is outside the cluster")
  func placeOfAPIServer() throws {
    let rules = "egress: [{toEntities: [world]}]"
    let flow = "shop/web -> entity/kube-apiserver tcp/443"
    #expect(try Self.ciliumVerdict(rules, settings: "", flow) == .undefined)
    #expect(
      try Self.ciliumVerdict(rules, settings: "cluster: {apiServerAddresses: [203.0.113.9]}", flow)
        == .allowed)
    #expect(
      try Self.ciliumVerdict(
        rules, settings: "cluster: {apiServerAddresses: [192.168.0.2], nodeCIDRs: [192.168.0.0/24]}", flow)
        == .denied)
  }

  @Test(
    "addresses of pods and Services are not the entity world",
    arguments: [
      ("", Outcome.allowed), ("cluster: {podCIDRs: [10.244.0.0/16]}", .denied),
      ("cluster: {serviceCIDRs: [10.244.0.0/16]}", .denied), ("cluster: {podCIDRs: [10.1.0.0/16]}", .allowed),
    ])
  func world(_ settings: String, _ verdict: Outcome) throws {
    #expect(
      try Self.ciliumVerdict(
        "egress: [{toEntities: [world]}]", settings: settings, "shop/web -> 10.244.3.3 tcp/443") == verdict)
  }

  @Test(
    "name is the cluster that selectors speak of",
    arguments: [
      ("", "default", Outcome.allowed), ("", "prod", .denied), ("cluster: {name: prod}", "prod", .allowed),
      ("cluster: {name: prod}", "default", .denied),
    ])
  func clusterName(_ settings: String, _ cluster: String, _ verdict: Outcome) throws {
    let peer = "{matchLabels: {\"k8s:io.cilium.k8s.policy.cluster\": \(cluster), app: db}}"
    #expect(
      try Self.ciliumVerdict(
        "egress: [{toEndpoints: [\(peer)]}]", settings: settings, "shop/web -> shop/db tcp/1")
        == verdict)
  }

  @Test("a trace says where an address is taken to lie")
  func trace() throws {
    let documents = [
      namespace("shop"), deployment("shop/web", "app: web"), deployment("shop/db", "app: db"),
      policy(
        "shop/db", "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/9}}]}]"
      ),
    ]
    let guessed = try ClusterFixture(documents).explanation("shop/web", "shop/db", "tcp/1")
    #expect(guessed.contains("the source's address is one such as 10.0.0.0 (no CIDR of pods is known)"))
    let known = try ClusterFixture(documents, settings: "cluster: {podCIDRs: [10.0.0.0/8]}")
      .explanation("shop/web", "shop/db", "tcp/1")
    #expect(known.contains("the source's address is one of 10.0.0.0/8 such as 10.128.0.0"))
  }

  @Test("check says what was known")
  func check() {
    let fixture = ClusterFixture(
      [namespace("shop"), deployment("shop/web", "app: web")],
      settings: "cluster: {podCIDRs: [10.0.0.0/8], name: prod}")
    let report = CheckReport(fixture.cluster)
    #expect(
      report.text(.plain).contains(
        "\nBesides the manifests: the cluster is called prod; pods in 10.0.0.0/8.\n"))
    #expect(report.data.prettyJSON.contains("\"podCIDRs\""))
    #expect(!CheckReport(ClusterFixture([namespace("shop")]).cluster).text(.plain).contains("Besides"))
  }
}
