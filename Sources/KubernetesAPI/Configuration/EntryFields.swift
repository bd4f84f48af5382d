internal import Kubernetes

/// The content of an entry of a kubeconfig, read field by field. Fields that nobody asks for are ignored, as by kubectl,
/// and empty ones count as absent.
struct EntryFields {
  let node: Node
  /// The path to it for messages, `users[].user`.
  let path: String
  /// Relative paths in it start here.
  let folder: String

  /// - Parameter node: nil, as for an entry without content, has no fields.
  init?(_ node: Node?, _ path: String, folder: String, _ problems: inout [Diagnostic]) {
    guard let node, node.isMapping(path, &problems) else { return nil }
    self.node = node
    self.path = path
    self.folder = folder
  }

  func text(_ name: StaticString, _ problems: inout [Diagnostic]) -> Located<String>? {
    guard let value = node[name], let text = value.string("\(path).\(name)", &problems), !text.isEmpty else {
      return nil
    }
    return Located(text, at: value.location)
  }

  /// A text that no message may show, not even when it is of the wrong type.
  func secret(_ name: StaticString, _ problems: inout [Diagnostic]) -> Located<Secret<String>>? {
    node[name].flatMap { Self.secret($0, "\(path).\(name)", &problems) }
  }

  /// The text of a node that no message may show; nil for an empty one.
  static func secret(_ node: Node, _ field: String, _ problems: inout [Diagnostic]) -> Located<
    Secret<String>
  >? {
    if node.isNull { return nil }
    guard node.content == .scalar, case .string = node.scalar else {
      problems.append(
        Diagnostic(
          .wrongType, .error, "`\(field)` must be a string", at: node.location,
          fix: node.content == .scalar ? "quote it" : nil))
      return nil
    }
    return node.text.isEmpty ? nil : Located(Secret(node.text), at: node.location)
  }

  func flag(_ name: StaticString, _ problems: inout [Diagnostic]) -> Located<Bool>? {
    guard let value = node[name], let flag = value.bool("\(path).\(name)", &problems) else { return nil }
    return Located(flag, at: value.location)
  }

  /// The elements of a list of texts.
  func texts(_ name: StaticString, _ problems: inout [Diagnostic]) -> [Located<String>] {
    (node[name]?.list("\(path).\(name)", &problems) ?? []).compactMap { element in
      element.string("\(path).\(name)[]", &problems).map { Located($0, at: element.location) }
    }
  }

  /// A field that names a file.
  func file(_ name: StaticString, _ problems: inout [Diagnostic]) -> Located<String>? {
    text(name, &problems).map { Located(resolved($0.value), at: $0.location) }
  }

  /// A path, seen from the folder of the kubeconfig.
  func resolved(_ path: String) -> String { path.hasPrefix("/") ? path : folder + path }

  /// A field with base64.
  func data(_ name: StaticString, _ problems: inout [Diagnostic]) -> Located<[UInt8]>? {
    guard let text = secret(name, &problems) else { return nil }
    guard let bytes = Base64.decode(text.value.revealed.utf8) else {
      let isPEM = text.value.revealed.hasPart("-----BEGIN ")
      problems.append(
        Diagnostic(
          .invalidValue, .error, "`\(path).\(name)` is not base64", at: text.location,
          fix: isPEM ? "encode the PEM text: base64 -w0" : nil))
      return nil
    }
    return Located(bytes, at: text.location)
  }

  /// The content of a field with base64, or the file that another names. Both at once are an error, as for kubectl.
  func dataOrFile(_ data: StaticString, _ file: StaticString, _ problems: inout [Diagnostic])
    -> ClientCertificateOrigin.Text?
  {
    let hasData = node[data].map { !$0.isNull && !$0.text.isEmpty } ?? false
    let written = self.data(data, &problems)
    let named = self.file(file, &problems)
    if hasData, let named {
      problems.append(
        Diagnostic(
          .invalidValue, .error, "`\(file)` and `\(data)` are both set", at: named.location,
          fix: "remove one of them"))
    }
    if hasData { return written.map { .written(Secret($0.value), at: $0.location) } }
    return named.map { .file($0.value, at: $0.location) }
  }
}
