package import Kubernetes

extension TrafficValues {
  /// The values in a YAML text. Manifests that they name are not read: use ``read(paths:workload:)`` for that.
  ///
  /// - Parameter path: what problems call the text.
  public init(
    yaml text: String, path: String = "values.yaml", workload: WorkloadDescription = WorkloadDescription()
  ) throws(Problems) {
    var reader = try Self.reader([SettingsText(ManifestText(path: path, text))], workload)
    reader.refuseManifests()
    self = try reader.values()
  }

  /// The values in files of which later ones override earlier ones, as `helm --values` merges them; `-` is standard input.
  public static func read(
    paths: [String], workload: WorkloadDescription = WorkloadDescription()
  ) async throws(Problems) -> TrafficValues {
    try await read(paths.map { SettingsText(path: $0) }, workload)
  }

  /// The same of texts that have been read.
  package static func read(
    _ texts: [SettingsText], _ workload: WorkloadDescription
  ) async throws(Problems) -> TrafficValues {
    var reader = try reader(texts, workload)
    await reader.readManifests()
    return try reader.values()
  }

  private static func reader(
    _ texts: [SettingsText], _ workload: WorkloadDescription
  ) throws(Problems) -> TrafficValuesReader {
    let problems = texts.flatMap(\.problems)
    if problems.contains(where: { $0.severity == .error }) { throw Problems(problems) }
    let roots = texts.compactMap(\.root)
    if roots.isEmpty {
      throw Problems([Diagnostic(.missingField, .error, "the values are empty", at: nil)])
    }
    return TrafficValuesReader(LayeredNode(roots), workload)
  }

  /// Whether a document has values of this kind, and is no object: some charts have a value `kind`.
  package static func are(in root: Node) -> Bool {
    root.content == .mapping && root["networkPolicy"] != nil
      && (root["apiVersion"] == nil || root["kind"] == nil)
  }
}
