/// Reads manifests from files, folders and standard input into a ``ManifestSet``.
///
/// All problems of all inputs are reported; a broken document hides no other. Documents are parsed in
/// parallel, results stand in the order of the inputs.
package struct ManifestReader: Sendable {
  /// What a reader cannot know by itself: what is wanted, and what the other modules do with it.
  package struct Options: Sendable {
    /// Patterns of paths to leave out, see ``ExcludePatterns``.
    package var excludes = ExcludePatterns([])
    /// Where objects live whose manifest names no namespace.
    package var defaultNamespace = "default"
    /// Kinds to keep as ``ManifestSet/foreign`` objects.
    package var keptKinds: Set<GroupKind> = []
    /// Whether to read what objects say about who talks to whom, see ``Declarations``.
    package var readsDeclarations = false
    /// Says what is wrong with a kind that is not known but almost one of interest; nil when it is just another.
    package var misspelledKind: @Sendable (GroupKind, _ apiVersion: String) -> String? = { _, _ in nil }

    package init() {}
  }

  /// Kinds that every reader knows.
  package static var builtinKinds: Set<GroupKind> {
    Set(
      BuiltinKind.all.map { kind, builtin in
        let group = builtin.apiVersion.contains("/") ? builtin.apiVersion.prefix { $0 != "/" } : ""
        return GroupKind(group: String(group), kind: kind)
      })
  }

  package var options: Options

  package init(options: Options = Options()) {
    self.options = options
  }

  /// Reads everything the paths name; `-` is standard input.
  package func read(paths: [String]) async -> ManifestSet {
    let input = ManifestInput(paths: paths, excludes: options.excludes)
    var set = await read(input.texts)
    set.diagnostics = input.problems + set.diagnostics
    if set.documents == 0, !set.diagnostics.contains(where: { $0.severity == .error }) {
      let what = paths.count == 1 ? paths.joined() : "the inputs"
      set.diagnostics.append(
        Diagnostic(
          .unreadable, .error, "no Kubernetes objects in \(what)", at: nil,
          fix: input.excludedPaths.isEmpty
            ? "name files, folders with .yaml, .yml or .json files, or `-` for standard input"
            : "--exclude leaves out \(input.excludedPaths.joined(separator: ", "))"))
    }
    return set
  }

  /// Reads texts that are already in memory.
  package func read(_ texts: [ManifestText]) async -> ManifestSet {
    let pieces = texts.flatMap { ManifestPiece.cut($0) }
    let batches = Self.batches(pieces)
    let options = options
    let results = await withTaskGroup(of: (Int, ManifestSet, [Kustomization]).self) { group in
      for (index, batch) in batches.enumerated() {
        group.addTask {
          var set = ManifestSet()
          var kustomizations: [Kustomization] = []
          for piece in batch { piece.read(into: &set, &kustomizations, options: options) }
          return (index, set, kustomizations)
        }
      }
      var results = [(ManifestSet, [Kustomization])](repeating: (ManifestSet(), []), count: batches.count)
      for await (index, set, kustomizations) in group { results[index] = (set, kustomizations) }
      return results
    }
    return Self.merge(results, files: texts.count)
  }

  /// Reads texts on the caller's thread.
  package func readSequentially(_ texts: [ManifestText]) -> ManifestSet {
    var set = ManifestSet()
    var kustomizations: [Kustomization] = []
    for text in texts {
      for piece in ManifestPiece.cut(text) { piece.read(into: &set, &kustomizations, options: options) }
    }
    return Self.merge([(set, kustomizations)], files: texts.count)
  }

  private static func merge(_ results: [(ManifestSet, [Kustomization])], files: Int) -> ManifestSet {
    var whole = ManifestSet()
    for (set, _) in results { whole.append(set) }
    whole.files = files
    Kustomization.leaveOutPatches(results.flatMap(\.1), from: &whole)
    whole.diagnostics = whole.diagnostics.reportingEachTemplateOnce()
    whole.checkIdentities()
    return whole
  }

  /// Groups pieces so that a batch is worth a task.
  private static func batches(_ pieces: [ManifestPiece]) -> [[ManifestPiece]] {
    var batches: [[ManifestPiece]] = []
    var batch: [ManifestPiece] = []
    var bytes = 0
    for piece in pieces {
      batch.append(piece)
      bytes += piece.range.count
      if bytes > 256 << 10 {
        batches.append(batch)
        batch = []
        bytes = 0
      }
    }
    if !batch.isEmpty { batches.append(batch) }
    return batches
  }
}
