import FakeAPIServer
import Kubernetes
import KubernetesAPI
import Testing

@Suite("Snapshots of clusters")
struct ClusterSnapshotTests {
  private static let needed: Set<GroupKind> = [
    GroupKind(group: "", kind: "Namespace"), GroupKind(group: "", kind: "Node"),
    GroupKind(group: "", kind: "Pod"), GroupKind(group: "apps", kind: "ReplicaSet"),
    GroupKind(group: "networking.k8s.io", kind: "NetworkPolicy"),
    GroupKind(group: "projectcalico.org", kind: "NetworkPolicy"),
    GroupKind(group: "crd.projectcalico.org", kind: "NetworkPolicy"),
  ]

  /// Over loopback, without TLS.
  private static func snapshot(
    _ cluster: FakeCluster, optional: Set<GroupKind> = []
  ) async throws -> ClusterSnapshot {
    try await FakeAPIServer.serving(cluster, as: .none) { server in
      let access = try ClusterAccess(server: server.url, authority: nil, token: nil, environment: .init([:]))
      return try await ClusterConnection.open(access) { (connection) throws(APIError) in
        let timing = Timing(now: { .zero }, sleep: { _ in }, random: { 0 })
        return try await ClusterSnapshot.read(
          APIClient(connection, connection, timing: timing), called: "prod",
          ClusterSnapshot.Selection(
            needed: needed, optional: optional, shownBy: ["crd.projectcalico.org": "projectcalico.org"]))
      }
    }
  }

  private static func text(_ snapshot: ClusterSnapshot, _ path: String) -> String? {
    snapshot.files.first { $0.path == path }?.text
  }

  @Test("have a file for each kind and namespace, and no kind that nobody wants")
  func files() async throws {
    let cluster = FakeCluster.shop([.secrets: [#"{"metadata":{"name":"s","namespace":"shop"}}"#]])
    let snapshot = try await Self.snapshot(cluster)
    #expect(
      snapshot.files.map(\.path) == [
        "_cluster/namespaces.yaml", "_cluster/nodes.yaml", "shop/networkpolicies.networking.k8s.io.yaml",
        "shop/pods.yaml",
      ])
    #expect(snapshot.problems == [])
    #expect(!cluster.requests.contains { $0.path.hasSuffix("secrets") })
  }

  @Test("keep of a pod what policies can see, by name")
  func pods() async throws {
    let snapshot = try await Self.snapshot(.shop())
    #expect(
      Self.text(snapshot, "shop/pods.yaml")?.hasPrefix(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: db
          namespace: shop
          uid: uid-db
          labels:
            app: db
        spec:
          nodeName: n1
          containers:
            - name: c
              ports:
                - name: main
                  containerPort: 5432
              livenessProbe:
                httpGet:
                  port: 8080
        """) ?? false)
  }

  @Test("have no secret in them")
  func secrets() async throws {
    let snapshot = try await Self.snapshot(.shop())
    #expect(!snapshot.files.contains { $0.text.contains(FakeCluster.secret) })
  }

  @Test("are the same in one page and in many, and in whatever order objects come")
  func pages() async throws {
    let whole = try await Self.snapshot(.shop())
    #expect(try await Self.snapshot(.shop(pageLimit: 1)).files == whole.files)
    let more = FakeCluster(
      [.pods: [FakeCluster.pod("db", "10.244.0.6"), FakeCluster.pod("web", "10.244.0.5")]])
    #expect(try await Self.text(Self.snapshot(more), "shop/pods.yaml") == Self.text(whole, "shop/pods.yaml"))
  }

  @Test("keep what a Deployment left behind, whose pods may still be there")
  func replicaSets() async throws {
    let replicaSet =
      #"{"metadata":{"name":"old","namespace":"shop"},"spec":{"replicas":0,"selector":{},"template":{"metadata":{"labels":{"a":"b"}},"spec":{}}}}"#
    let snapshot = try await Self.snapshot(FakeCluster([.replicaSets: [replicaSet]]))
    #expect(Self.text(snapshot, "shop/replicasets.apps.yaml")?.contains("replicas: 0") ?? false)
  }

  @Test("have the labels of Calico's objects where these are kept in an annotation")
  func calicoLabels() async throws {
    let policy =
      #"{"metadata":{"name":"p","namespace":"shop","annotations":{"projectcalico.org/metadata":"{\"labels\":{\"role\":\"x\"}}"}},"spec":{}}"#
    let snapshot = try await Self.snapshot(FakeCluster([.calicoPoliciesAsResources: [policy]]))
    #expect(snapshot.files.first?.text.contains("labels:\n    role: x\n") ?? false, "\(snapshot)")
  }

  @Test("of a server that has no pods, or none of anything, are errors")
  func noServer() async throws {
    let cluster = FakeCluster.shop()
    for path in ["/api/v1", "/apis/networking.k8s.io/v1"] {
      cluster.fail(path, .status(404, "NotFound", "no such path"))
      #expect(try await Self.snapshot(cluster).problems.contains { $0.severity == .error }, "\(path)")
    }
    cluster.fail("/apis", .json(#"{"status":"ok"}"#))
    await #expect(throws: APIError.self) { try await Self.snapshot(cluster) }
  }

  @Test("have Calico's policies once, also where they are served twice")
  func calico() async throws {
    let policy = #"{"metadata":{"name":"p","namespace":"shop"},"spec":{"order":100.5,"selector":"all()"}}"#
    let both = FakeCluster([.calicoPolicies: [policy], .calicoPoliciesAsResources: [policy]])
    let snapshot = try await Self.snapshot(both)
    #expect(snapshot.files.map(\.path) == ["shop/networkpolicies.projectcalico.org.yaml"])
    // A number stays one: the text "100.5" would be refused.
    #expect(snapshot.files[0].text.contains("order: 100.5\n"))
    let one = try await Self.snapshot(FakeCluster([.calicoPoliciesAsResources: [policy]]))
    #expect(one.files.map(\.path) == ["shop/networkpolicies.crd.projectcalico.org.yaml"])
  }

  @Test("say what may not be read: an error where answers need it, else a note")
  func forbidden() async throws {
    let cluster = FakeCluster.shop([.services: [], .secrets: []])
    cluster.forbid("/apis/networking.k8s.io/v1/networkpolicies")
    cluster.forbid("/api/v1/services")
    let snapshot = try await Self.snapshot(cluster, optional: [GroupKind(group: "", kind: "Service")])
    let problems = snapshot.problems.sorted { $0.message < $1.message }
    #expect(problems.map(\.severity) == [.error, .note])
    #expect(
      problems.first?.message.hasPrefix(
        "prod: cannot list networkpolicies.networking.k8s.io: Forbidden (HTTP 403): networkpolicies is forbidden"
      )
        ?? false)
    #expect(snapshot.files.count == 3)
  }

  @Test(
    "take nothing of a list with an object that would be written elsewhere, or over another one",
    arguments: [
      #"{"metadata":{"name":"p","namespace":"../up"}}"#, #"{"metadata":{"name":"p","namespace":"_cluster"}}"#,
      #"{"metadata":{"name":"","namespace":"shop"}}"#, #"{"spec":{}}"#,
      #"{"metadata":{"name":"web","namespace":"shop"}}"#, #"{"metadata":{"name":"p"}}"#, "7",
      #"{"kind":"Secret","metadata":{"name":"p","namespace":"shop"}}"#,
    ])
  func misplaced(_ item: String) async throws {
    let snapshot = try await Self.snapshot(.shop([.pods: [item]]))
    #expect(snapshot.problems.map(\.severity) == [.error])
    #expect(!snapshot.files.contains { $0.path.contains("pods") || $0.path.contains("..") })
  }

  @Test("survive a server that stumbles: whole files come, or an error")
  func stumbling() async throws {
    let whole = try await Self.snapshot(.shop()).files
    let cut = Array(#"{"kind":"PodList","items":[{"metadata":{"#.utf8)
    let faults: [FakeAnswer] = [
      .close, .status(503, "ServiceUnavailable", "later"),
      .status(429, "TooManyRequests", "later", headers: [("retry-after", "1")]),
      .response(status: 200, headers: [], chunks: [cut], isComplete: false),
    ]
    for fault in faults {
      let cluster = FakeCluster.shop()
      cluster.fail("/api/v1/pods", fault)
      let snapshot = try await Self.snapshot(cluster)
      #expect(snapshot.files == whole && snapshot.problems == [], "\(fault)")
    }
    let broken = FakeCluster.shop()
    for _ in 0..<9 { broken.fail("/api/v1/pods", .close) }
    let snapshot = try await Self.snapshot(broken)
    #expect(snapshot.problems.map(\.severity) == [.error])
  }
}
