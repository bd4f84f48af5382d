import FakeAPIServer
import Foundation
import Testing

@Suite("The live cluster as input")
struct LiveClusterTests {
  /// Runs the program with a kubeconfig for a server, over TLS.
  private static func run(
    _ arguments: String..., cluster: FakeCluster = .shop(token: "s3cret"), token: String = "s3cret"
  ) async throws -> Program.Result {
    try await FakeAPIServer.serving(cluster) { server in
      let folder = try TemporaryFolder()
      try folder.add("ca.pem", TestCertificates.authority)
      let kubeconfig = try folder.add(
        "config",
        """
        apiVersion: v1
        kind: Config
        current-context: prod
        clusters: [{name: c, cluster: {server: "\(server.url)", certificate-authority: ca.pem}}]
        users: [{name: u, user: {token: \(token)}}]
        contexts:
          - {name: prod, context: {cluster: c, user: u}}
          - {name: gone, context: {cluster: nowhere, user: u}}
        """)
      return try Program.run(
        arguments.map { $0.replacing("FOLDER", with: folder.url.path) },
        environment: ["KUBECONFIG": kubeconfig.path])
    }
  }

  @Test("check reads it, and names places as the snapshot's files have them")
  func check() async throws {
    let cluster = FakeCluster.shop(
      [
        .networkPolicies: [
          #"{"metadata":{"name":"bad","namespace":"shop"},"spec":{"podSelector":{},"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/99"}}]}]}}"#
        ]
      ], token: "s3cret")
    let result = try await Self.run("check", "--context", "prod", cluster: cluster)
    #expect(result.status == 1)
    #expect(
      (result.output + result.errors).contains("prod/shop/networkpolicies.networking.k8s.io.yaml:"),
      "\(result.output)\(result.errors)")
  }

  @Test("explain answers from it")
  func explain() async throws {
    let allowed = try await Self.run(
      "explain", "-A", "--from", "shop/web", "--to", "shop/db", "--port", "tcp/5432")
    #expect(allowed.status == 0 && allowed.output.contains("allowed"), "\(allowed)")
    let denied = try await Self.run(
      "explain", "-A", "--from", "shop/web", "--to", "shop/db", "--port", "tcp/22")
    #expect(denied.output.contains("denied"), "\(denied)")
  }

  @Test("diff compares it with files")
  func diff() async throws {
    let result = try await Self.run("diff", "--context", "prod", "Examples/shop")
    #expect(result.status != 2 && result.status != 3, "\(result.errors)")
    #expect(result.output.contains("shop/"))
  }

  @Test("snapshot saves it, and what was saved gives the same answers")
  func snapshot() async throws {
    let folder = try TemporaryFolder()
    let saved = try await Self.run("snapshot", "--context", "prod", "-d", folder.path("prod"))
    #expect(saved.status == 0, "\(saved.errors)")
    let files = try Program.run("connectivity", "-o", "json", folder.path("prod"))
    let live = try await Self.run("connectivity", "-o", "json", "-A")
    #expect(files.output == live.output && live.output.contains("5432"))
    let again = try await Self.run("snapshot", "-A", "-d", folder.path("prod"))
    #expect(again.status == 2 && again.errors.contains("is not an empty folder"))
    let stream = try await Self.run("snapshot", "-q", "-A")
    #expect(stream.output.contains("kind: NetworkPolicy") && stream.errors.isEmpty)
    #expect(!(saved.errors + stream.output).contains(FakeCluster.secret))
  }

  @Test("3: it cannot be read")
  func unreadable() async throws {
    let refused = try await Self.run("check", "-A", token: "wr0ng")
    #expect(refused.status == 3)
    #expect((refused.output + refused.errors).contains("HTTP 401"))
    #expect(!(refused.output + refused.errors).contains("wr0ng"))
    let dangling = try await Self.run("check", "--context", "gone")
    #expect(dangling.status == 3 && (dangling.output + dangling.errors).contains("nowhere"))
    let unknown = try await Self.run("snapshot", "--context", "prd")
    #expect(unknown.status == 3 && unknown.errors.contains("prd") && unknown.output.isEmpty)
  }

  @Test("3: not all of it can be read; a snapshot writes nothing then")
  func incomplete() async throws {
    let cluster = FakeCluster.shop(token: "s3cret")
    cluster.forbid("/apis/networking.k8s.io/v1/networkpolicies")
    let check = try await Self.run("check", "-A", cluster: cluster)
    #expect(check.status == 3)
    #expect((check.output + check.errors).contains("cannot list networkpolicies.networking.k8s.io"))
    let snapshot = try await Self.run("snapshot", "-A", cluster: cluster)
    #expect(snapshot.status == 3 && snapshot.output.isEmpty)
  }

  @Test(
    "2: files and a cluster, or neither",
    arguments: [["check"], ["check", "-A", "Examples/shop"], ["lint"], ["diff", "-A", "a", "b"]])
  func usage(_ arguments: [String]) throws {
    #expect(try Program.run(arguments, environment: ["KUBECONFIG": "/nowhere"]).status == 2)
  }
}
