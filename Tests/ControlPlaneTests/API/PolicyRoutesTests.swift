import HTTPTypes
import Kubernetes
import KubernetesAPI
import SourceGroups
import Testing

@testable import ControlPlane

@Suite("The policy of a control plane", .timeLimit(.minutes(30)))
struct PolicyRoutesTests {
  @Test("is stored, counts, and is given back as what it says")
  func put() async throws {
    try await ServedPlane.with { served in
      try await served.expect(404, .get, "/api/v1/policy", as: served.reader)
      let put = try await served.call(.put, "/api/v1/policy", as: served.admin, ServedPlane.policy())
      #expect(put.status == 200)
      #expect(put.headers[.eTag] == "\"1\"")
      #expect(try put.data["changed"]?.text == "true")
      try await served.until { ServedPlane.members("web", $0) == ["web"] }
      let json = try await served.call(path: "/api/v1/policy", as: served.reader)
      let yaml = try await served.call(path: "/api/v1/policy?format=yaml", as: served.reader)
      let text = try await served.call(path: "/api/v1/policy?format=text", as: served.reader)
      #expect(text.text == ServedPlane.policy())
      let own = ControlPlane.read(ServedPlane.policy()).policy
      #expect(ControlPlane.read(json.text).policy == own)
      #expect(ControlPlane.read(yaml.text).policy == own)
      let seen = try await served.call(
        .get, "/api/v1/policy", as: served.reader, headers: [.ifNoneMatch: "\"1\""])
      #expect(seen.status == 304)
    }
  }

  @Test("stays as it is when a document says the same in other words")
  func identical() async throws {
    try await ServedPlane.with { served in
      _ = try await served.call(.put, "/api/v1/policy", as: served.admin, ServedPlane.policy())
      try await served.until { ServedPlane.members("web", $0) == ["web"] }
      let before = served.plane.resolver.state.identities.version
      let again = try await served.call(
        .put, "/api/v1/policy", as: served.admin, "# another comment\n" + ServedPlane.policy())
      #expect(try again.data["changed"]?.text == "false")
      #expect(again.headers[.eTag] == "\"1\"")
      #expect(served.plane.resolver.state.identities.version == before)
    }
  }

  @Test("is not replaced by somebody who has not seen it")
  func conflict() async throws {
    try await ServedPlane.with { served in
      let first: HTTPFields = [.ifNoneMatch: "*"]
      try await served.expect(
        200, .put, "/api/v1/policy", as: served.admin, ServedPlane.policy(), headers: first)
      let second = ServedPlane.policy(app: "db")
      try await served.expect(412, .put, "/api/v1/policy", as: served.admin, second, headers: first)
      let stale: HTTPFields = [.ifMatch: "\"7\""]
      try await served.expect(412, .put, "/api/v1/policy", as: served.admin, second, headers: stale)
      #expect(served.plane.current.policy?.revision.header.number == 1)
      let seen: HTTPFields = [.ifMatch: "\"1\""]
      try await served.expect(200, .put, "/api/v1/policy", as: served.admin, second, headers: seen)
      #expect(served.plane.current.policy?.revision.header.number == 2)
    }
  }

  @Test(
    "is refused with every problem and its place",
    arguments: [
      (ServedPlane.policy(integration: "elsewhere"), "elsewhere", "policy:10"),
      (
        ServedPlane.policy().replacing("podSelector: {matchLabels", with: "podSelector: {match_labels"),
        "match_labels", "policy:14"
      ),
      (ServedPlane.policy(rest: "    - {}"), "", "policy"), ("{", "", "policy:2"), ("", "", ""),
    ])
  func refusal(text: String, word: String, place: String) async throws {
    try await ServedPlane.with { served in
      let answer = try await served.call(.put, "/api/v1/policy", as: served.admin, text)
      #expect(answer.status == 422)
      #expect(answer.headers[.contentType] == "application/problem+json")
      #expect(answer.text.contains(word))
      #expect(answer.text.contains(place))
      #expect(served.plane.current.policy == nil)
    }
  }

  @Test("can be tried out: a dry run and a plan change nothing")
  func plan() async throws {
    try await ServedPlane.with { served in
      _ = try await served.call(.put, "/api/v1/policy", as: served.admin, ServedPlane.policy())
      let wider = ServedPlane.policy().replacing("port: 443", with: "port: 8443")
      let dry = try await served.call(.put, "/api/v1/policy?dryRun=true", as: served.admin, wider)
      #expect(dry.status == 200)
      let plan = try await served.call(.post, "/api/v1/policy/plan", as: served.reader, wider)
      #expect(try plan.data["effect"]?.text == "different")
      #expect(try plan.data["differences"]?.elements.isEmpty == false)
      let same = try await served.call(.post, "/api/v1/policy/plan", as: served.reader, ServedPlane.policy())
      #expect(try same.data["effect"]?.text == "identical")
      #expect(served.plane.current.policy?.revision.header.number == 1)
    }
  }

  @Test("can be rolled back, which is a revision of its own, and everything is in the audit trail")
  func rollback() async throws {
    try await ServedPlane.with { served in
      _ = try await served.call(.put, "/api/v1/policy", as: served.admin, ServedPlane.policy())
      _ = try await served.call(.put, "/api/v1/policy", as: served.admin, ServedPlane.policy(app: "db"))
      try await served.until { ServedPlane.members("web", $0) == ["db"] }
      let back = try await served.call(.post, "/api/v1/policy/revisions/1/rollback", as: served.admin)
      #expect(back.status == 200)
      try await served.until { ServedPlane.members("web", $0) == ["web"] }
      let revisions = try await served.call(path: "/api/v1/policy/revisions", as: served.reader)
      #expect(try revisions.data["items"]?.elements.map { $0["number"]?.text } == ["3", "2", "1"])
      #expect(try revisions.data["items"]?.elements.first?["origin"]?.text == "1")
      let audit = try await served.call(path: "/api/v1/audit", as: served.reader)
      let actions = try audit.data["items"]?.elements.compactMap { $0["action"]?.text } ?? []
      #expect(actions.prefix(3) == ["policy.append", "policy.append", "policy.append"])
      #expect(actions.contains("integration.create"))
      #expect(try audit.data["items"]?.elements.first?["actor"]?.text == "token 1 (a)")
      try await served.expect(404, .post, "/api/v1/policy/revisions/99/rollback", as: served.admin)
    }
  }
}
