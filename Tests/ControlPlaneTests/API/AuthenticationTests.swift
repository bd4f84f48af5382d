import HTTPTypes
import Hummingbird
import Kubernetes
import Testing

@testable import ControlPlane

@Suite("Who may ask the API", .timeLimit(.minutes(30)))
struct AuthenticationTests {
  @Test("nobody without a token, of anything but the probes")
  func everyRoute() async throws {
    try await ServedPlane.with { served in
      let routes = Routes(plane: served.plane, counters: Counters(), isServing: { true }).documented().routes
      #expect(routes.count > 20)
      for route in routes {
        let path = "\(route.path)".replacing(":name", with: "prod").replacing(":group", with: "web")
          .replacing(":number", with: "1").replacing(":address", with: "10.0.0.1")
        let isProbe = ["/livez", "/healthz", "/ready", "/readyz"].contains(path)
        let answer = try await served.call(route.method, path, as: nil)
        #expect((answer.status == 401) != isProbe, "\(route.method) \(path): \(answer.status)")
        let other = try await served.call(
          route.method, path, as: SecretText("mrl_" + String(repeating: "A", count: 48)))
        #expect((other.status == 401) != isProbe)
      }
    }
  }

  @Test("nobody whose token is revoked, or has expired")
  func ends() async throws {
    try await ServedPlane.with { served in
      try await served.expect(200, .get, "/api/v1/stats", as: served.reader)
      let store = served.plane.store
      let tokens = try await store.tokens().compactMap(\.record)
      for token in tokens { _ = try await store.revokeToken(token.id, by: "test", at: .now) }
      let answer = try await served.call(path: "/api/v1/stats", as: served.reader)
      #expect(answer.status == 401)
      #expect(answer.headers[.wwwAuthenticate] == #"Bearer realm="merlon""#)
      // What is wrong with a token is for the log, not for whoever shows it.
      #expect(!answer.text.contains("revoked"))
      #expect(served.log.text.contains("revoked"))
    }
  }

  @Test("those whose token may only read change nothing, and may see what would change")
  func roles() async throws {
    try await ServedPlane.with { served in
      let policy = ServedPlane.policy()
      try await served.expect(403, .put, "/api/v1/policy", as: served.reader, policy)
      try await served.expect(403, .post, "/api/v1/integrations", as: served.reader, "{}")
      try await served.expect(403, .delete, "/api/v1/integrations/prod", as: served.reader)
      try await served.expect(200, .post, "/api/v1/policy/plan", as: served.reader, policy)
      try await served.expect(200, .put, "/api/v1/policy", as: served.admin, policy)
    }
  }

  @Test("those whose token may only read change nothing by giving things a name that sounds harmless")
  func names() async throws {
    try await ServedPlane.with { served in
      _ = try await served.plane.createIntegration(
        "plan", IntegrationSettings(server: "http://127.0.0.1:1"), token: nil, by: "test")
      let path = "/api/v1/integrations/plan"
      try await served.expect(403, .patch, path, as: served.reader, #"{"server": "http://127.0.0.1:2"}"#)
      try await served.expect(403, .delete, path, as: served.reader)
      try await served.expect(403, .post, path + "/test", as: served.reader)
    }
  }

  @Test("at no more than so many requests at once from one address, and again after a while")
  func rate() {
    let time = ManualTime()
    let limit = LimitRate(perSecond: 2, burst: 3, now: { time.now })
    #expect((0..<5).map { _ in limit.admits("10.0.0.1") } == [true, true, true, false, false])
    #expect(limit.admits("10.0.0.2"))
    time.pass(.milliseconds(500))
    #expect(limit.admits("10.0.0.1"))
    #expect(!limit.admits("10.0.0.1"))
    time.pass(.seconds(100))
    #expect((0..<4).map { _ in limit.admits("10.0.0.1") } == [true, true, true, false])
  }
}

extension ServedPlane {
  func call(path: String, as token: SecretText?) async throws -> Answer {
    try await call(.get, path, as: token)
  }
}
