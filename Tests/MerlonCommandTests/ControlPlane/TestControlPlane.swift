import FakeAPIServer
import Foundation
import Kubernetes
import KubernetesAPI
import Logging
import SourceGroups
import Testing

@testable import ControlPlane

/// A control plane over plain HTTP on loopback, with a store in memory; its integrations follow pretended clusters.
struct TestControlPlane: Sendable {
  let url: String
  /// Of the role admin.
  let token: String
  let plane: ControlPlane
  /// A cluster that no integration names yet.
  let cluster: FakeAPIServer

  static func serving<Result: Sendable>(
    _ cluster: FakeCluster = .shop(), _ body: @escaping @Sendable (TestControlPlane) async throws -> Result
  ) async throws -> Result {
    try await FakeAPIServer.serving(cluster, as: .none) { server in
      let clock = LiveClock(
        start: try #require(Timestamp(secondsSince1970: Int(Date().timeIntervalSince1970))))
      let counters = Counters()
      let resolver = IdentityResolver(clock: clock) { notice in
        if case .sources(let events) = notice { counters.count(events) }
      }
      let store = try SQLiteStore(inMemoryWith: .random())
      let plane = ControlPlane(store: store, resolver: resolver, clock: clock)
      try await plane.load()
      let new = try await store.createToken(
        named: "test", role: .admin, expiresAt: nil, by: "test", at: clock.now)
      let (ports, port) = AsyncStream.makeStream(of: Int.self)
      return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await resolver.run() }
        group.addTask {
          let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
          try await ControlPlaneServer(plane, counters, at: .init(host: "127.0.0.1", port: 0), logger: logger)
          {
            port.yield($0)
          }.run()
        }
        defer { group.cancelAll() }
        for await number in ports {
          return try await body(
            TestControlPlane(
              url: "http://127.0.0.1:\(number)", token: new.text.revealed, plane: plane, cluster: server))
        }
        throw CancellationError()
      }
    }
  }
}

extension TestControlPlane {
  var environment: [String: String] { ["MERLON_SERVER": url, "MERLON_TOKEN": token] }

  /// Runs the program, which asks this control plane.
  func run(_ arguments: String..., input: String? = nil) async throws -> Program.Result {
    try await Program.finish(arguments, input: input, environment: environment)
  }

  /// The integration `prod`, which is the pretended cluster.
  var integration: String {
    """
    apiVersion: merlon.dev/v1alpha1
    kind: Integration
    name: prod
    server: \(cluster.url)

    """
  }

  /// Lets pods `app=web` of `prod` send to 192.0.2.1 at a port.
  static func policy(port: Int = 443, integration: String = "prod") -> String {
    """
    apiVersion: merlon.dev/v1alpha1
    kind: SourceGroupPolicy
    metadata: {name: egress}
    spec:
      defaultPolicy: deny
      sourceGroups:
        - id: web
          priority: 10
          sources:
            - kubernetes:
                integration: \(integration)
                pods: {namespaceSelector: {all: true}, podSelector: {matchLabels: {app: web}}}
          rules:
            - {id: bank, action: allow, to: {addresses: [192.0.2.1]}, traffic: [{protocol: TCP, port: \(port)}]}

    """
  }

  /// Has the integration and the policy, and knows the members.
  func settled() async throws {
    let applied = try await run("apply", "-f", "-", input: integration + "---\n" + Self.policy())
    try #require(applied.status == 0, "\(applied)")
    try await members(1)
  }

  /// Returns when the group `web` has so many members.
  func members(_ count: Int) async throws {
    for await state in await plane.resolver.states() {
      if state.identities["web"]?.sources.first?.content.members.count == count { return }
    }
    throw CancellationError()
  }
}
