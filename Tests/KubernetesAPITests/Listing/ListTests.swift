import Kubernetes
import KubernetesAPI
import Testing

@Suite("Lists in pages")
struct ListTests {
  private static let pods = APIResource(version: "v1", name: "pods", kind: "Pod")

  private static func page(_ names: String..., next: String? = nil) -> ScriptedTransport.Step {
    let items = names.map { #"{"metadata":{"name":"\#($0)"}}"# }.joined(separator: ",")
    let next = next.map { #","continue":"\#($0)""# } ?? ""
    return .status(200, #"{"kind":"PodList","metadata":{"resourceVersion":"7"\#(next)},"items":[\#(items)]}"#)
  }

  private static let expired = ScriptedTransport.Step.status(
    410, #"{"kind":"Status","reason":"Expired","message":"too old","metadata":{"continue":"b"},"code":410}"#)

  private static func names(_ server: ScriptedTransport) async throws -> [String] {
    try await server.client.list(pods) { node in node["metadata"]?["name"]?.text }.objects
  }

  @Test("are asked for until no token comes")
  func pages() async throws {
    let server = ScriptedTransport([Self.page("a", "b", next: "x/y="), Self.page("c")])
    #expect(try await Self.names(server) == ["a", "b", "c"])
    #expect(server.targets == ["/api/v1/pods?limit=500", "/api/v1/pods?limit=500&continue=x%2Fy%3D"])
  }

  @Test("are begun again when the token has expired, for else objects of two moments would be mixed")
  func expiry() async throws {
    let server = ScriptedTransport([
      Self.page("a", next: "x"), Self.expired, Self.page("b", next: "y"), Self.page("c"),
    ])
    #expect(try await Self.names(server) == ["b", "c"])
  }

  @Test("are asked for in one piece when the token expires again")
  func secondExpiry() async throws {
    let server = ScriptedTransport([
      Self.page("a", next: "x"), Self.expired, Self.page("a", next: "x"), Self.expired, Self.page("d", "e"),
    ])
    #expect(try await Self.names(server) == ["d", "e"])
    #expect(server.targets.last == "/api/v1/pods")
  }

  @Test("may be null, which is an empty list")
  func null() async throws {
    let server = ScriptedTransport([.status(200, #"{"kind":"PodList","metadata":{},"items":null}"#)])
    #expect(try await Self.names(server) == [])
  }

  @Test("that go on for ever are errors")
  func loop() async {
    let server = ScriptedTransport([Self.page("a", next: "x"), Self.page("a", next: "x"), Self.page("b")])
    await #expect(throws: APIError.self) { try await Self.names(server) }
    #expect(server.targets.count == 2)
  }

  @Test(
    "that are none are errors",
    arguments: [
      "{}", "[]", #"{"kind":"PodList","items":{}}"#, #"{"kind":"PodList","items":[}"#, "",
      #"{"kind":"PodList","items":[]} {}"#, #"{"kind":"Status","items":[]}"#, #"{"items":[]}"#,
    ])
  func unreadable(_ text: String) async {
    await #expect(throws: APIError.self) { try await Self.names(ScriptedTransport([.status(200, text)])) }
  }
}
