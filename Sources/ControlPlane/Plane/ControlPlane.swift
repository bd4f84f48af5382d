internal import Kubernetes
internal import KubernetesAPI
internal import SourceGroups
internal import Synchronization

/// What all requests work on: what is stored, what of it counts, and what is known of clusters.
///
/// Nothing counts that was not stored before. What is asked for while something is being changed is answered from what
/// counts until then.
package actor ControlPlane {
  package nonisolated let store: any Store
  package nonisolated let resolver: IdentityResolver
  package nonisolated let clock: LiveClock
  nonisolated let denials = DenialLog()

  /// What counts.
  package struct Current: Sendable {
    package fileprivate(set) var policy: ActivePolicy?
    package fileprivate(set) var integrations: [String: Integration] = [:]
    /// Clusters that the server was told to follow at its start, by name. They count before stored ones of the same name.
    package fileprivate(set) var fixed: [String: IntegrationAccess] = [:]
    /// Records that are there and cannot be used, each with what is wrong.
    package fileprivate(set) var unusable: [UnreadableRecord] = []
    fileprivate var isLoaded = false

    /// How to reach the cluster of an integration, and what is wrong with its settings; nil when there is none.
    func access(to name: String) -> Result<IntegrationAccess, AccessError>? {
      fixed[name].map { .success($0) } ?? integrations[name]?.access
    }

    /// Names that sources may use.
    package var integrationNames: Set<String> { Set(integrations.keys).union(fixed.keys) }
  }

  private let published = Mutex(Current())
  nonisolated let comparing = OneAtATime("somebody compares policies at the moment")
  nonisolated let readingCluster = OneAtATime("somebody reads a cluster at the moment")

  package init(store: any Store, resolver: IdentityResolver, clock: LiveClock) {
    self.store = store
    self.resolver = resolver
    self.clock = clock
  }

  package nonisolated var current: Current { published.withLock { $0 } }

  /// Lets what is stored count. Records that cannot be read are reported, and disable nothing else.
  ///
  /// - Parameter fixed: clusters that are followed beside those that are stored.
  package func load(fixed: [IntegrationAccess] = []) async throws(StoreError) {
    var unusable: [UnreadableRecord] = []
    var integrations: [String: Integration] = [:]
    for stored in try await store.integrations() {
      switch stored {
      case .readable(let integration): integrations[integration.name] = integration
      case .unreadable(let record): unusable.append(record)
      }
    }
    var active: ActivePolicy?
    if let revision = try await readableRevision(&unusable) {
      if let policy = Self.read(revision.text).policy {
        active = ActivePolicy(revision: revision, policy: policy)
      } else {
        unusable.append(
          UnreadableRecord(
            kind: "policy revision", id: "\(revision.header.number)",
            problem: "cannot be read by this version",
            fix: "put a document that it can read"))
      }
    }
    let (loaded, policy, problems) = (integrations, active, unusable)
    published.withLock { current in
      current = Current(
        policy: policy, integrations: loaded, fixed: Self.byName(fixed), unusable: problems, isLoaded: true)
    }
    await useIntegrations()
    await resolver.follow(policy)
  }

  /// The revision that counts; nil when there is none, or none that can be read: one damaged record stops nothing else.
  private func readableRevision(_ unusable: inout [UnreadableRecord]) async throws(StoreError)
    -> PolicyRevision?
  {
    do throws(StoreError) {
      return try await store.activeRevision()
    } catch {
      guard error.code == .unreadable || error.code == .damaged else { throw error }
      unusable.append(
        UnreadableRecord(
          kind: "policy revision", id: "active", problem: error.message, fix: "put the policy again"))
      return nil
    }
  }

  /// Whether ``load()`` is done.
  package nonisolated var isLoaded: Bool { published.withLock { $0.isLoaded } }

  static func read(_ text: String, called path: String = "policy") -> SourceGroupReading {
    SourceGroupPolicy.read(ManifestText(path: path, text))
  }

  private static func byName(_ integrations: [IntegrationAccess]) -> [String: IntegrationAccess] {
    Dictionary(integrations.map { ($0.name, $0) }) { first, _ in first }
  }

  // MARK: What counts from now on

  /// Lets a revision count, unless a later one does already.
  func activate(_ active: ActivePolicy) async {
    let isNewer = published.withLock { current in
      if let known = current.policy, known.revision.header.number >= active.revision.header.number {
        return false
      }
      current.policy = active
      current.unusable.removeAll { $0.kind == "policy revision" }
      return true
    }
    if isNewer { await resolver.follow(active) }
  }

  /// Lets an integration count as it is now stored, unless a later state of it does already; nil for one that is gone.
  func changed(_ name: String, to integration: Integration?) async {
    published.withLock { current in
      if let known = current.integrations[name], let integration, known.generation >= integration.generation {
        return
      }
      current.integrations[name] = integration
      current.unusable.removeAll { $0.kind == "integration" && $0.id == name }
    }
    await useIntegrations()
  }

  private func useIntegrations() async {
    let current = current
    var wanted: [IntegrationAccess] = []
    for name in current.integrationNames.sorted() {
      switch current.access(to: name) {
      case .success(let access): wanted.append(access)
      case .failure(let error):
        let problem = error.problems.map(\.message).joined(separator: "; ")
        published.withLock { current in
          current.unusable.append(
            UnreadableRecord(kind: "integration", id: name, problem: "cannot be used: \(problem)"))
        }
      case nil: break
      }
    }
    await resolver.use(wanted)
  }
}

extension Integration {
  /// How to reach its cluster.
  ///
  /// - Throws: everything that is wrong with its settings.
  func followed() throws(AccessError) -> IntegrationAccess {
    var access = try ClusterAccess(
      server: settings.server,
      authority: settings.certificateAuthority.map { ManifestText(path: "certificateAuthority", $0) },
      token: token.map { Secret($0.revealed) }, environment: EnvironmentVariables([:]))
    access.name = name
    access.tlsServerName = settings.tlsServerName
    return IntegrationAccess(name: name, access: access, generation: generation)
  }

  var access: Result<IntegrationAccess, AccessError> {
    do throws(AccessError) {
      return .success(try followed())
    } catch {
      return .failure(error)
    }
  }
}
