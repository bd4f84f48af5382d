import KubernetesAPI
import Testing

@Suite("A client asks again where that helps")
struct APIClientTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let steps: [ScriptedTransport.Step]
    /// How often is asked until the answer is there; nil when it is an error.
    let answeredAt: Int?
    let requests: Int
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "an answer", steps: [.status(200)], answeredAt: 1, requests: 1),
    Case(
      name: "a connection that breaks", steps: [.failure(.closed), .failure(.connect), .status(200)],
      answeredAt: 3, requests: 3),
    Case(
      name: "a server that is busy", steps: [.status(429), .status(503), .status(500), .status(200)],
      answeredAt: 4, requests: 4),
    Case(
      name: "a server that stays busy", steps: Array(repeating: .status(503), count: 9), answeredAt: nil,
      requests: 6),
    Case(
      name: "a certificate nobody vouches for", steps: [.failure(.tls), .status(200)], answeredAt: nil,
      requests: 1),
    Case(
      name: "403 of a server that has just started", steps: [.status(403), .status(403), .status(200)],
      answeredAt: 3, requests: 3),
    Case(
      name: "403 that stays", steps: Array(repeating: .status(403), count: 9), answeredAt: nil, requests: 3),
    Case(
      name: "401 of an old token", steps: [.status(401), .status(200)], answeredAt: 2, requests: 2),
    Case(
      name: "401 that stays", steps: Array(repeating: .status(401), count: 9), answeredAt: nil, requests: 3),
    Case(
      name: "a server that says nothing, which takes a minute each time",
      steps: [.failure(.timeout), .failure(.timeout), .status(200)], answeredAt: nil, requests: 2),
    Case(name: "206, a part of an answer", steps: [.status(206)], answeredAt: nil, requests: 1),
    Case(name: "404", steps: [.status(404), .status(200)], answeredAt: nil, requests: 1),
    Case(name: "a redirection, which is not followed", steps: [.status(302)], answeredAt: nil, requests: 1),
  ]

  @Test("and nowhere else", arguments: cases)
  func retries(_ example: Case) async {
    let server = ScriptedTransport(example.steps)
    let body = try? await server.client.read(APIRequest("/version"))
    #expect((body != nil) == (example.answeredAt != nil))
    #expect(server.targets.count == example.requests)
    #expect(server.waits.count == example.requests - 1)
  }

  @Test("waits double, unless the server says how long to wait")
  func waits() async throws {
    let server = ScriptedTransport([
      .status(503), .status(503), .status(429, headers: [("retry-after", "7")]), .status(200),
    ])
    _ = try await server.client.read(APIRequest("/version"))
    #expect(server.waits == [.milliseconds(200), .milliseconds(400), .seconds(7)])
  }

  @Test("after a 401 the credential is read anew")
  func unauthorised() async throws {
    let server = ScriptedTransport([.status(401), .status(200)])
    _ = try await server.client.read(APIRequest("/version"))
    #expect(server.invalidations == 1)
  }

  @Test("a refusal repeats no credential, and is one line")
  func secrets() async {
    let message = #"no \u001b[31m\n::error::[Bearer 0] 0"#
    let server = ScriptedTransport([
      .status(400, #"{"kind":"Status","reason":"Bad","message":"\#(message)","code":400}"#)
    ])
    do throws(APIError) {
      _ = try await server.client.read(APIRequest("/version"))
      Issue.record("a refusal is taken for an answer")
    } catch {
      #expect("\(error)" == "Bad (HTTP 400): no  [31m ::error::[<secret>] <secret>")
    }
  }

  @Test("a refusal says what the server says")
  func refusal() async {
    let server = ScriptedTransport([
      .status(404, #"{"kind":"Status","reason":"NotFound","message":"no such thing","code":404}"#)
    ])
    await #expect(throws: APIError.self) { try await server.client.read(APIRequest("/version")) }
    do throws(APIError) {
      _ = try await ScriptedTransport([.status(418, "<html>teapot</html>")]).client.read(
        APIRequest("/version"))
    } catch {
      #expect("\(error)" == "HTTP 418")
    }
  }
}
