internal import Dialects
internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel
internal import Review

extension Cluster {
  /// The cluster that manifests describe: workloads, namespaces and policies of every dialect, one document or several.
  ///
  /// What an API server or an engine would refuse is an error, as its policies would not be there.
  public init(manifests text: String, engine: Engine = .kubernetes, path: String = "manifests.yaml")
    throws(Problems)
  {
    let options = PolicySet.readerOptions(defaultNamespace: "default")
    let read = ManifestReader(options: options).readSequentially([ManifestText(path: path, text)])
    self = try Cluster(read, engine)
  }

  /// The cluster that files and folders of manifests describe.
  public static func load(_ paths: [String], engine: Engine = .kubernetes) async throws(Problems) -> Cluster {
    let options = PolicySet.readerOptions(defaultNamespace: "default")
    return try Cluster(await ManifestReader(options: options).read(paths: paths), engine)
  }

  private init(_ manifests: ManifestSet, _ engine: Engine) throws(Problems) {
    let read = Review.Cluster(manifests, defaultNamespace: "default", profile: engine.profile)
    if read.hasErrors { throw Problems(read.diagnostics.filter { $0.severity == .error }) }
    self.init(
      manifests, tiers: read.tiers, profile: engine.profile, facts: .none, description: .unknown)
  }
}

extension Rendering {
  /// The cluster of the intent's workloads, policed by what was rendered, in the eyes of the engine that it is for.
  public func evaluate() throws(Problems) -> Cluster { try evaluate(yaml) }

  /// The same under another text, such as one that was edited.
  public func evaluate(_ yaml: String) throws(Problems) -> Cluster {
    let read = ReadPolicies(yaml, dialect.writable)
    if !read.errors.isEmpty { throw Problems(read.errors) }
    return intent.cluster(of: read.tiers, dialect.writable.profile.takingHostNetworkForNodes())
  }
}
