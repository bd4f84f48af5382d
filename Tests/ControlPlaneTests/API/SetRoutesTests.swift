import FakeAPIServer
import HTTPTypes
import Kubernetes
import KubernetesAPI
import SourceGroups
import Testing

@testable import ControlPlane

@Suite("Sets, owners of addresses, and traces", .timeLimit(.minutes(30)))
struct SetRoutesTests {
  private static func follow(_ body: @escaping @Sendable (ServedPlane) async throws -> Void) async throws {
    try await ServedPlane.with { served in
      _ = try await served.call(.put, "/api/v1/policy", as: served.admin, ServedPlane.policy())
      try await served.until { ServedPlane.members("web", $0) == ["web"] }
      try await body(served)
    }
  }

  @Test("follow the cluster: who comes, who is finished and why that counts")
  func members() async throws {
    try await Self.follow { served in
      let before = try await served.call(path: "/api/v1/sets/web", as: served.reader)
      #expect(
        try before.data["members"]?.elements.first?["addresses"]?.elements.map(\.text) == ["10.244.0.5"])
      let version = served.plane.resolver.state.identities["web"]?.version ?? 0
      let finished = FakeCluster.pod("web", "10.244.0.9").replacing("Running", with: "Succeeded").replacing(
        #""name":"web""#, with: #""name":"job""#)
      served.cluster.put(.pods, "job", finished)
      try await served.until { ($0.identities["web"]?.version ?? 0) > version }
      let after = try await served.call(path: "/api/v1/sets/web", as: served.reader)
      #expect(try after.data["members"]?.elements.map { $0["name"]?.text } == ["web"])
      #expect(try after.data["exclusions"]?.elements.map { $0["name"]?.text } == ["job"])
      #expect(after.text.contains("finished"))
      try await served.expect(404, .get, "/api/v1/sets/none", as: served.reader)
    }
  }

  @Test("have versions that no other process gives to other members")
  func tags() async throws {
    try await Self.follow { served in
      let tag = try #require(
        try await served.call(path: "/api/v1/sets/web", as: served.reader).headers[.eTag])
      let same = try await served.call(
        .get, "/api/v1/sets/web", as: served.reader, headers: [.ifNoneMatch: tag])
      #expect(same.status == 304)
      let number = try #require(tag.split(separator: "-").last.map { "\"" + $0 })
      let other = try await served.call(
        .get, "/api/v1/sets/web", as: served.reader, headers: [.ifNoneMatch: number])
      #expect(other.status == 200)
      #expect(IdentitySet.version("0-7", in: "0") == 7)
      #expect(IdentitySet.version("1-7", in: "0") == nil)
      #expect(IdentitySet.version("7", in: "0") == nil)
    }
  }

  @Test("tell whose an address is, and of which groups")
  func whois() async throws {
    try await Self.follow { served in
      let answer = try await served.call(path: "/api/v1/whois/10.244.0.5", as: served.reader)
      #expect(try answer.data["holders"]?.elements.map { $0["name"]?.text } == ["web"])
      #expect(try answer.data["holders"]?.elements.first?["groups"]?.elements.map(\.text) == ["web"])
      try await served.expect(200, .get, "/api/v1/whois/10.9.9.9", as: served.reader)
      try await served.expect(400, .get, "/api/v1/whois/nobody", as: served.reader)
    }
  }

  @Test(
    "decide connections as they are at the moment, with rules and places",
    arguments: [
      ("prod/shop/web", "192.0.2.7", "tcp/443", "allowed"), ("10.244.0.5", "192.0.2.7", "tcp/443", "allowed"),
      ("10.244.0.5", "192.0.2.7", "tcp/80", "denied"), ("10.244.0.6", "192.0.2.7", "tcp/443", "denied"),
      ("10.244.0.5", "198.51.100.1", "tcp/443", "denied"),
    ])
  func trace(source: String, destination: String, port: String, verdict: String) async throws {
    try await Self.follow { served in
      let answer = try await served.call(
        path: "/api/v1/trace?from=\(source)&to=\(destination)&port=\(port)", as: served.reader)
      #expect(try answer.data["traces"]?.elements.map { $0["outcome"]?.text } == [verdict])
      #expect(answer.text.contains("policy:"))
    }
  }

  @Test(
    "say what is wrong with a question",
    arguments: [
      ("", 400), ("?from=10.0.0.1&to=192.0.2.1", 400), ("?from=x&to=192.0.2.1&port=tcp/1", 422),
      ("?from=prod/shop/nobody&to=192.0.2.1&port=tcp/1", 422), ("?from=10.0.0.1&to=192.0.2.1&port=443x", 422),
      ("?from=10.0.0.1&to=fd00::1&port=tcp/1", 422),
    ])
  func questions(query: String, status: Int) async throws {
    try await Self.follow { served in
      let answer = try await served.call(path: "/api/v1/trace" + query, as: served.reader)
      #expect(answer.status == status, "\(answer.text)")
    }
  }

  @Test("deny what may be a member of a group that denies, as long as its cluster has not been listed")
  func unresolved() async throws {
    let denying = ServedPlane.policy(
      rest: """
            - id: everybody
              priority: 20
              sources: [{cidrs: [10.0.0.0/8]}]
              rules: [{id: all, action: allow, to: {anywhere: true}, traffic: [{protocol: any}]}]
        """
    ).replacing("action: allow\n          to: {cidrs", with: "action: deny\n          to: {cidrs")
    let cluster = FakeCluster.shop(token: ServedPlane.clusterToken)
    cluster.forbid("/api/v1/pods")
    try await ServedPlane.with(cluster) { served in
      let put = try await served.call(.put, "/api/v1/policy", as: served.admin, denying)
      #expect(put.status == 200, "\(put.text)")
      let path = "/api/v1/trace?from=10.9.9.9&to=192.0.2.7&port=tcp/443"
      let closed = try await served.call(path: path, as: served.reader)
      #expect(try closed.data["traces"]?.elements.map { $0["outcome"]?.text } == ["denied"], "\(closed.text)")
      cluster.permit("/api/v1/pods")
      try await served.until { ServedPlane.members("web", $0) == ["web"] }
      let open = try await served.call(path: path, as: served.reader)
      #expect(try open.data["traces"]?.elements.map { $0["outcome"]?.text } == ["allowed"])
    }
  }

  @Test("are not to be asked before everything that the policy needs has been listed")
  func readiness() async throws {
    let cluster = FakeCluster.shop(token: ServedPlane.clusterToken)
    cluster.forbid("/api/v1/pods")
    try await ServedPlane.with(cluster) { served in
      try await served.expect(200, .get, "/readyz", as: nil)
      _ = try await served.call(.put, "/api/v1/policy", as: served.admin, ServedPlane.policy())
      let waiting = try await served.call(path: "/readyz", as: nil)
      #expect(waiting.status == 503)
      #expect(waiting.text.contains("integration/prod"))
      cluster.permit("/api/v1/pods")
      try await served.until { ServedPlane.members("web", $0) == ["web"] }
      try await served.expect(200, .get, "/readyz", as: nil)
      #expect(try await served.call(path: "/livez", as: nil).text == "ok\n")
    }
  }

  @Test("can be asked while a cluster is not heard of, and it is said")
  func unsure() async throws {
    try await Self.follow { served in
      served.cluster.rotateToken("another")
      served.cluster.cutWatches()
      try await served.until { $0.integrations["prod"]?.phase == .failed }
      let answer = try await served.call(path: "/readyz", as: nil)
      #expect(answer.status == 200)
      let checks = try #require(try answer.data["checks"]?.elements)
      let detail = checks.first { $0["name"]?.text == "integration/prod" }?["detail"]?.text
      #expect(detail?.hasPrefix("failed, since it had been listed: ") == true)
    }
  }

  @Test("are counted in metrics that Prometheus reads, without names of pods")
  func metrics() async throws {
    try await Self.follow { served in
      let text = try await served.call(path: "/metrics", as: served.reader).text
      #expect(text.contains(#"merlon_set_members{group="web"} 1"#))
      #expect(text.contains(#"merlon_integration_phase{integration="prod",kind="pods",phase="synced"} 1"#))
      #expect(text.contains(#"merlon_integration_lists_total{integration="prod",kind="pods"} 1"#))
      #expect(!text.contains("10.244"))
      for line in text.split(separator: "\n") where !line.hasPrefix("#") {
        #expect(
          line.wholeMatch(of: /[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.]+/) != nil, "\(line)")
      }
    }
  }
}

@Suite("The connectivity of a cluster that is followed", .timeLimit(.minutes(30)))
struct ConnectivityRouteTests {
  @Test("is what its own policies let through, narrowed to what is asked for")
  func connectivity() async throws {
    try await ServedPlane.with { served in
      let path = "/api/v1/clusters/prod/connectivity"
      let all = try await served.call(path: path + "?to=shop/db", as: served.reader)
      #expect(all.status == 200, "\(all.text)")
      let rows = try all.data["rows"]?.elements ?? []
      #expect(rows.contains { $0["source"]?.text.contains("web") ?? false }, "\(all.text)")
      #expect(!all.text.contains(FakeCluster.secret))
      try await served.expect(400, .get, path + "?port=x", as: served.reader)
      try await served.expect(422, .get, path + "?from=shop/nobody", as: served.reader)
      try await served.expect(404, .get, "/api/v1/clusters/none/connectivity", as: served.reader)
      served.cluster.forbid("/api/v1/pods")
      try await served.expect(502, .get, path, as: served.reader)
    }
  }
}
