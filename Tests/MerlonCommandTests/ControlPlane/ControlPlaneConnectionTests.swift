import ControlPlane
import FakeAPIServer
import Foundation
import Testing

@Suite("How commands reach a control plane", .timeLimit(.minutes(30)))
struct ControlPlaneConnectionTests {
  @Test("2: nothing says which, or as whom, and everything that is missing is said at once")
  func missing() throws {
    let nothing = try Program.run("get", "sets")
    #expect(nothing.status == 2)
    #expect(nothing.errors.contains("--server") && nothing.errors.contains("--token-file"))
    let plain = try Program.run(
      "get", "sets", "--server", "http://merlon.example", environment: ["MERLON_TOKEN": "x"])
    #expect(plain.status == 2)
    #expect(plain.errors.contains("plain http") && plain.errors.contains("fix: write https://"))
    let noFile = try Program.run(
      "get", "sets", "--server", "https://merlon.example", "--token-file", "/nonexistent/token")
    #expect(noFile.status == 2)
    #expect(noFile.errors.contains("/nonexistent/token"))
  }

  @Test("3: nobody listens there")
  func unreachable() throws {
    let result = try Program.run(
      "get", "sets", environment: ["MERLON_SERVER": "http://127.0.0.1:1", "MERLON_TOKEN": "x"])
    #expect(result.status == 3)
    #expect(result.errors.contains("cannot be reached: the connection is refused"))
  }

  @Test("2: a token that does not count, or may only read, with what to do")
  func refused() async throws {
    try await TestControlPlane.serving { plane in
      let folder = try TemporaryFolder()
      try folder.add("token", "mrl_wrong\n")
      let unknown = try await plane.run("get", "sets", "--token-file", folder.path("token"))
      #expect(unknown.status == 2)
      #expect(unknown.errors.contains("fix: ") && !unknown.errors.contains("mrl_wrong"), "\(unknown.errors)")
      let reader = try await plane.plane.store.createToken(
        named: "reader", role: .read, expiresAt: nil, by: "test", at: plane.plane.clock.now)
      try folder.add("token", reader.text.revealed)
      #expect(try await plane.run("get", "sets", "--token-file", folder.path("token")).status == 0)
      let write = try await plane.run(
        "apply", "-f", "-", "--token-file", folder.path("token"), input: plane.integration)
      #expect(write.status == 2)
      #expect(write.errors.contains("role admin"))
    }
  }

  @Test("only the given authority is trusted")
  func authority() async throws {
    let cluster = FakeCluster()
    cluster.fail("/api/v1/sets", .json(#"{"items":[]}"#))
    try await FakeAPIServer.serving(cluster) { server in
      let folder = try TemporaryFolder()
      try folder.add("ca.pem", TestCertificates.authority)
      let environment = ["MERLON_SERVER": server.url, "MERLON_TOKEN": "s3cret"]
      let distrusted = try Program.run("get", "sets", environment: environment)
      #expect(distrusted.status == 3)
      #expect(distrusted.errors.contains("--certificate-authority"), "\(distrusted.errors)")
      let trusted = try Program.run(
        "get", "sets", "--certificate-authority", folder.path("ca.pem"), environment: environment)
      #expect(trusted.status == 0, "\(trusted.errors)")
      #expect(cluster.requests.map { $0.header("authorization") } == ["Bearer s3cret"])
    }
  }

  @Test("3: something else than a control plane answers")
  func otherServer() async throws {
    try await FakeAPIServer.serving(FakeCluster(), as: .none) { server in
      let result = try Program.run(
        "get", "sets", environment: ["MERLON_SERVER": server.url, "MERLON_TOKEN": "x"])
      #expect(result.status == 3)
      #expect(result.errors.contains("does not answer as a control plane: HTTP 404"))
    }
  }
}
