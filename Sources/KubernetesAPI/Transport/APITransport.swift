package import Kubernetes

/// How requests reach an API server. Tests have one of their own.
package protocol APITransport: Sendable {
  /// Sends a request; returns when the head of the answer is there.
  func send(_ request: APIRequest) async throws(TransportError) -> APIResponse
}

/// What a server is asked: to read something, unless it says otherwise.
package struct APIRequest: Sendable {
  package enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
  }

  /// What is sent along.
  package struct Body: Sendable {
    package let bytes: [UInt8]
    /// `application/json`
    package let type: String

    package init(_ text: String, type: String) {
      bytes = Array(text.utf8)
      self.type = type
    }

    package static func json(_ data: DataValue) -> Body { Body(data.json, type: "application/json") }
  }

  package var method: Method
  /// `/api/v1/pods`, without the path that a server's URL begins with.
  package var path: String
  /// Not yet percent-encoded.
  package var query: [(name: String, value: String)]
  package var headers: [(name: String, value: String)] = []
  package var body: Body?

  package init(
    _ path: String, query: [(name: String, value: String)] = [], method: Method = .get, body: Body? = nil
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.body = body
  }

  /// Path and query as they stand in a request line.
  package var target: String {
    if query.isEmpty { return path }
    return path + "?"
      + query.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
  }

  /// Everything but the unreserved characters of RFC 3986 as `%XX`.
  private static func encoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return result
  }
}

/// An answer whose body is read as it comes.
package struct APIResponse: Sendable {
  package let status: Int
  /// With names in lower case.
  package let headers: [(name: String, value: String)]
  /// Pieces cut anywhere. Ends with ``TransportError`` when the server cuts it short or falls silent.
  package let body: any AsyncSequence<[UInt8], any Error> & Sendable

  package init(
    status: Int, headers: [(name: String, value: String)],
    body: any AsyncSequence<[UInt8], any Error> & Sendable
  ) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The value of a header, named in lower case.
  package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// Why no answer came, or not all of it.
package struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Reason: Sendable, Hashable {
    /// Nobody listens, the name is unknown, or nothing comes back.
    case connect
    /// The server does not speak TLS, or not with us.
    case tls
    /// The server's certificate is not one to trust.
    case certificate
    /// Silence for longer than the deadline.
    case timeout
    /// The connection ended in the middle.
    case closed
    /// The answer is larger than anybody wants to have.
    case tooLarge
  }

  package let reason: Reason
  /// One line without a full stop; nothing secret.
  package let description: String

  package init(_ reason: Reason, _ description: String) {
    self.reason = reason
    self.description = description
  }
}
