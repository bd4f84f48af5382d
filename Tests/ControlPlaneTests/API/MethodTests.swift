import HTTPTypes
import Testing

@testable import ControlPlane

@Suite("Methods of the API", .timeLimit(.minutes(30)))
struct MethodTests {
  @Test(
    "that a path does not have are 405, and the answer says which it has",
    arguments: [
      ("/livez", HTTPRequest.Method.post, "GET, HEAD"), ("/api/v1/policy", .delete, "GET, HEAD, PUT"),
      ("/api/v1/integrations", .put, "GET, HEAD, POST"),
      ("/api/v1/integrations/prod", .post, "DELETE, GET, HEAD, PATCH"), ("/api/v1/policy/plan", .get, "POST"),
    ])
  func refused(path: String, method: HTTPRequest.Method, allowed: String) async throws {
    try await ServedPlane.with(follows: false) { served in
      let answer = try await served.call(method, path, as: served.admin, "{}")
      #expect(answer.status == 405, "\(answer.text)")
      #expect(answer.headers[.allow] == allowed)
      #expect(answer.headers[.contentType] == "application/problem+json")
      try await served.expect(404, method, path + "/none/none", as: served.admin)
    }
  }

  @Test("HEAD is answered as GET is, without a body")
  func head() async throws {
    try await ServedPlane.with { served in
      for path in ["/livez", "/api/v1/sets", "/api/v1/integrations/prod"] {
        let answer = try await served.call(.head, path, as: served.reader)
        #expect(answer.status == 200 && answer.text.isEmpty)
      }
      try await served.expect(401, .head, "/api/v1/sets", as: nil)
    }
  }
}
