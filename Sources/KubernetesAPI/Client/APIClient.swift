internal import Kubernetes

/// Says who asks.
package protocol RequestAuthorizing: Sendable {
  /// Headers for the next request.
  func headers() async throws(APIError) -> [(name: String, value: String)]
  /// The server does not take what ``headers()`` gave: next time it is read anew.
  func invalidate() async
}

/// Asks an API server, and asks again where that helps: after connections that broke, 429 and 5xx, after a 401 with a
/// credential that is read anew, and after a 403, which a server that has just started answers to everybody for a moment.
package struct APIClient: Sendable {
  private let transport: any APITransport
  private let authorization: any RequestAuthorizing
  private let timing: Timing

  package init(
    _ transport: any APITransport, _ authorization: any RequestAuthorizing, timing: Timing = .system
  ) {
    self.transport = transport
    self.authorization = authorization
    self.timing = timing
  }

  /// The body of a successful answer to a read.
  package nonisolated(nonsending) func read(_ request: APIRequest) async throws(APIError) -> [UInt8] {
    try await retrying { () async throws(APIError) in
      var body: [UInt8] = []
      try await stream(request) { piece throws(APIError) in
        body += piece
        if body.count > DocumentLimits.inputBytes {
          throw .unreadable("an answer is larger than \(DocumentLimits.inputBytes >> 20) MiB")
        }
      }
      return body
    }
  }

  /// The answer to one request, a refusal among them, with its headers. Nothing is asked twice.
  ///
  /// - Parameter limit: how long the body may be, in bytes.
  /// - Throws: when there is none.
  package nonisolated(nonsending) func ask(
    _ request: APIRequest, upTo limit: Int = Self.shortAnswer
  ) async throws(APIError) -> APIAnswer {
    try await send(request, accepting: "application/json") { _, response in
      try await APIAnswer(response, upTo: limit)
    }
  }

  /// Asks once, and gives the pieces of a successful answer as they come.
  ///
  /// - Parameter type: what the answer is to be, `text/event-stream`.
  /// - Returns: the refusal; nil when the answer was given, and is over.
  package nonisolated(nonsending) func follow(
    _ request: APIRequest, accepting type: String, _ body: ([UInt8]) async throws(APIError) -> Void
  ) async throws(APIError) -> APIAnswer? {
    try await send(request, accepting: type) { _, response in
      guard response.status == 200 else {
        if response.status == 401 { await authorization.invalidate() }
        return try await APIAnswer(response, upTo: Self.shortAnswer)
      }
      for try await piece in response.body { try await body(piece) }
      return nil
    }
  }

  /// How long an answer is that says why there is no other.
  package static let shortAnswer = 1 << 20

  /// Sends a request in the name of whoever asks, and says in one way why no answer came.
  ///
  /// - Parameter receive: gets the request as it was sent.
  private nonisolated(nonsending) func send<Result>(
    _ request: APIRequest, accepting type: String, _ receive: (APIRequest, APIResponse) async throws -> Result
  ) async throws(APIError) -> Result {
    var request = request
    request.headers += [(name: "accept", value: type)] + (try await authorization.headers())
    do {
      return try await receive(request, try await transport.send(request))
    } catch let error as APIError {
      throw error
    } catch let error as TransportError {
      throw .transport(error)
    } catch {
      throw Task.isCancelled ? .cancelled : .transport(TransportError(.closed, "\(error)"))
    }
  }

  /// Tries until it succeeds or another try would not help.
  nonisolated(nonsending) func retrying<Result>(_ attempt: () async throws(APIError) -> Result)
    async throws(APIError) -> Result
  {
    var attempts = Attempts()
    while true {
      do throws(APIError) {
        return try await attempt()
      } catch {
        guard let wait = attempts.wait(after: error, random: timing.random) else { throw error }
        guard await timing.waited(wait) else { throw .cancelled }
      }
    }
  }

  /// Asks once, and gives the pieces of a successful answer as they come.
  ///
  /// - Parameter started: called when the head of a successful answer is there.
  nonisolated(nonsending) func stream(
    _ request: APIRequest, started: () async -> Void = {},
    _ body: ([UInt8]) async throws(APIError) -> Void
  ) async throws(APIError) {
    try await send(request, accepting: "application/json") { request, response in
      if response.status == 200 {
        await started()
        try await GatheredPieces.read(response.body, body)
        return
      }
      if response.status == 401 { await authorization.invalidate() }
      throw APIError.refused(
        APIStatus(
          code: response.status, retryAfter: response.header("retry-after"),
          body: try await response.text(upTo: Self.shortAnswer) ?? []
        ).without(secrets: Self.secrets(in: request)))
    }
  }

  /// What a server must not repeat in a message: all that says who asks.
  private static func secrets(in request: APIRequest) -> [String] {
    request.headers.filter { $0.name == "authorization" }.flatMap { header in
      [header.value] + header.value.split(separator: " ").dropFirst().map(String.init)
    }
  }
}

/// An answer as it came.
package struct APIAnswer: Sendable {
  package let status: Int
  /// With names in lower case.
  package let headers: [(name: String, value: String)]
  package let body: [UInt8]

  private init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The value of a header, named in lower case.
  package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

  /// - Throws: when the body is longer than that, or is cut short.
  fileprivate init(_ response: APIResponse, upTo limit: Int) async throws {
    guard let body = try await response.text(upTo: limit) else {
      throw APIError.unreadable("an answer is larger than \(limit >> 20) MiB")
    }
    self.init(status: response.status, headers: response.headers, body: body)
  }
}

extension APIResponse {
  /// The whole body; nil when it is longer than anybody wants to read.
  fileprivate func text(upTo limit: Int) async throws -> [UInt8]? {
    var text: [UInt8] = []
    for try await piece in body {
      text += piece
      if text.count > limit { return nil }
    }
    return text
  }
}

/// How often something failed, and how long to wait before the next try.
private struct Attempts {
  private var failures = 0
  private var timeouts = 0
  private var refusals: [Int: Int] = [:]

  private static let most = 5
  /// Refusals that are believed the third time.
  private static let mostRefusals = 2

  /// Nil when another try would not help.
  mutating func wait(after error: APIError, random: () -> Double) -> Duration? {
    switch error {
    case .credentials, .unreadable: return nil
    case .transport(let transport):
      switch transport.reason {
      // These do not become better by waiting.
      case .tls, .certificate, .tooLarge: return nil
      case .timeout:
        timeouts += 1
        if timeouts > 1 { return nil }
      case .connect, .closed: break
      }
    case .refused(let status):
      switch status.code {
      case 401, 403:
        refusals[status.code, default: 0] += 1
        if refusals[status.code, default: 0] > Self.mostRefusals { return nil }
        return .milliseconds(150)
      case 429, 500, 502, 503, 504:
        if let seconds = status.retryAfter, failures < Self.most {
          failures += 1
          return .seconds(min(seconds, 10))
        }
      default: return nil
      }
    }
    failures += 1
    if failures > Self.most { return nil }
    // 0.2 s, 0.4 s, … up to 3.2 s, each shortened by up to a half so that many clients do not come at once.
    return .milliseconds(Int(Double(100 << failures) * (1 - random() / 2)))
  }
}
