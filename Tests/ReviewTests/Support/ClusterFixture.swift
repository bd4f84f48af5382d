import Dialects
import Kubernetes
import PolicyEngine
import PolicyModel

@testable import Review

/// A cluster from literal YAML, and what reports say of it.
struct ClusterFixture {
  let cluster: Cluster

  /// Documents, in order. The path of the input is `world.yaml`.
  init(_ documents: String...) { self.init(documents) }

  /// - Parameter settings: the text of `merlon.yaml`.
  init(_ documents: [String], profile: EngineProfile = .kubernetes, settings: String = "") {
    let options = PolicySet.readerOptions(defaultNamespace: "default")
    let manifests = ManifestReader(options: options).readSequentially([
      ManifestText(path: "world.yaml", documents.joined(separator: "\n---\n"))
    ])
    cluster = Cluster(
      manifests, defaultNamespace: "default", profile: profile,
      settings: Settings(SettingsText(ManifestText(path: "merlon.yaml", settings))))
  }

  private init(_ cluster: Cluster) { self.cluster = cluster }

  /// The example that comes with the product.
  static func shop() async -> ClusterFixture {
    ClusterFixture(
      await Cluster.load(
        paths: [RepositoryFolder.path("Examples/shop")],
        options: PolicySet.readerOptions(defaultNamespace: "default"), profile: .kubernetes))
  }

  /// Two pods that may not talk except on one port, and what is around them.
  static func web(_ documents: String...) -> ClusterFixture {
    ClusterFixture(
      [namespace("shop"), deployment("shop/web", "app: web"), deployment("shop/db", "app: db")] + documents)
  }

  var evaluator: FlowEvaluator {
    FlowEvaluator(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
  }

  /// What `explain` prints of one flow.
  func explanation(_ from: String, _ to: String, _ port: String) throws -> String {
    let flow = try FlowParser(cluster.world).parse("\(from) -> \(to) \(port)")
    return Explanation(flow, source: from, destination: to, evaluator: evaluator).text(
      Wording(cluster.world), .plain)
  }

  func connectivity(
    _ format: ConnectivityFormat = .text, by grouping: ConnectivityGrouping = .workload,
    explains: Bool = false,
    _ filter: ConnectivityFilter = ConnectivityFilter()
  ) -> String {
    collected {
      ConnectivityReport(cluster, filter: filter).write(
        format, grouping: grouping, explains: explains, to: $0)
    }
  }

  func exposure(_ format: ConnectivityFormat = .text, _ filter: ConnectivityFilter = ConnectivityFilter())
    -> String
  {
    collected { ExposureReport(ConnectivityReport(cluster, filter: filter)).write(format, to: $0) }
  }

  /// `direction peer: ports` of one workload.
  func exposure(of workload: String, _ filter: ConnectivityFilter = ConnectivityFilter()) -> [String] {
    ExposureReport(ConnectivityReport(cluster, filter: filter)).rows().filter { $0.workload == workload }.map
    {
      "\($0.direction.name) \($0.peer): \($0.traffic)" + ($0.isUndefined ? " (undefined)" : "")
    }
  }
}

/// What is written, in pieces of few bytes so that no test depends on one large buffer.
func collected(capacity: Int = 64, _ body: (Output) -> Void) -> String {
  var bytes: [UInt8] = []
  let output = Output(capacity: capacity) { bytes.append(contentsOf: $0) }
  body(output)
  output.flush()
  return String(decoding: bytes, as: UTF8.self)
}

enum RepositoryFolder {
  /// A path of the repository that holds this test.
  static func path(_ relative: String, file: String = #filePath) -> String {
    file.components(upTo: "/Tests/") + "/" + relative
  }
}

extension String {
  fileprivate func components(upTo marker: String) -> String {
    firstRange(of: marker).map { String(self[..<$0.lowerBound]) } ?? self
  }
}

// MARK: - Documents

func namespace(_ name: String, _ labels: String = "") -> String {
  "apiVersion: v1\nkind: Namespace\nmetadata: {name: \(name), labels: {\(labels)}}"
}

/// `spec` is YAML in flow style, without braces.
func pod(_ name: String, _ labels: String, _ spec: String = "containers: []", status: String = "") -> String {
  document("v1", "Pod", name, labels, "spec: {\(spec)}" + (status.isEmpty ? "" : "\nstatus: {\(status)}"))
}

func deployment(_ name: String, _ labels: String, _ spec: String = "containers: []") -> String {
  workload("Deployment", name, labels, spec)
}

func workload(_ kind: String, _ name: String, _ labels: String, _ spec: String = "containers: []") -> String {
  document(
    "apps/v1", kind, name, "", "spec: {template: {metadata: {labels: {\(labels)}}, spec: {\(spec)}}}")
}

func policy(_ name: String, _ spec: String) -> String {
  document("networking.k8s.io/v1", "NetworkPolicy", name, "", "spec: {\(spec)}")
}

/// A ClusterNetworkPolicy on all pods. `rules` is YAML in flow style, without braces.
func clusterPolicy(_ name: String, tier: String = "Admin", priority: Int = 10, _ rules: String) -> String {
  """
  apiVersion: policy.networking.k8s.io/v1alpha2
  kind: ClusterNetworkPolicy
  metadata: {name: \(name)}
  spec: {tier: \(tier), priority: \(priority), subject: {namespaces: {}}, \(rules)}
  """
}

func service(_ name: String, _ spec: String) -> String {
  document("v1", "Service", name, "", "spec: {\(spec)}")
}

private func document(
  _ apiVersion: String, _ kind: String, _ name: String, _ labels: String, _ rest: String
) -> String {
  let parts = name.split(separator: "/")
  return """
    apiVersion: \(apiVersion)
    kind: \(kind)
    metadata: {namespace: \(parts[0]), name: \(parts[1]), labels: {\(labels)}}
    \(rest)
    """
}
