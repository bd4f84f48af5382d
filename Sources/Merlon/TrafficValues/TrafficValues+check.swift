internal import Kubernetes
internal import PolicyModel

extension TrafficValues {
  /// Everything that is worth knowing about the values, in the order of the places.
  ///
  /// - Parameter dialect: the engine that they are rendered for; nil for the one that they choose.
  public func check(_ dialect: Dialect? = nil) -> [Problem] {
    let dialect = dialect ?? self.dialect
    let own = findings + unusedKnobs(dialect) + otherEngines(dialect) + apiServer(dialect)
    let problems = intent.check()
    return (own + problems.map(\.diagnostic)).sortedByLocation().map(Problem.init)
  }

  // MARK: - Order

  /// Numbers that order policies: what must come before what is known, and need not be said.
  private func unusedKnobs(_ dialect: Dialect) -> [Diagnostic] {
    var found: [Diagnostic] = []
    let isClusterPolicy = dialect == .clusterNetworkPolicy
    if let order = places.order, isClusterPolicy || dialect == .calico {
      found.append(
        unused(
          "networkPolicy.defaultDeny.order", order.value,
          isClusterPolicy && !Self.isPriority(order.value), at: order.location))
    }
    if let priority = places.priority, isClusterPolicy {
      let value = Double(priority.value)
      found.append(
        unused(
          "networkPolicy.clusterNetworkPolicy.priority", value, !Self.isPriority(value),
          at: priority.location))
    }
    return found
  }

  private static func isPriority(_ number: Double) -> Bool {
    (0...1000).contains(number) && number == number.rounded()
  }

  private func unused(
    _ field: String, _ number: Double, _ isImpossible: Bool, at location: SourceLocation
  ) -> Diagnostic {
    let text = Int(exactly: number).map(String.init) ?? "\(number)"
    return Diagnostic(
      .unusedKnob, isImpossible ? .warning : .note,
      isImpossible
        ? "`\(field)` is not used: a ClusterNetworkPolicy's priority is 0 to 1000, and \(text) would be refused"
        : "`\(field)` is not used: which policy must come before which is computed", at: location,
      fix: "remove it")
  }

  // MARK: - Other engines

  private func otherEngines(_ dialect: Dialect) -> [Diagnostic] {
    Dialect.allCases.compactMap { other in
      guard other != dialect, let first = passthrough.first(where: { $0.dialect == other }) else {
        return nil
      }
      return Diagnostic(
        .unusedKnob, .note,
        "the rules of `networkPolicy.\(other.rawValue)` are not used for the engine \(dialect.rawValue)",
        at: first.location)
    }
  }

  // MARK: - The API server

  /// Whether the workload is closed for egress and no rule lets it ask the API server.
  private func apiServer(_ dialect: Dialect) -> [Diagnostic] {
    guard let place = places.egress else { return [] }
    let (names, blocks) = endpointRules
    if names { return [] }
    let extent = intent.cluster.apiServer.joined(separator: ", ")
    if blocks, extent.isEmpty {
      return [
        Diagnostic(
          .cutsNeed, .warning,
          "whether a rule of `networkPolicy.egress.to` reaches the API server is not known", at: place,
          fix:
            "say merlon.cluster.apiServer: [ADDRESS:PORT], as `kubectl get endpointslices -n default` has it")
      ]
    }
    let isReached =
      !extent.isEmpty
      && intent.evaluated().allows(
        workload, to: .apiServer, intent.cluster.apiServerPorts ?? .all(.tcp))
    if isReached {
      if dialect != .cilium { return [] }
      return [
        Diagnostic(
          .cutsNeed, .warning,
          "in Cilium a block matches the API server only where it runs outside the cluster", at: place,
          fix: "write apiServer: true in `networkPolicy.egress`")
      ]
    }
    return [
      Diagnostic(
        .cutsNeed, .warning,
        "\(workload) is closed for egress and cannot ask the API server\(extent.isEmpty ? "" : ", which answers at \(extent) behind its Service")",
        at: place, fix: "write apiServer: true in `networkPolicy.egress`, if it needs it")
    ]
  }

  /// Whether an egress rule names the API server or anyone, and whether one has blocks.
  private var endpointRules: (names: Bool, blocks: Bool) {
    let peers = intent.policies.flatMap(\.rules).filter { $0.direction == .egress }.flatMap(\.peers)
    return (
      peers.contains { $0.kind == .apiServer },
      peers.contains {
        switch $0.kind {
        case .block, .anyone: true
        default: false
        }
      }
    )
  }
}

extension Diagnostic.Code {
  /// A value that nothing depends on.
  static let unusedKnob = Self(rawValue: "unused-knob")
}
