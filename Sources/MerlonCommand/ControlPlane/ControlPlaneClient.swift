internal import Kubernetes
internal import KubernetesAPI

/// The API of a control plane. Nothing is asked twice: whoever types a command sees at once what is wrong.
struct ControlPlaneClient: Sendable {
  private let client: APIClient
  let server: ServerURL

  init(_ client: APIClient, at server: ServerURL) {
    self.client = client
    self.server = server
  }

  /// Sets of large clusters are long.
  private static let longestAnswer = 256 << 20

  /// Streams show every 15 seconds that they are alive.
  static let deadlines: TransportDeadlines = {
    var deadlines = TransportDeadlines()
    deadlines.idle = .seconds(45)
    return deadlines
  }()

  /// A successful answer.
  ///
  /// - Parameter place: where a position of the server's messages is, `policy:12:5`; nil for somewhere else.
  nonisolated(nonsending) func ask(
    _ request: APIRequest, place: (String) -> SourceLocation? = { _ in nil }
  ) async throws(ControlPlaneFailure) -> APIAnswer {
    let answer: APIAnswer
    do throws(APIError) {
      answer = try await client.ask(request, upTo: Self.longestAnswer)
    } catch {
      throw ControlPlaneFailure(error, at: server)
    }
    guard (200..<300).contains(answer.status) else {
      throw ControlPlaneFailure(refusal: answer, at: server, place: place)
    }
    return answer
  }

  /// A successful answer as data.
  nonisolated(nonsending) func data(
    _ request: APIRequest, place: (String) -> SourceLocation? = { _ in nil }
  ) async throws(ControlPlaneFailure) -> Node {
    let answer = try await ask(request, place: place)
    do throws(DocumentError) {
      return try Document.json(answer.body, file: SourceFile(path: request.path)).root
    } catch {
      throw ControlPlaneFailure(unreadable: "the answer to \(request.path) is not JSON", at: server)
    }
  }

  /// The text of a successful answer, with the revision or generation that it is of.
  nonisolated(nonsending) func text(
    _ request: APIRequest
  ) async throws(ControlPlaneFailure) -> (text: String, version: String?) {
    let answer = try await ask(request)
    return (
      String(decoding: answer.body, as: UTF8.self),
      answer.header("etag").map { String($0.filter { $0 != "\"" }) }
    )
  }

  /// Gives the pieces of an event stream as they come.
  ///
  /// - Returns: the refusal; nil when the stream is over.
  nonisolated(nonsending) func follow(
    _ request: APIRequest, _ body: ([UInt8]) async throws(APIError) -> Void
  ) async throws(APIError) -> APIAnswer? {
    try await client.follow(request, accepting: "text/event-stream", body)
  }
}

extension APIRequest {
  /// A request to the API of a control plane.
  ///
  /// - Parameters:
  ///   - path: behind `/api/v1/`; names in it have no characters that would need encoding.
  ///   - headers: in lower case.
  static func controlPlane(
    _ path: String, _ method: Method = .get, query: [(name: String, value: String)] = [], body: Body? = nil,
    headers: [(name: String, value: String)] = []
  ) -> APIRequest {
    var request = APIRequest("/api/v1/" + path, query: query, method: method, body: body)
    request.headers = headers
    return request
  }
}
