import FakeAPIServer
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kubernetes
import KubernetesAPI
import Logging
import NIOCore
import SourceGroups
import Synchronization
import Testing

@testable import ControlPlane

/// A control plane with an API, whose integration `prod` is a pretended cluster.
struct ServedPlane: Sendable {
  let plane: ControlPlane
  let cluster: FakeCluster
  let client: any TestClientProtocol
  let admin: SecretText
  let reader: SecretText
  /// Everything that was logged.
  let log: CollectedLog
  /// Where the cluster's API server is.
  let server: String

  /// The token with which the control plane reads the cluster, which nobody else may see.
  static let clusterToken = "cluster-token-\(FakeCluster.secret)"

  struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let text: String

    /// The answer as data.
    var data: Node {
      get throws { try Document.json(Array(text.utf8), file: SourceFile(path: "answer")).root }
    }
  }

  /// - Parameters:
  ///   - store: nil for one in memory.
  ///   - follows: whether the cluster is made an integration at once.
  static func with(
    _ cluster: FakeCluster = .shop(token: clusterToken), store: (any Store)? = nil, follows: Bool = true,
    clock: LiveClock = .system(), _ body: @escaping @Sendable (ServedPlane) async throws -> Void
  ) async throws {
    let log = CollectedLog()
    let logger = Logger(label: "test") { _ in LogLines(.json, level: .debug) { log.add($0) } }
    try await FakeAPIServer.serving(cluster) { server in
      let store = try store ?? SQLiteStore(inMemoryWith: .random())
      let resolver = IdentityResolver(clock: clock) { events in
        for event in events { logger.notice("\(event)") }
      }
      let plane = ControlPlane(store: store, resolver: resolver, clock: clock)
      try await plane.load()
      let admin = try await store.createToken(named: "a", role: .admin, expiresAt: nil, by: "test", at: .now)
        .text
      let reader = try await store.createToken(named: "r", role: .read, expiresAt: nil, by: "test", at: .now)
        .text
      let running = Task { await resolver.run() }
      let router = Routes(plane: plane, counters: Counters(), isServing: { true }).router()
      let result: Result<Void, any Error>
      do {
        try await Application(router: router, logger: logger).test(.router) { client in
          let served = ServedPlane(
            plane: plane, cluster: cluster, client: client, admin: admin, reader: reader, log: log,
            server: server.url)
          if follows { try await served.integrate() }
          try await body(served)
        }
        result = .success(())
      } catch {
        result = .failure(error)
      }
      running.cancel()
      await running.value
      try result.get()
    }
  }

  private func integrate() async throws {
    _ = try await plane.createIntegration(
      "prod", IntegrationSettings(server: server, certificateAuthority: TestCertificates.authority),
      token: SecretText(Self.clusterToken), by: "test")
  }

  func call(
    _ method: HTTPRequest.Method = .get, _ path: String, as token: SecretText?, _ body: String? = nil,
    headers: HTTPFields = [:]
  ) async throws -> Answer {
    var headers = headers
    if let token { headers[.authorization] = "Bearer \(token.revealed)" }
    return try await client.execute(
      uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
    ) { response in
      Answer(
        status: response.status.code, headers: response.headers, text: String(buffer: response.body))
    }
  }

  /// Asks, and expects a status.
  func expect(
    _ status: Int, _ method: HTTPRequest.Method, _ path: String, as token: SecretText?, _ body: String? = nil,
    headers: HTTPFields = [:], at location: Testing.SourceLocation = #_sourceLocation
  ) async throws {
    let answer = try await call(method, path, as: token, body, headers: headers)
    #expect(answer.status == status, "\(answer.text)", sourceLocation: location)
  }

  /// Returns when something is true of what is known.
  func until(_ condition: (LiveState) -> Bool) async throws {
    while !condition(plane.resolver.state) { try await Timing.system.sleep(.milliseconds(1)) }
  }

  /// The names of a set's members, sorted.
  static func members(_ group: String, _ state: LiveState) -> [String] {
    state.identities[group]?.members.map(\.member.name.name).sorted() ?? []
  }

  /// A policy of one group, `web`, whose members are pods with a label `app`.
  static func policy(app: String = "web", integration: String = "prod", rest: String = "") -> String {
    """
    apiVersion: merlon.dev/v1alpha1
    kind: SourceGroupPolicy
    metadata: {name: shop}
    spec:
      defaultPolicy: deny
      sourceGroups:
        - id: web
          priority: 10
          sources:
            - kubernetes:
                integration: \(integration)
                pods:
                  namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}
                  podSelector: {matchLabels: {app: \(app)}}
          rules:
            - id: api
              action: allow
              to: {cidrs: [192.0.2.0/24]}
              traffic: [{protocol: TCP, port: 443}]
    \(rest)
    """
  }
}

/// Lines of a log, for looking at them.
final class CollectedLog: Sendable {
  private let lines = Mutex<[String]>([])

  func add(_ line: String) { lines.withLock { $0.append(line) } }

  var text: String { lines.withLock { $0.joined() } }
}
