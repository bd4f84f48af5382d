import Kubernetes
import PolicyEngine
import Testing

@testable import Review

@Suite("Facts: merlon.yaml")
struct SettingsTests {
  private static func settings(_ text: String) -> Settings {
    Settings(SettingsText(ManifestText(path: "merlon.yaml", text)))
  }

  @Test("every fact is read")
  func everything() throws {
    let settings = Self.settings(
      """
      cluster:
        name: production
        podCIDRs: [10.244.0.0/16, "fd00:10:244::/56"]
        nodeCIDRs: [192.168.0.0/24]
        serviceCIDRs: [10.96.0.0/12]
        apiServerAddresses: [192.168.0.2]
        namespaces:
          - {name: edge, labels: {team: edge}}
        nodes:
          - {name: n1, labels: {pool: web}, addresses: [192.168.0.11]}
        dns:
          - {labels: {k8s-app: kube-dns}}
        operators:
          - name: prometheus-operator
            pods:
              - namespace: monitoring
                name: k8s
                labels: {app: prometheus}
                serviceAccountName: prometheus
                hostNetwork: true
                ports: [{name: web, port: 9090}, {port: 53, protocol: UDP}]
      """)
    #expect(settings.problems.isEmpty)
    let facts = settings.facts
    #expect(facts.clusterName == "production")
    #expect(facts.podBlocks.map(\.description) == ["10.244.0.0/16", "fd00:10:244::/56"])
    #expect(facts.nodeBlocks.map(\.description) == ["192.168.0.0/24"])
    #expect(facts.serviceBlocks.map(\.description) == ["10.96.0.0/12"])
    #expect(facts.apiServerAddresses.map(\.description) == ["192.168.0.2"])
    #expect(facts.namespaces.map(\.name) == ["edge"])
    #expect(facts.namespaces.first?.labels["team"] == "edge")
    #expect(facts.nodes.map(\.name) == ["n1"])
    #expect(facts.nodes.first?.labels["pool"] == "web")
    #expect(facts.nodes.first?.addresses.map(\.description) == ["192.168.0.11"])
    #expect(facts.workloads.map(\.meta.qualifiedName) == ["kube-system/dns", "monitoring/k8s"])
    let dns = try #require(facts.workloads.first)
    #expect(dns.template.labels["k8s-app"] == "kube-dns")
    #expect(dns.template.ports.map(\.number) == [53, 53])
    let pods = try #require(facts.workloads.last)
    #expect(pods.meta.location.description == "merlon.yaml:17:17")
    #expect(pods.template.serviceAccountName == "prometheus")
    #expect(pods.template.hostNetwork)
    #expect(pods.template.ports.map(\.name) == ["web", nil])
    #expect(pods.template.ports.map(\.transport) == [.tcp, .udp])
  }

  @Test("an empty file says nothing", arguments: ["", "# nothing\n", "cluster:\n", "cluster: {}\n"])
  func empty(_ text: String) {
    let settings = Self.settings(text)
    #expect(settings.problems.isEmpty)
    #expect(settings.facts.summary == nil)
  }

  @Test(
    "what is wrong is an error at its place, and is left out",
    arguments: [
      ("clutser: {}", "1:1", "unknown field `clutser` in the settings: did you mean `cluster`?"),
      ("[]", "1:1", "`the settings` must be a mapping, not a list"),
      ("cluster: {podCIDR: []}", "1:11", "unknown field `podCIDR` in cluster: did you mean `podCIDRs`?"),
      (
        "cluster: {podCIDRs: 10.0.0.0/8}", "1:21",
        "`cluster.podCIDRs` must be a list, not the string `10.0.0.0/8`"
      ),
      ("cluster: {podCIDRs: [10.0.0.1/8]}", "1:22", "`10.0.0.1/8` is no canonical CIDR"),
      ("cluster: {nodeCIDRs: [10.0.0.1]}", "1:23", "`10.0.0.1` is not a CIDR such as 10.0.0.0/8 or fd00::/8"),
      ("cluster: {apiServerAddresses: [api.example.com]}", "1:32", "`api.example.com` is not an IP address"),
      ("cluster: {apiServerPort: 0}", "1:26", "`cluster.apiServerPort` must be 1 to 65535, not 0"),
      ("cluster: {name: Prod}", "1:17", "the cluster name `Prod`"),
      ("cluster: {namespaces: [{labels: {a: b}}]}", "1:24", "`cluster.namespaces[]` without `name`"),
      ("cluster: {namespaces: [{name: a.b}]}", "1:31", "the namespace name `a.b`"),
      (
        "cluster: {namespaces: [{name: a, labels: {kubernetes.io/metadata.name: b}}]}", "1:43",
        "the label `kubernetes.io/metadata.name` of a namespace is its name, `a`"
      ),
      ("cluster: {nodes: [{name: n1, labels: {a: -}}]}", "1:42", "the label value `-`"),
      (
        "cluster: {dns: [{namespace: dns}]}", "1:17",
        "`cluster.dns[]` without `labels`, by which policies know pods"
      ),
      (
        "cluster: {operators: [{name: a, pods: [{name: b, labels: {a: b}}]}]}", "1:40",
        "`cluster.operators[].pods[]` without `namespace`"
      ),
      (
        "cluster: {operators: [{name: a, pods: [{namespace: ns, labels: {a: b}}]}]}", "1:40",
        "`cluster.operators[].pods[]` without `name`"
      ),
      (
        "cluster: {dns: [{labels: {a: b}, ports: [{name: dns}]}]}", "1:42",
        "`cluster.dns[].ports[]` without `port`"
      ),
      (
        "cluster: {dns: [{labels: {a: b}, ports: [{port: 0}]}]}", "1:49",
        "`cluster.dns[].ports[].port` must be 1 to 65535, not 0"
      ),
      (
        "cluster: {dns: [{labels: {a: b}}, {labels: {c: d}}]}", "1:35",
        "two facts are about pods called `kube-system/dns`"
      ),
      ("cluster: {nodes: [{name: n1}, {name: n1}]}", "1:38", "two facts are about node called `n1`"),
      ("cluster: {name: a}\n---\ncluster: {}", "3:1", "the file has several documents"),
      ("cluster: {name: a, name: b}", "1:20", "the key `name` stands twice in one mapping"),
    ])
  func problems(_ text: String, _ place: String, _ message: String) throws {
    let settings = Self.settings(text)
    let problem = try #require(settings.problems.first)
    #expect(settings.problems.count == 1)
    #expect(problem.severity == .error)
    #expect(problem.message.hasPrefix(message), "\(problem.message)")
    #expect(problem.location?.description == "merlon.yaml:\(place)")
    // What stands beside it stays.
    let keepsOthers: [Diagnostic.Code] = [.duplicateKey, .syntax, .duplicateObject]
    #expect(settings.facts.summary == nil || text.contains("nodes") || keepsOthers.contains(problem.code))
  }

  @Test("all problems come at once, and the rest still counts")
  func allAtOnce() {
    let settings = Self.settings("cluster: {podCIDRs: [10.0.0.0/8, nonsense], nodeCIDRs: [1], colour: red}")
    #expect(settings.problems.count == 3)
    #expect(settings.facts.podBlocks.map(\.description) == ["10.0.0.0/8"])
  }

  @Test("text that is no YAML makes the answer incomplete")
  func syntax() {
    let fixture = ClusterFixture([namespace("shop")], settings: "cluster: [")
    #expect(fixture.cluster.isIncomplete)
    #expect(fixture.cluster.hasErrors)
  }
}
