package import Kubernetes

extension Intent {
  /// The intent that a YAML text describes, in the form that `Documentation/Intent.md` has. Manifests that it names are
  /// not read: use ``read(path:)`` for that.
  ///
  /// - Parameter path: what problems call the text.
  public init(yaml text: String, path: String = "intent.yaml") throws(Problems) {
    var reader = try Self.reader(SettingsText(ManifestText(path: path, text)), path)
    for manifest in reader.manifests {
      reader.problems.append(
        Diagnostic(
          .unreadable, .error, "`\(manifest.value)` is not read, as the intent is not read from a file",
          at: manifest.location))
    }
    try self.init(reader, path)
  }

  /// The intent in a file, with the workloads of the manifests that it names; `-` is standard input.
  public static func read(path: String) async throws(Problems) -> Intent {
    try await read(SettingsText(path: path), path)
  }

  /// The same of a text that has been read from `path`.
  package static func read(_ text: SettingsText, _ path: String) async throws(Problems) -> Intent {
    var reader = try reader(text, path)
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    for manifest in reader.manifests {
      let place = manifest.value.hasPrefix("/") ? manifest.value : folder + manifest.value
      for workload in await Workload.read([place], in: "default", &reader.problems) { reader.add(workload) }
    }
    return try Intent(reader, path)
  }

  private init(_ reader: IntentReader, _ path: String) throws(Problems) {
    var reader = reader
    reader.readRules()
    if reader.problems.contains(where: { $0.severity == .error }) { throw Problems(reader.problems) }
    self.init(reader.items, for: reader.cluster, CallSite(path, 1))
  }

  private static func reader(_ text: SettingsText, _ path: String) throws(Problems) -> IntentReader {
    if text.problems.contains(where: { $0.severity == .error }) { throw Problems(text.problems) }
    guard let root = text.root else {
      throw Problems([
        Diagnostic(.missingField, .error, "the intent is empty", at: CallSite(path, 1).location)
      ])
    }
    return IntentReader(root)
  }
}
