internal import ArgumentParser
internal import Kubernetes
internal import KubernetesAPI

/// A cluster that is read instead of files.
struct LiveOptions: ParsableArguments {
  @Option(name: .long, help: "Read the cluster of this context of the kubeconfig instead of files.")
  var context: String?

  @Option(
    name: .long,
    help:
      "Read the cluster of this kubeconfig instead of files; without it that of KUBECONFIG, or ~/.kube/config.",
    completion: .file())
  var kubeconfig: String?

  @Flag(
    name: [.customShort("A"), .long],
    help: """
      Read the cluster of the current context instead of files. All namespaces are read in any case: policies of one \
      select pods of others.
      """)
  var allNamespaces = false

  /// Whether a cluster is to be read.
  var isWanted: Bool { context != nil || kubeconfig != nil || allNamespaces }

  /// The options that were given, as words of a command line.
  var commandLine: [String] {
    (context.map { ["--context", $0] } ?? []) + (kubeconfig.map { ["--kubeconfig", $0] } ?? [])
      + (allNamespaces ? ["--all-namespaces"] : [])
  }
}

extension LiveOptions {
  /// The cluster that is meant.
  func access() throws(AccessError) -> ClusterAccess {
    // As kubectl: an empty value is none.
    try ClusterAccess.find(
      kubeconfig: kubeconfig.flatMap { $0.isEmpty ? nil : $0 },
      context: context.flatMap { $0.isEmpty ? nil : $0 })
  }

  /// What the cluster has, of the kinds that a reader knows; nil with the reasons when it cannot be read.
  func snapshot(
    _ options: ManifestReader.Options
  ) async -> (snapshot: ClusterSnapshot?, problems: [Diagnostic]) {
    let access: ClusterAccess
    do throws(AccessError) {
      access = try self.access()
    } catch {
      return (nil, error.problems)
    }
    do throws(APIError) {
      let selection = ClusterSnapshot.Selection(options)
      return (
        try await ClusterConnection.open(access) { (connection) throws(APIError) in
          try await ClusterSnapshot.read(
            APIClient(connection, connection), called: access.name, selection)
        }, []
      )
    } catch {
      return (nil, error.problems(of: access))
    }
  }

  /// The same, read as files would be. Never fails: what cannot be read is among its problems.
  func manifests(_ options: ManifestReader.Options) async -> ManifestSet {
    let (snapshot, problems) = await snapshot(options)
    guard let snapshot else { return ManifestSet(unreadable: problems) }
    var set = await ManifestReader(options: options).read(
      snapshot.files.map { ManifestText(path: "\(snapshot.name)/\($0.path)", $0.text) })
    set.diagnostics = snapshot.problems + set.diagnostics
    return set
  }
}

extension APIError {
  /// The same for the user of a cluster.
  func problems(of access: ClusterAccess) -> [Diagnostic] {
    if case .credentials(let error) = self { return error.problems }
    return [
      Diagnostic(
        .unreadable, .error, "\(access.name): \(access.server.text) cannot be read: \(self)", at: nil,
        fix: fix)
    ]
  }

  private var fix: String? {
    switch self {
    case .transport(let error) where error.reason == .certificate:
      "the kubeconfig's certificate-authority must be the one that signed the server's certificate"
    case .refused(let status) where status.code == 401: "log in again, or renew the token"
    case .credentials, .transport, .refused, .unreadable: nil
    }
  }
}

extension ManifestSet {
  /// Nothing, and why.
  fileprivate init(unreadable problems: [Diagnostic]) {
    self.init()
    diagnostics = problems.map { problem in
      problem.code.meansUnreadable
        ? problem
        : Diagnostic(
          .unreadable, problem.severity, problem.message, at: problem.location, related: problem.related,
          fix: problem.fix)
    }
  }
}
