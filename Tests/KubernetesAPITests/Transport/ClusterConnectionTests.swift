import FakeAPIServer
import Kubernetes
import Testing

@testable import KubernetesAPI

@Suite("Connections over TLS")
struct ClusterConnectionTests {
  private static func read(
    _ server: FakeAPIServer, authority: String?, token: String? = nil,
    change: (inout ClusterAccess) -> Void = { _ in }
  ) async throws -> String {
    var access = try ClusterAccess(
      server: server.url, authority: authority.map { ManifestText(path: "ca.pem", $0) },
      token: token.map { Secret($0) }, environment: .init([:]))
    change(&access)
    return try await ClusterConnection.open(access) { (connection) throws(APIError) in
      let timing = Timing(now: { .zero }, sleep: { _ in }, random: { 0 })
      let client = APIClient(connection, connection, timing: timing)
      return String(decoding: try await client.read(APIRequest("/apis")), as: UTF8.self)
    }
  }

  private static func reason(_ error: any Error) -> TransportError.Reason? {
    if case .transport(let error)? = error as? APIError { error.reason } else { nil }
  }

  @Test("are made when the given authority signed the server's certificate")
  func trusted() async throws {
    try await FakeAPIServer.serving(.shop()) { server in
      let text = try await Self.read(server, authority: TestCertificates.authority)
      #expect(text.contains("APIGroupList"))
    }
  }

  @Test("are refused when another authority did, or none is given: it is not added to the machine's")
  func untrusted() async throws {
    try await FakeAPIServer.serving(.shop()) { server in
      for authority in [TestCertificates.otherAuthority, nil] {
        await #expect {
          try await Self.read(server, authority: authority)
        } throws: {
          Self.reason($0) == .certificate
        }
      }
      #expect(server.cluster.requests.isEmpty)
    }
  }

  @Test("hold the certificate against the name that is said")
  func serverName() async throws {
    try await FakeAPIServer.serving(.shop(), as: .oneName) { server in
      let text = try await Self.read(server, authority: TestCertificates.authority) {
        $0.tlsServerName = "kubernetes.default"
      }
      #expect(text.contains("APIGroupList"))
      let before = server.cluster.requests.count
      #expect(server.cluster.requests.last?.header("host")?.hasPrefix("127.0.0.1:") ?? false)
      for name in ["example.com", "kubernetes", nil] {
        await #expect("\(name ?? "the address")") {
          try await Self.read(server, authority: TestCertificates.authority) { $0.tlsServerName = name }
        } throws: {
          Self.reason($0) == .certificate
        }
      }
      #expect(server.cluster.requests.count == before)
    }
  }

  @Test("send the token, and nothing when there is none")
  func token() async throws {
    try await FakeAPIServer.serving(.shop(token: "s3cret")) { server in
      let text = try await Self.read(server, authority: TestCertificates.authority, token: "s3cret")
      #expect(text.contains("APIGroupList"))
      for wrong in ["other", nil] {
        do {
          _ = try await Self.read(server, authority: TestCertificates.authority, token: wrong)
          Issue.record("a wrong token is taken")
        } catch {
          #expect("\(error)".contains("HTTP 401") && !"\(error)".contains("other"))
        }
      }
    }
  }

  @Test("show a client certificate when there is one")
  func clientCertificate() async throws {
    try await FakeAPIServer.serving(.shop()) { server in
      let folder = try ConfigurationFolder([
        "config": kubeconfig(
          cluster:
            "{server: '\(server.url)', certificate-authority-data: \(Self.base64(TestCertificates.authority))}",
          user:
            "{client-certificate-data: \(Self.base64(TestCertificates.client)), client-key-data: \(Self.base64(TestCertificates.clientKey))}"
        )
      ])
      let access = try folder.access().get()
      _ = try await ClusterConnection.open(access) { (connection) throws(APIError) in
        try await APIClient(connection, connection).read(APIRequest("/apis"))
      }
      // A busy machine may ask again: what counts is that it never asks without.
      #expect(!server.cluster.requests.isEmpty && server.cluster.requests.allSatisfy(\.hasClientCertificate))
    }
  }

  private static func base64(_ text: String) -> String { Base64.encode(Array(text.utf8)) }

  @Test("that nobody answers are an error")
  func refused() async throws {
    let server = try await FakeAPIServer.start(.shop())
    try await server.stop()
    await #expect {
      try await Self.read(server, authority: TestCertificates.authority)
    } throws: {
      Self.reason($0) == .connect
    }
  }

  @Test("are made at once after many that failed", .timeLimit(.minutes(30)))
  func afterFailures() async throws {
    try await FakeAPIServer.serving(.shop()) { server in
      let access = try ClusterAccess(
        server: server.url, authority: ManifestText(path: "ca.pem", TestCertificates.authority),
        token: nil, environment: .init([:]))
      let answer = try await ClusterConnection.open(access) { (connection) async throws(APIError) in
        server.cluster.refuseConnections(true)
        for _ in 0..<40 {
          await #expect(throws: TransportError.self) { try await connection.send(APIRequest("/apis")) }
        }
        server.cluster.refuseConnections(false)
        // AsyncHTTPClient's pool has a back-off of its own, up to a minute: it must not come on top of ours.
        return try await APIClient(connection, connection).read(APIRequest("/apis"))
      }
      #expect(String(decoding: answer, as: UTF8.self).contains("APIGroupList"))
    }
  }
}
