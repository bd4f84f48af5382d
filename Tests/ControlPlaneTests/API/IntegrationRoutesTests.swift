import FakeAPIServer
import HTTPTypes
import Kubernetes
import KubernetesAPI
import SourceGroups
import Testing

@testable import ControlPlane

@Suite("Integrations of a control plane", .timeLimit(.minutes(30)))
struct IntegrationRoutesTests {
  private static func body(_ server: String, name: String = "prod", token: String = ServedPlane.clusterToken)
    -> String
  {
    DataValue.members(
      ("name", .string(name)), ("server", .string(server)),
      ("certificateAuthority", .string(TestCertificates.authority)),
      ("token", .string(token))
    ).json
  }

  @Test("are made, read, changed one field at a time, and deleted; their token is never given back")
  func life() async throws {
    try await ServedPlane.with(follows: false) { served in
      let made = try await served.call(
        .post, "/api/v1/integrations", as: served.admin, Self.body(served.server))
      #expect(made.status == 201)
      #expect(made.headers[.location] == "/api/v1/integrations/prod")
      #expect(try made.data["tokenConfigured"]?.text == "true")
      try await served.expect(409, .post, "/api/v1/integrations", as: served.admin, Self.body(served.server))
      let patched = try await served.call(
        .patch, "/api/v1/integrations/prod", as: served.admin, #"{"tlsServerName": "kubernetes.default"}"#)
      #expect(patched.status == 200)
      #expect(try patched.data["tlsServerName"]?.text == "kubernetes.default")
      #expect(try patched.data["tokenConfigured"]?.text == "true")
      let stale = try await served.call(
        .patch, "/api/v1/integrations/prod", as: served.admin, #"{"tlsServerName": null}"#,
        headers: [.ifMatch: made.headers[.eTag] ?? ""])
      #expect(stale.status == 412)
      let list = try await served.call(path: "/api/v1/integrations", as: served.reader)
      #expect(try list.data["items"]?.elements.map { $0["name"]?.text } == ["prod"])
      for answer in [made, patched, list] { #expect(!answer.text.contains(ServedPlane.clusterToken)) }
      try await served.expect(204, .delete, "/api/v1/integrations/prod", as: served.admin)
      try await served.expect(404, .get, "/api/v1/integrations/prod", as: served.reader)
    }
  }

  @Test(
    "are refused when they are not usable, with what is wrong",
    arguments: [
      (#"{"name": "x", "server": "http://10.0.0.1"}"#, "http"),
      (#"{"name": "x", "server": "https://"}"#, "URL"),
      (#"{"name": "X y", "server": "https://10.0.0.1"}"#, "X y"),
      (#"{"name": "x", "server": "https://10.0.0.1", "certificateAuthority": "none"}"#, "certificate"),
      (#"{"name": "x", "server": "https://10.0.0.1", "caPem": "none"}"#, "caPem"),
      (#"{"name": "x"}"#, "server"), (#"{"server": "https://10.0.0.1"}"#, "name"),
      (#"{"name": "x", "server": "https://u:p@10.0.0.1"}"#, "user"),
    ])
  func refusal(body: String, word: String) async throws {
    try await ServedPlane.with(follows: false) { served in
      let answer = try await served.call(.post, "/api/v1/integrations", as: served.admin, body)
      #expect(answer.status == 422, "\(answer.text)")
      #expect(answer.text.contains(word), "\(answer.text)")
      #expect(served.plane.current.integrations.isEmpty)
    }
  }

  @Test("are not deleted while the policy takes members from them")
  func references() async throws {
    try await ServedPlane.with { served in
      _ = try await served.call(.put, "/api/v1/policy", as: served.admin, ServedPlane.policy())
      let refused = try await served.call(.delete, "/api/v1/integrations/prod", as: served.admin)
      #expect(refused.status == 409)
      #expect(refused.text.contains("policy:"))
      #expect(served.plane.current.integrations["prod"] != nil)
    }
  }

  @Test("tell how well their cluster is known, and what is asked of it")
  func status() async throws {
    try await ServedPlane.with { served in
      _ = try await served.call(.put, "/api/v1/policy", as: served.admin, ServedPlane.policy())
      try await served.until { ServedPlane.members("web", $0) == ["web"] }
      let status = try await served.call(path: "/api/v1/integrations/prod/status", as: served.reader)
      #expect(try status.data["phase"]?.text == "synced")
      #expect(try status.data["needed"]?.elements.map(\.text) == ["namespaces", "pods"])
      let resources = try status.data["resources"]?.elements ?? []
      #expect(resources.map { $0["kind"]?.text } == ["namespaces", "pods"])
      #expect(resources.allSatisfy { $0["lists"]?.text == "1" && $0["failures"]?.text == "0" })
    }
  }

  @Test("can be tested: connection, clock, and every permission that is needed")
  func test() async throws {
    try await ServedPlane.with { served in
      let good = try await served.call(.post, "/api/v1/integrations/prod/test", as: served.admin)
      #expect(try good.data["ok"]?.text == "true", "\(good.text)")
      #expect(good.text.contains("watch pods"))
      served.cluster.forbid("/api/v1/nodes")
      let missing = try await served.call(.post, "/api/v1/integrations/prod/test", as: served.admin)
      #expect(try missing.data["ok"]?.text == "false")
      #expect(missing.text.contains("may not list nodes"))
      served.cluster.rotateToken("another")
      let refused = try await served.call(.post, "/api/v1/integrations/prod/test", as: served.admin)
      #expect(refused.text.contains("401"))
      #expect(!refused.text.contains(ServedPlane.clusterToken))
    }
  }
}
