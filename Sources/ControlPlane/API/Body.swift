internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import NIOCore

extension Request {
  /// The body as text.
  ///
  /// - Parameter limit: in bytes.
  func text(upTo limit: Int) async throws -> String {
    let buffer: ByteBuffer
    do {
      buffer = try await body.collect(upTo: limit)
    } catch is NIOTooManyBytesError {
      throw RequestError(.tooLarge, "the body is larger than \(limit >> 10) KiB")
    }
    guard let text = String(validating: buffer.readableBytesView, as: UTF8.self) else {
      throw RequestError(.malformed, "the body is not UTF-8")
    }
    return text
  }

  /// The body as a JSON object whose fields are all known.
  func object(_ known: Set<String>, upTo limit: Int = APILimits.record) async throws -> [String: Node] {
    let text = try await text(upTo: limit)
    let root: Node
    do {
      root = try Document.json(Array(text.utf8), file: SourceFile(path: "body")).root
    } catch {
      throw RequestError(.malformed, "the body is not JSON: \(error.message) in line \(error.line)")
    }
    guard root.content == .mapping else { throw RequestError(.malformed, "the body is no JSON object") }
    var fields: [String: Node] = [:]
    for (key, value) in root.members {
      guard known.contains(key.text) else {
        throw RequestError(
          .invalid, "`\(key.text.prefix(80))` is not a field",
          fix: Suggestion.nearest(to: key.text, among: known.sorted()).map { "did you mean `\($0)`?" }
            ?? "known fields are \(known.sorted().joined(separator: ", "))")
      }
      guard fields.updateValue(value, forKey: key.text) == nil else {
        throw RequestError(.invalid, "`\(key.text)` stands twice")
      }
    }
    return fields
  }

  /// The value of a parameter of the query; nil when it is absent or empty.
  func parameter(_ name: String) -> String? {
    uri.queryParameters[Substring(name)].map { String($0) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}

extension Node {
  /// The text of a field that is a text.
  func text(of field: String) throws(RequestError) -> String {
    guard content == .scalar, scalar == .string else {
      throw RequestError(.invalid, "`\(field)` is no text")
    }
    return text
  }
}

/// How much a request may bring.
enum APILimits {
  /// An integration: certificates and a token.
  static let record = 256 << 10
  /// A policy document.
  static let policy = 4 << 20
}
