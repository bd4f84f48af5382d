import FakeAPIServer
import Kubernetes
import Logging
import Synchronization
import Testing

@testable import ControlPlane
@testable import KubernetesAPI

@Suite("The process of a control plane", .timeLimit(.minutes(30)))
struct ControlPlaneProcessTests {
  /// Serves with files of a folder while a body asks.
  private static func serve(
    _ folder: StoreFolder, _ cluster: FakeAPIServer, log: CollectedLog = CollectedLog(),
    change: (inout ServeConfiguration) -> Void = { _ in },
    _ body: @Sendable (ClusterAccess) async throws -> Void
  ) async throws {
    try folder.write(Array(TestCertificates.server.utf8), to: "c.pem")
    try folder.write(Array(TestCertificates.serverKey.utf8), to: "k.pem")
    try folder.write(Array(ServedPlane.policy(integration: "kind").utf8), to: "policy.yaml")
    try folder.write(Array(kubeconfig(cluster.url).utf8), to: "kubeconfig")
    var configuration = ServeConfiguration()
    configuration.port = 0
    configuration.certificateFile = folder.path("c.pem")
    configuration.keyFile = folder.path("k.pem")
    configuration.dataFile = folder.database
    configuration.policyFile = folder.path("policy.yaml")
    configuration.kubeconfig = folder.path("kubeconfig")
    configuration.contexts = [.init(integration: "kind", context: "kind-kind")]
    change(&configuration)
    let store = try ControlPlaneProcess.store(configuration)
    let token = try await store.createToken(named: "t", role: .read, expiresAt: nil, by: "test", at: .now)
      .text
    let ports = AsyncStream<Int>.makeStream()
    let logger = Logger(label: "test") { _ in LogLines(.text, level: .debug) { log.add($0) } }
    // Tests share their processors with many others: a limit would break all of them off.
    var patience = ControlPlaneProcess.StopLimits()
    patience.requests = .seconds(600)
    patience.others = .seconds(600)
    let process = ControlPlaneProcess(
      configuration, environment: EnvironmentVariables([:]), logger: logger, stopping: patience
    ) { ports.continuation.yield($0) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { ports.continuation.finish() }
        try await process.run()
      }
      for await port in ports.stream {
        try await body(
          ClusterAccess(
            server: "https://127.0.0.1:\(port)",
            authority: ManifestText(path: "ca", TestCertificates.authority),
            token: Secret(token.revealed), environment: EnvironmentVariables([:])))
        group.cancelAll()
        break
      }
      try await group.waitForAll()
    }
  }

  private static func kubeconfig(_ server: String) -> String {
    """
    apiVersion: v1
    kind: Config
    clusters: [{name: kind, cluster: {server: '\(server)', insecure-skip-tls-verify: true}}]
    users: [{name: kind, user: {token: '\(ServedPlane.clusterToken)'}}]
    contexts: [{name: kind-kind, context: {cluster: kind, user: kind}}]
    """
  }

  @Test(
    "follows the contexts that it is told to, serves over TLS, streams a set and its changes, and ends when asked"
  )
  func life() async throws {
    let folder = try StoreFolder()
    let cluster = FakeCluster.shop(token: ServedPlane.clusterToken)
    try await FakeAPIServer.serving(cluster) { server in
      try await Self.serve(folder, server) { access in
        let events = Mutex("")
        try await ClusterConnection.open(access) { connection throws(APIError) in
          let client = APIClient(connection, connection)
          while true {
            if try await client.ask(APIRequest("/readyz")).status == 200 { break }
            guard await Timing.system.waited(.milliseconds(5)) else { throw .cancelled }
          }
          try await client.stream(APIRequest("/api/v1/sets/web", query: [(name: "watch", value: "true")])) {
            piece throws(APIError) in
            let text = events.withLock { text in
              text += String(decoding: piece, as: UTF8.self)
              return text
            }
            // The first event is the whole set; then somebody comes, and the second says who.
            if text.contains("event: delta") { throw .unreadable("enough") }
            if text.contains("\n\n") {
              cluster.put(
                .pods, "new",
                FakeCluster.pod("web", "10.244.0.77").replacing(#""name":"web""#, with: #""name":"web-2""#)
                  .replacing("uid-web", with: "uid-web-2"))
            }
          }
        } whenFailed: { error in
          #expect("\(error)".contains("enough"))
        }
        let text = events.withLock { $0 }
        #expect(text.hasPrefix("event: snapshot\nid: "))
        #expect(text.contains(#""joined":[{"integration":"kind","uid":"uid-web-2""#))
      }
    }
  }

  @Test("has what was stored when it starts again, and takes a policy that is as before for no change")
  func restart() async throws {
    let folder = try StoreFolder()
    try await FakeAPIServer.serving(.shop(token: ServedPlane.clusterToken)) { server in
      let log = CollectedLog()
      for _ in 0..<2 { try await Self.serve(folder, server, log: log) { _ in } }
      let changes = log.text.split(separator: "\n").filter { $0.contains("the policy counts") }
      #expect(changes.count == 2)
      #expect(changes.first?.contains(#"changed="true""#) ?? false)
      #expect(changes.last?.contains(#"changed="false""#) ?? false)
    }
  }

  @Test("has its data file for itself: another one does not start while it runs")
  func alone() async throws {
    let folder = try StoreFolder()
    try await FakeAPIServer.serving(.shop(token: ServedPlane.clusterToken)) { server in
      try await Self.serve(folder, server) { _ in
        await #expect {
          try await Self.serve(folder, server) { _ in Issue.record("a second server runs") }
        } throws: { error in
          (error as? ServeError)?.problems.map(\.message) == ["another merlon serve has \(folder.database)"]
        }
      }
      try await Self.serve(folder, server) { _ in }
    }
  }

  @Test("seals with its key what the previous key has sealed")
  func previousKey() async throws {
    let folder = try StoreFolder()
    let (old, new) = (folder.path("old.key"), folder.path("new.key"))
    let settings = IntegrationSettings(server: "https://192.0.2.1", certificateAuthority: nil)
    let first = try SQLiteStore(
      path: folder.database, key: try SealingKey(file: old, whenAbsent: .create))
    _ = try await first.createIntegration(
      named: "stored", settings, token: SecretText("s3cret"), by: "test", at: .now)
    try await FakeAPIServer.serving(.shop(token: ServedPlane.clusterToken)) { server in
      let log = CollectedLog()
      try await Self.serve(folder, server, log: log) {
        $0.sealingKeyFile = new
        $0.previousSealingKeyFile = old
      } _: { _ in
      }
      #expect(log.text.contains(#"sealed="1""#))
    }
    let after = try SQLiteStore(path: folder.database, key: try SealingKey(file: new))
    #expect(try await after.integration(named: "stored")?.token?.revealed == "s3cret")
  }
}

extension ClusterConnection {
  /// The same, where a body is expected to fail.
  fileprivate static func open(
    _ access: ClusterAccess, _ body: (ClusterConnection) async throws(APIError) -> Void,
    whenFailed: (APIError) -> Void
  ) async throws {
    do throws(APIError) {
      try await open(access) { connection throws(APIError) in try await body(connection) }
    } catch {
      whenFailed(error)
    }
  }
}
