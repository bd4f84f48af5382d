internal import Kubernetes

/// What policies are rendered from: an intent, or the traffic values of a chart.
public enum PolicySource: Sendable {
  case intent(Intent)
  case values(TrafficValues)

  /// Reads an intent from one file, or values from one or several of which later ones override earlier ones; `-` is
  /// standard input.
  ///
  /// - Parameter workload: what values do not say of the workload that they are for.
  public static func read(
    paths: [String], workload: WorkloadDescription = WorkloadDescription()
  ) async throws(Problems) -> PolicySource {
    let texts = paths.map { SettingsText(path: $0) }
    let unread = texts.flatMap(\.problems)
    if !unread.isEmpty { throw Problems(unread) }
    let isValues = texts.contains { $0.root.map { TrafficValues.are(in: $0) } ?? false }
    if isValues { return .values(try await TrafficValues.read(texts, workload)) }
    if paths.count > 1 {
      throw Problems([
        Diagnostic(
          .invalidValue, .error, "an intent is one file, and none of these has the values `networkPolicy`",
          at: texts[1].root?.location)
      ])
    }
    guard let text = texts.first, let path = paths.first else {
      throw Problems([Diagnostic(.missingField, .error, "there is nothing to read", at: nil)])
    }
    return .intent(try await Intent.read(text, path))
  }

  /// What is meant.
  public var intent: Intent {
    switch self {
    case .intent(let intent): intent
    case .values(let values): values.intent
    }
  }

  /// Everything that is wrong with it or worth knowing, see ``Intent/check()`` and ``TrafficValues/check(_:)``.
  public func check(_ dialect: Dialect) -> [Problem] {
    switch self {
    case .intent(let intent): intent.check()
    case .values(let values): values.check(dialect)
    }
  }

  /// See ``Intent/render(_:accepting:)`` and ``TrafficValues/render(_:accepting:)``.
  public func render(_ dialect: Dialect, accepting accepted: Set<Loss.Name> = []) throws(Problems)
    -> Rendering
  {
    switch self {
    case .intent(let intent): try intent.render(dialect, accepting: accepted)
    case .values(let values): try values.render(dialect, accepting: accepted)
    }
  }

  /// Files for a Helm chart, in which the namespace of the release takes the place of another.
  ///
  /// - Parameters:
  ///   - dialects: the engines that one can choose of, in this order; the values' own, or else the first, is the default.
  ///   - namespace: which one it is; nil for the only one in which workloads and policies live.
  ///   - release: the value of the label `app.kubernetes.io/instance` that the name of the release takes the place of.
  public func chart(
    for dialects: [Dialect], namespace: String? = nil, release: String? = nil,
    accepting accepted: Set<Loss.Name> = []
  ) throws(Problems) -> ChartFiles {
    let own = intent.ownNamespaces
    guard let moved = namespace ?? (own.count == 1 ? own[0] : nil), own.contains(moved) else {
      throw Problems([
        Diagnostic(
          .invalidValue, .error,
          namespace.map { "nothing of the intent lives in namespace \($0)" }
            ?? "the intent lives in several namespaces, and a release in one", at: intent.site.location,
          fix: "say which namespace is the release's: \(own.joined(separator: ", "))")
      ])
    }
    let source = self.moved(
      Move(
        namespace: (moved, ChartFiles.Placeholder.namespace),
        release: release.map { ($0, ChartFiles.Placeholder.release) }))
    var renderings: [Rendering] = []
    for dialect in dialects { renderings.append(try source.render(dialect, accepting: accepted)) }
    switch self {
    case .intent: return ChartFiles(renderings, engine: dialects.first ?? .kubernetes, isEnabled: true)
    case .values(let values):
      let engine = dialects.contains(values.dialect) ? values.dialect : dialects.first ?? .kubernetes
      return ChartFiles(renderings, engine: engine, isEnabled: values.isEnabled)
    }
  }

  private func moved(_ move: Move) -> PolicySource {
    switch self {
    case .intent(let intent): .intent(intent.moved(move))
    case .values(let values): .values(values.moved(move))
    }
  }
}

extension TrafficValues {
  fileprivate func moved(_ move: Move) -> TrafficValues {
    TrafficValues(
      isEnabled: isEnabled, dialect: dialect, intent: intent.moved(move), workload: workload.moved(move),
      passthrough: passthrough, findings: findings, places: places)
  }
}
