import FakeAPIServer
import Foundation
import Testing

@Suite("merlon get sets --watch after a lost connection", .timeLimit(.minutes(30)))
struct SetWatchTests {
  private static func member(_ name: String, _ address: String) -> String {
    #"{"source":0,"integration":"prod","uid":"uid-\#(name)","objectKind":"pod","namespace":"shop","name":"\#(name)","addresses":["\#(address)"]}"#
  }

  private static func event(_ name: String, _ id: Int, _ rest: String, state: String = "fresh") -> String {
    "event: \(name)\nid: \(id)\ndata: {\"version\":\(id),\"sources\":[{\"integration\":\"prod\",\"state\":\"\(state)\"}],\(rest)}\n\n"
  }

  private static func stream(_ text: String, isComplete: Bool = true) -> FakeAnswer {
    // Cut where nobody expects it.
    let bytes = Array(text.utf8)
    return .response(
      status: 200, headers: [("content-type", "text/event-stream")],
      chunks: [Array(bytes.prefix(50)), Array(bytes.dropFirst(50))], isComplete: isComplete)
  }

  @Test("goes on from the last event, repeats nothing, and misses nothing that a whole set shows")
  func resumption() async throws {
    let (web, second, third) = (
      Self.member("web", "10.0.0.1"), Self.member("web-2", "10.0.0.2"), Self.member("web-3", "10.0.0.3")
    )
    let path = "/api/v1/sets/web"
    let cluster = FakeCluster()
    cluster.fail(
      path, Self.stream(Self.event("snapshot", 7, #""members":[\#(web)],"exclusions":[]"#), isComplete: false)
    )
    cluster.fail(
      path,
      Self.stream(
        ": alive\n\n" + Self.event("delta", 8, #""since":7,"joined":[\#(second)],"left":[\#(web)]"#)))
    cluster.fail(path, .close)
    cluster.fail(
      path, .json(#"{"title":"Service Unavailable","status":503,"detail":"it starts"}"#, status: 503))
    cluster.fail(
      path, Self.stream(Self.event("snapshot", 12, #""members":[\#(second),\#(third)]"#, state: "stale")))
    cluster.fail(
      path,
      .json(
        #"{"title":"Not Found","status":404,"detail":"the policy has no source group `web`"}"#, status: 404))
    try await FakeAPIServer.serving(cluster, as: .none) { server in
      let result = try Program.run(
        "get", "sets", "web", "--watch", environment: ["MERLON_SERVER": server.url, "MERLON_TOKEN": "x"])
      #expect(
        result.output == """
          + pod shop/web 10.0.0.1 (prod)
          - pod shop/web 10.0.0.1 (prod)
          + pod shop/web-2 10.0.0.2 (prod)
          + pod shop/web-3 10.0.0.3 (prod)
          - pod shop/web-2 10.0.0.2 (prod)
          - pod shop/web-3 10.0.0.3 (prod)

          """, "\(result.errors)")
      #expect(result.status == 1)
      #expect(result.errors.contains("the connection is lost"))
      #expect(result.errors.contains("source 1 (prod) of web is stale"))
      #expect(result.errors.contains("the policy has no source group `web`"))
      #expect(cluster.requests.map { $0.header("last-event-id") } == [nil, "7", "8", "8", "8", "12"])
      #expect(cluster.requests.allSatisfy { $0.parameter("watch") == "true" })
    }
  }

  @Test("lines are objects with -o json")
  func json() async throws {
    let cluster = FakeCluster()
    cluster.fail(
      "/api/v1/sets/web",
      Self.stream(Self.event("snapshot", 1, #""members":[\#(Self.member("web", "10.0.0.1"))]"#)))
    cluster.fail("/api/v1/sets/web", .json(#"{"status":403,"detail":"no more"}"#, status: 403))
    try await FakeAPIServer.serving(cluster, as: .none) { server in
      let result = try Program.run(
        "get", "sets", "web", "-w", "-o", "json",
        environment: ["MERLON_SERVER": server.url, "MERLON_TOKEN": "x"])
      #expect(result.status == 2)
      #expect(
        result.output
          == #"{"change":"joined","integration":"prod","objectKind":"pod","name":"shop/web","uid":"uid-web","addresses":["10.0.0.1"]}"#
          + "\n")
    }
  }

  @Test("3: a stream that could never be opened is not tried again")
  func neverBegun() async throws {
    let cluster = FakeCluster()
    cluster.fail("/api/v1/sets/web", .close)
    try await FakeAPIServer.serving(cluster, as: .none) { server in
      let result = try Program.run(
        "get", "sets", "web", "--watch", environment: ["MERLON_SERVER": server.url, "MERLON_TOKEN": "x"])
      #expect(result.status == 3)
      #expect(cluster.requests.count == 1)
    }
  }
}
