/// A kustomization file. Its resources are manifests, but what it does to them only kustomize knows.
struct Kustomization: Sendable {
  let kind: String
  let location: SourceLocation
  /// The fields that change objects, in the order of the text.
  let transformers: [String]
  /// Patch files, as written, relative to the file's folder.
  let patchPaths: [String]

  private static let transformingFields: Set<String> = [
    "patches", "patchesStrategicMerge", "patchesJson6902", "components", "namePrefix", "nameSuffix",
    "namespace",
    "commonLabels", "labels", "transformers", "replacements", "vars", "helmCharts",
    "helmChartInflationGenerator",
    "crds",
  ]

  /// Recognises `kustomize.config.k8s.io` objects, and files named kustomization without a kind.
  init?(_ root: Node, file: SourceFile) {
    guard root.content == .mapping else { return nil }
    let hasGroup = root["apiVersion"]?.hasTextPrefix("kustomize.config.k8s.io/") ?? false
    guard hasGroup || (root["kind"] == nil && Self.isNamed(file.path)) else { return nil }
    kind = root["kind"]?.text ?? "Kustomization"
    location = root.location
    transformers = root.members.map(\.key.text).filter(Self.transformingFields.contains)
    var paths: [String] = []
    for field in [root["patches"], root["patchesJson6902"]] {
      paths += field?.elements.compactMap { $0["path"]?.text } ?? []
    }
    paths += root["patchesStrategicMerge"]?.elements.filter { $0.content == .scalar }.map(\.text) ?? []
    patchPaths = paths
  }

  private static func isNamed(_ path: String) -> Bool {
    let name = path.split(separator: "/").last ?? ""
    return name.hasPrefix("kustomization.") || name == "Kustomization"
  }

  /// Warns where rendering would change the answer, and takes the patch files out: they are no objects.
  static func leaveOutPatches(_ kustomizations: [Kustomization], from set: inout ManifestSet) {
    var patches: Set<String> = []
    for kustomization in kustomizations where !kustomization.transformers.isEmpty {
      let folder = Self.folder(of: kustomization.location.file.path)
      patches.formUnion(kustomization.patchPaths.map { Self.normalised(folder + $0) })
      set.diagnostics.append(
        Diagnostic(
          .renderFirst, .error,
          "kustomize changes these manifests (\(kustomization.transformers.joined(separator: ", "))); they are read as they stand here",
          at: kustomization.location,
          fix: "render first: kustomize build \(folder.isEmpty ? "." : folder) | merlon check -"))
    }
    if patches.isEmpty { return }
    func isPatch(_ location: SourceLocation?) -> Bool {
      location.map { patches.contains(normalised($0.file.path)) } ?? false
    }
    set.namespaces.removeAll { isPatch($0.location) }
    set.pods.removeAll { isPatch($0.meta.location) }
    set.workloads.removeAll { isPatch($0.meta.location) }
    set.nodes.removeAll { isPatch($0.location) }
    set.services.removeAll { isPatch($0.meta.location) }
    set.serviceEndpoints.removeAll { isPatch($0.meta.location) }
    set.serviceAccounts.removeAll { isPatch($0.meta.location) }
    set.foreign.removeAll { isPatch($0.root.location) }
    set.declarations.removeAll(at: isPatch)
    set.diagnostics.removeAll { isPatch($0.location) }
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  private static func normalised(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
    }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }
}
