internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import NIOCore

extension Response {
  /// Data as JSON.
  static func json(
    _ data: DataValue, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:],
    type: String = "application/json"
  ) -> Response {
    var headers = headers
    headers[.contentType] = type
    return Response(
      status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: data.json)))
  }

  static func text(
    _ text: String, status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8",
    headers: HTTPFields = [:]
  ) -> Response {
    var headers = headers
    headers[.contentType] = type
    return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
  }

  static var nothing: Response { Response(status: .noContent) }
}

extension Request {
  /// The answer to who has already what an entity tag stands for; nil for everybody else.
  func notModified(_ tag: String) -> Response? {
    guard headers[.ifNoneMatch]?.contains(tag) == true else { return nil }
    return Response(status: .notModified, headers: [.eTag: tag])
  }
}

extension RequestError {
  /// RFC 9457.
  var response: Response {
    let httpStatus = HTTPResponse.Status(code: status.rawValue)
    var headers: HTTPFields = [:]
    if let retryAfter { headers[.retryAfter] = String(retryAfter) }
    if !allowedMethods.isEmpty { headers[.allow] = allowedMethods.joined(separator: ", ") }
    if status == .unauthenticated { headers[.wwwAuthenticate] = #"Bearer realm="merlon""# }
    return .json(
      .members(
        ("type", "about:blank"), ("title", .string(status.title)),
        ("status", .integer(status.rawValue)),
        ("detail", .string(message)), ("fix", fix.map { .string($0) }),
        ("problems", problems.isEmpty ? nil : .list(problems.map(\.data)))),
      status: httpStatus, headers: headers, type: "application/problem+json")
  }
}

extension Diagnostic {
  /// As answers have it.
  var data: DataValue {
    .members(
      ("code", .string(code.rawValue)), ("severity", .string("\(severity)")), ("message", .string(message)),
      ("location", location.map { .string("\($0)") }), ("fix", fix.map { .string($0) }))
  }
}

extension Timestamp {
  var data: DataValue { .string("\(self)") }
}
