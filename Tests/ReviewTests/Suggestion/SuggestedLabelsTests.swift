import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@testable import Review

@Suite("Which labels suggested policies choose, and DNS")
struct SuggestedLabelsTests {
  /// A Deployment with a selector.
  private static func selected(_ name: String, _ selector: String, _ labels: String) -> String {
    object(
      "apps/v1", "Deployment", name,
      "spec: {selector: {matchLabels: {\(selector)}}, template: {metadata: {labels: {\(labels)}}, spec: {containers: []}}}"
    )
  }

  private static func labels(of name: String, _ documents: [String]) -> [String: String] {
    let world = ClusterFixture(documents).cluster.world
    var selector = WorkloadSelector(world)
    guard let group = world.workloads.firstIndex(where: { $0.name == name }) else { return [:] }
    return selector.selection(of: group).labels
  }

  @Test("what others have besides is left out sooner than a label is taken that nobody knows")
  func exclusionFirst() throws {
    let documents = [
      namespace("shop"), Self.selected("shop/web", "app: web", "app: web, deployed-at: '20260101'"),
      Self.selected(
        "shop/canary", "app: web, track: canary", "app: web, track: canary, deployed-at: '20260202'"),
    ]
    let world = ClusterFixture(documents).cluster.world
    var selector = WorkloadSelector(world)
    let web = selector.selection(of: try #require(world.workloads.firstIndex { $0.name == "web" }))
    #expect(web.labels == ["app": "web"] && web.exclusions == [.absent("track")])
    #expect(Self.labels(of: "canary", documents) == ["track": "canary"])
  }

  @Test(
    "labels that a release, a replica or a tool changes are never chosen",
    arguments: [
      "pod-template-hash", "controller-revision-hash", "rollouts-pod-template-hash", "version",
      "helm.sh/chart",
      "app.kubernetes.io/version", "app.kubernetes.io/managed-by", "batch.kubernetes.io/job-name",
      "batch.kubernetes.io/controller-uid", "statefulset.kubernetes.io/pod-name",
      "batch.kubernetes.io/job-completion-index", "tags.datadoghq.com/version", "example.com/git-commit",
    ])
  func volatile(key: String) {
    let documents = [
      namespace("shop"), deployment("shop/web", "zone: web, \(key): \"1\""),
      deployment("shop/db", "zone: db"),
    ]
    #expect(Self.labels(of: "web", documents) == ["zone": "web"])
    #expect(Self.labels(of: "web", [namespace("shop"), deployment("shop/web", "\(key): \"1\"")]).isEmpty)
  }

  @Test("those of the workload's own selector go first, as few of them as tell it from others")
  func selectors() {
    let web = Self.selected("shop/web", "unit: web, part: front", "app: x, unit: web, part: front")
    #expect(Self.labels(of: "web", [namespace("shop"), web]) == ["part": "front"])
    let other = deployment("shop/other", "part: front, app: y")
    #expect(Self.labels(of: "web", [namespace("shop"), web, other]) == ["unit": "web"])
    let two = [deployment("shop/a", "part: front, unit: a"), deployment("shop/b", "part: back, unit: web")]
    #expect(Self.labels(of: "web", [namespace("shop"), web] + two) == ["part": "front", "unit": "web"])
    let same = Self.selected("shop/same", "unit: web, part: front", "app: z, unit: web, part: front")
    #expect(Self.labels(of: "web", [namespace("shop"), web, same]) == ["app": "x"])
  }

  @Test("workloads that no label tells apart are one policy, and that is said")
  func alike() throws {
    let world = [
      namespace("shop"), deployment("shop/web", "app: x"), deployment("shop/admin", "app: x"),
      deployment("shop/db", "app: db"),
    ]
    let fixture = SuggestionFixture(
      world, [hubble("shop/web", "shop/db", 80), hubble("shop/admin", "shop/db", 81)])
    #expect(fixture.policies.count == 2)
    #expect(
      fixture.findings(.alikeWorkloads) == [
        "warning: policies about shop/admin are about shop/web too: no label tells them apart",
        "warning: policies about shop/web are about shop/admin too: no label tells them apart",
      ])
    // What one may, the other may too, and the proof finds it.
    #expect(fixture.findings(.moreThanSeen).contains { $0.contains("shop/admin -> shop/db TCP 80") })
    #expect(fixture.findings(.moreThanSeen).allSatisfy { $0.hasPrefix("warning") })
    #expect(fixture.suggestion.isProven)
  }

  @Test("a workload without labels that last cannot be selected, and is left open")
  func withoutLabels() {
    let fixture = SuggestionFixture(
      [namespace("shop"), pod("shop/one", ""), deployment("shop/db", "app: db")],
      [hubble("shop/one", "shop/db", 80)])
    #expect(
      fixture.findings(.leftOpen) == [
        "warning: shop/one is not closed: it has no labels that last, by which a policy could select it"
      ])
    #expect(fixture.policies.count == 1 && fixture.suggestion.isProven)
  }

  private static let dns = [
    namespace("kube-system"),
    deployment(
      "kube-system/coredns", "k8s-app: kube-dns",
      "containers: [{name: c, ports: [{name: dns, containerPort: 5353, protocol: UDP}, {name: dns-tcp, containerPort: 5353}]}]"
    ),
    service(
      "kube-system/kube-dns",
      "clusterIP: 10.96.0.10, selector: {k8s-app: kube-dns}, ports: [{name: dns, port: 53, targetPort: dns, protocol: UDP}, {name: dns-tcp, port: 53, targetPort: dns-tcp}]"
    ),
  ]

  @Test("DNS stays open at the ports of the pods that answer, whether it was seen or not")
  func dnsPorts() throws {
    let fixture = SuggestionFixture(
      PolicySuggestionTests.shop + Self.dns, [PolicySuggestionTests.webToDB])
    for name in ["web", "db"] {
      for transport in ["udp", "tcp"] {
        #expect(
          try fixture.verdict("shop/\(name) -> service/kube-system/kube-dns \(transport)/53") == .allowed)
      }
    }
    #expect(fixture.policies.allSatisfy { $0.contains("port: 5353") })
    #expect(fixture.policies.allSatisfy { $0.contains("never blocked, whether lookups were seen or not") })
  }

  @Test("pods that answer for names answer everybody when they are closed, and may ask anybody")
  func dnsPods() throws {
    let agent = deployment("ops/agent", "app: agent", "hostNetwork: true, containers: []")
    let lookup = hubble("shop/web", "kube-system/coredns", 5353, "UDP")
    let upstream = hubble("kube-system/coredns", "203.0.113.53", 53, "UDP")
    let fixture = SuggestionFixture(
      PolicySuggestionTests.shop + Self.dns + [agent], [lookup, upstream]
    ) { $0.namespace = "kube-system" }
    for client in ["shop/web", "ops/cron", "ops/agent"] {
      #expect(try fixture.verdict("\(client) -> kube-system/coredns udp/5353") == .allowed)
    }
    #expect(try fixture.verdict("ops/cron -> kube-system/coredns tcp/9153") == .denied)
    #expect(try fixture.verdict("kube-system/coredns -> 198.51.100.1 udp/53") == .allowed)
    #expect(fixture.findings(.leftOpen).first?.contains("its egress is left as it is") == true)
    #expect(fixture.suggestion.isProven)
  }

  @Test("a pod that looks up names elsewhere gets no rule for DNS")
  func ownDNS() {
    let fixture = SuggestionFixture(
      [
        namespace("shop"), deployment("shop/web", "app: web", "dnsPolicy: Default, containers: []"),
        deployment("shop/db", "app: db"),
      ], [PolicySuggestionTests.webToDB])
    #expect(fixture.policy("allow-web")?.contains("kube-dns") == false)
    #expect(fixture.policy("allow-db")?.contains("kube-dns") == true)
  }
}
