internal import Dialects
internal import Kubernetes
internal import KubernetesAPI
internal import PolicyEngine
internal import Review

extension ControlPlane {
  /// Who can talk to whom in a cluster, by its own policies, as `merlon connectivity -o json` answers.
  ///
  /// Reads all that policies can be about, so that one may be asked for at a time.
  ///
  /// - Parameters:
  ///   - source: as for `--from`; nil for all.
  ///   - destination: as for `--to`; nil for all.
  ///   - port: `tcp/443`; nil for all.
  package nonisolated func connectivity(
    of name: String, from source: String?, to destination: String?, port: String?, namespace: String?
  ) async throws(RequestError) -> String {
    let filter: ConnectivityFilter
    do throws(ConnectivityFilter.TextProblem) {
      filter = try ConnectivityFilter(namespace: namespace, from: source, to: destination, port: port)
    } catch {
      throw RequestError(.malformed, "`\(error.name)` \(error.message)")
    }
    let access = try clusterAccess(name)
    return try await readingCluster { () async throws(RequestError) in
      try await Self.connectivity(of: access, called: name, filter)
    }
  }

  private static func connectivity(
    of access: ClusterAccess, called name: String, _ filter: ConnectivityFilter
  ) async throws(RequestError) -> String {
    let options = PolicySet.readerOptions(defaultNamespace: "default")
    let snapshot: ClusterSnapshot
    do throws(APIError) {
      snapshot = try await ClusterConnection.open(access) { connection throws(APIError) in
        try await ClusterSnapshot.read(
          APIClient(connection, connection), called: name, ClusterSnapshot.Selection(options))
      }
    } catch {
      throw RequestError(.badGateway, "the cluster cannot be read: \(error)")
    }
    let errors = snapshot.problems.filter { $0.severity == .error }
    if !errors.isEmpty {
      throw RequestError(.badGateway, "the cluster cannot be read, or not all of it", problems: errors)
    }
    let manifests = await ManifestReader(options: options).read(
      snapshot.files.map { ManifestText(path: "\(name)/\($0.path)", $0.text) })
    let cluster = ClusterInput(manifests, defaultNamespace: "default", settings: .none).assumedCluster(
      enforcesStaged: false)
    let report = ConnectivityReport(cluster, filter: filter)
    let unknown = report.unknownNames
    if !unknown.isEmpty { throw RequestError(.invalid, "a name is unknown", problems: unknown) }
    var bytes: [UInt8] = []
    let output = Output { bytes += $0 }
    report.write(.json, to: output)
    output.flush()
    return String(decoding: bytes, as: UTF8.self)
  }

  private nonisolated func clusterAccess(_ name: String) throws(RequestError) -> ClusterAccess {
    guard let access = current.access(to: name) else {
      throw RequestError(.missing, "there is no integration `\(name)`")
    }
    do throws(AccessError) {
      return try access.get().access
    } catch {
      throw RequestError(.invalid, "the integration is not usable", problems: error.problems)
    }
  }
}
