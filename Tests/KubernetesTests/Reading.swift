@testable import Kubernetes

/// What the reader makes of a text, in a form that a test can compare.
struct Reading {
  let manifests: ManifestSet

  init(_ text: String, path: String = "a.yaml", options: ManifestReader.Options = .init()) {
    self.init([(path, Array(text.utf8))], options: options)
  }

  init(bytes: [UInt8], path: String = "a.yaml") {
    self.init([(path, bytes)], options: .init())
  }

  init(_ files: [(path: String, bytes: [UInt8])], options: ManifestReader.Options = .init()) {
    manifests = ManifestReader(options: options).readSequentially(
      files.map { ManifestText(path: $0.path, bytes: $0.bytes) })
  }

  /// `line:column code message`, one a problem, in the order of the report.
  var problems: [String] {
    manifests.diagnostics.map { problem in
      let place = problem.location.map { "\($0.line):\($0.column) " } ?? ""
      return "\(place)\(problem.code.rawValue) \(problem.message)"
    }
  }

  /// `line:column code`.
  var places: [String] {
    manifests.diagnostics.map { problem in
      let place = problem.location.map { "\($0.line):\($0.column) " } ?? ""
      return place + problem.code.rawValue
    }
  }

  var podNames: [String] { manifests.pods.map(\.meta.name) }
}

/// Documents of a YAML text, or the first error.
func parseYAML(_ text: String) throws(DocumentError) -> [Document] {
  var documents: [Document] = []
  var copy = Array(text.utf8)
  copy.append(0)
  try copy.withUnsafeBufferPointer { bytes throws(DocumentError) in
    try YAMLParser.parse(
      UnsafeBufferPointer(rebasing: bytes.dropLast()), file: SourceFile(path: "a.yaml"), firstLine: 0
    ) { documents.append($0) }
  }
  return documents
}

/// Values of a JSON text, or the first error.
func parseJSON(_ text: String) throws(DocumentError) -> [Document] {
  var documents: [Document] = []
  try JSONParser.parse(Array(text.utf8), from: 0, file: SourceFile(path: "a.json")) { documents.append($0) }
  return documents
}

/// The root of a text's only document.
func parseDocument(_ text: String) throws -> Node {
  let documents = try parseYAML(text)
  guard documents.count == 1 else { throw WrongNumberOfDocuments(count: documents.count) }
  return documents[0].root
}

private struct WrongNumberOfDocuments: Error {
  let count: Int
}
