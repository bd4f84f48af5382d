/// What the server does with a request.
package enum FakeAnswer: Sendable {
  /// - isComplete: false ends the connection in the middle of the body.
  case response(
    status: Int, headers: [(name: String, value: String)], chunks: [[UInt8]], isComplete: Bool = true)
  /// Nothing at all comes back, and the connection stays.
  case silence
  case close
  /// The head of a watch, whose events follow.
  case watch

  package static func json(_ text: String, status: Int = 200, headers: [(String, String)] = []) -> FakeAnswer
  {
    .response(
      status: status, headers: [("content-type", "application/json")] + headers.map { ($0.0, $0.1) },
      chunks: [Array(text.utf8)])
  }

  /// A `v1 Status`, as the API server's errors are.
  package static func status(
    _ code: Int, _ reason: String, _ message: String, metadata: String = "{}",
    headers: [(String, String)] = []
  ) -> FakeAnswer {
    json(
      #"{"kind":"Status","apiVersion":"v1","metadata":\#(metadata),"status":"Failure","message":"\#(message)","reason":"\#(reason)","code":\#(code)}"#,
      status: code, headers: headers)
  }
}
