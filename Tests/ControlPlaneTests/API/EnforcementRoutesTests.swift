import FakeAPIServer
import HTTPTypes
import Kubernetes
import KubernetesAPI
import SourceGroups
import Testing

@testable import ControlPlane

@Suite("What gateways ask", .timeLimit(.minutes(30)))
struct EnforcementRoutesTests {
  @Test("is the policy as it was put, and every source of a cluster with its members' addresses")
  func state() async throws {
    try await ServedPlane.with { served in
      let nothing = try await served.call(path: "/api/v1/enforcement", as: served.reader)
      #expect(nothing.text == #"{"version":0,"policyRevision":0,"sources":[]}"#)
      try await served.expect(200, .put, "/api/v1/policy", as: served.admin, ServedPlane.policy())
      try await served.until { ServedPlane.members("web", $0) == ["web"] }
      let answer = try await served.call(path: "/api/v1/enforcement", as: served.reader)
      let data = try answer.data
      #expect(data["policy"]?.text == ServedPlane.policy())
      #expect(data["policyRevision"]?.text == "1")
      let sources = data["sources"]?.elements ?? []
      #expect(sources.map { $0["group"]?.text } == ["web"])
      #expect(sources.first?["state"]?.text == "following" && sources.first?["unresolved"]?.text == "false")
      #expect(sources.first?["addresses"]?.elements.map(\.text) == ["10.244.0.5"])
      let tag = try #require(answer.headers[.eTag])
      try await served.expect(
        304, .get, "/api/v1/enforcement", as: served.reader, headers: [.ifNoneMatch: tag])
    }
  }

  @Test("is proved by the state that it is about, kind by kind")
  func freshness() async throws {
    try await ServedPlane.with { served in
      try await served.expect(200, .put, "/api/v1/policy", as: served.admin, ServedPlane.policy())
      try await served.until { ServedPlane.members("web", $0) == ["web"] }
      let answer = try await served.call(path: "/api/v1/freshness", as: served.reader)
      let state = try await served.call(path: "/api/v1/enforcement", as: served.reader)
      #expect(try state.headers[.eTag] == "\"\(answer.data["state"]?.text ?? "")\"")
      let proofs = try answer.data["proofs"]?.elements ?? []
      #expect(proofs.map { $0["kind"]?.text } == ["namespaces", "pods"])
      for proof in proofs {
        #expect(proof["integration"]?.text == "prod" && proof["phase"]?.text == "synced")
        #expect(Int(proof["milliseconds"]?.text ?? "").map { $0 < 60_000 } == true)
      }
    }
  }

  @Test("is told change by change, and as a whole when the policy is another one")
  func stream() async throws {
    try await ServedPlane.with { served in
      try await served.expect(200, .put, "/api/v1/policy", as: served.admin, ServedPlane.policy())
      try await served.until { ServedPlane.members("web", $0) == ["web"] }
      let before = served.plane.resolver.state
      served.cluster.put(
        .pods, "new",
        FakeCluster.pod("web", "10.244.0.9").replacing(#""name":"web""#, with: #""name":"web-2""#)
          .replacing("uid-web", with: "uid-web-2"))
      try await served.until { ServedPlane.members("web", $0) == ["web", "web-2"] }
      let after = served.plane.resolver.state
      let now = served.plane.clock.timing.now()
      guard case .event("delta", let id, let delta) = after.enforcementEvent(since: before, in: "e", now: now)
      else {
        Issue.record("no delta")
        return
      }
      #expect(id == "e-1-\(after.identities.version)")
      #expect(delta.contains(#""sources":[{"group":"web","source":0,"joined":["10.244.0.9"]}]"#))
      let age = try Document.json(Array(delta.utf8), file: SourceFile(path: "delta")).root["microseconds"]?
        .text
      let heard = try #require(age.flatMap { Int($0) })
      guard
        case .event(_, _, let later) = after.enforcementEvent(since: before, in: "e", now: now + .seconds(1))
      else {
        Issue.record("no delta a second later")
        return
      }
      #expect(heard < 60_000_000 && later.contains(#""microseconds":\#(heard + 1_000_000),"#))
      guard case .nothing = after.enforcementEvent(since: after, in: "e", now: now) else {
        Issue.record("something became of nothing")
        return
      }
      try await served.expect(
        200, .put, "/api/v1/policy", as: served.admin,
        ServedPlane.policy().replacing("192.0.2.0/24", with: "192.0.2.0/25"))
      let other = served.plane.resolver.state
      #expect(other.policy?.revision.header.number == 2)
      guard case .event("state", _, _) = other.enforcementEvent(since: after, in: "e", now: now) else {
        Issue.record("no state")
        return
      }
    }
  }
}
