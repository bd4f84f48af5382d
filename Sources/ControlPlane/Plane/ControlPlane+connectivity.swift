internal import Dialects
internal import Kubernetes
internal import KubernetesAPI
internal import PolicyEngine
internal import Review
internal import Synchronization

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
    let filter = try Self.filter(from: source, to: destination, port: port, namespace: namespace)
    let access = try clusterAccess(name)
    let isFree = readsCluster.withLock { isBusy in
      if isBusy { return false }
      isBusy = true
      return true
    }
    guard isFree else {
      throw RequestError(.tooMany, "somebody reads a cluster at the moment", retryAfter: 5)
    }
    defer { readsCluster.withLock { $0 = false } }
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
    let current = current
    if let fixed = current.fixed[name] { return fixed.access }
    guard let integration = current.integrations[name] else {
      throw RequestError(.missing, "there is no integration `\(name)`")
    }
    do throws(AccessError) {
      return try integration.followed().access
    } catch {
      throw RequestError(.invalid, "the integration is not usable", problems: error.problems)
    }
  }

  private static func filter(
    from source: String?, to destination: String?, port: String?, namespace: String?
  ) throws(RequestError) -> ConnectivityFilter {
    func pattern(_ text: String?, _ name: String) throws(RequestError) -> EndPattern? {
      guard let text else { return nil }
      guard let pattern = EndPattern(text) else {
        throw RequestError(
          .malformed, "`\(name)` is no namespace/name, address, domain name or `internet`")
      }
      return pattern
    }
    var filter = ConnectivityFilter(namespace: namespace)
    filter.source = try pattern(source, "from")
    filter.destination = try pattern(destination, "to")
    if let port {
      guard case .port(let transport, let number)? = try? FlowParser.traffic(port) else {
        throw RequestError(.malformed, "`port` is no port such as tcp/443")
      }
      filter.port = (transport, number)
    }
    return filter
  }
}
