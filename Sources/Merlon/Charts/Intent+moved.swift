/// Another name for a namespace, and for a Helm release in the label that charts give pods.
struct Move: Sendable {
  let namespace: (from: String, to: String)
  let release: (from: String, to: String)?

  private static let releaseLabel = "app.kubernetes.io/instance"

  func name(_ namespace: String) -> String {
    namespace == self.namespace.from ? self.namespace.to : namespace
  }

  func value(_ value: String, of key: String) -> String {
    guard let release, key == Self.releaseLabel, value == release.from else { return value }
    return release.to
  }
}

extension Intent {
  /// The same intent for another namespace: wherever the old one is named, the new one is.
  func moved(_ move: Move) -> Intent {
    var cluster = cluster
    cluster.dns = .init(
      pods: cluster.dns.pods.moved(move), addresses: cluster.dns.addresses, ports: cluster.dns.ports)
    let items: [IntentItem] =
      workloads.map { .workload($0.moved(move)) } + policies.map { .policy($0.moved(move)) }
      + flows.map { .flow($0.moved(move)) }
      + namespaces.map { .namespace(KnownNamespace(move.name($0.name), labels: $0.labels)) }
    return Intent(items, for: cluster, site)
  }

  /// Namespaces that workloads and policies live in, sorted.
  var ownNamespaces: [String] {
    let pods = policies.map(\.subject) + flows.flatMap { [$0.source.pods, $0.target.pods] }.compactMap { $0 }
    let named = pods.flatMap { pods -> [String] in
      if case .named(let names) = pods.namespaces { names } else { [] }
    }
    return Set(named + workloads.map(\.namespace)).sorted()
  }
}

extension Workload {
  func moved(_ move: Move) -> Workload {
    var labels = labels
    for (key, value) in labels { labels[key] = move.value(value, of: key) }
    return Workload(
      name: name, namespace: move.name(namespace), labels: labels, selector: selector.moved(move),
      containerPorts: containerPorts, serviceAccount: serviceAccount, hostNetwork: hostNetwork, needs: needs,
      site: site)
  }
}

extension Policy {
  fileprivate func moved(_ move: Move) -> Policy {
    let rules = rules.map { rule in
      Rule(
        direction: rule.direction, action: rule.action, peers: rule.peers.map { $0.moved(move) },
        ports: rule.ports, site: rule.site)
    }
    return Policy(name, subject.moved(move), isolating, stage, rules, site)
  }
}

extension Flow {
  fileprivate func moved(_ move: Move) -> Flow {
    Flow(
      source: source.moved(move), target: target.moved(move), ports: ports, isolating: isolating, site: site)
  }
}

extension Flow.End {
  fileprivate func moved(_ move: Move) -> Flow.End {
    switch self {
    case .pods(let pods): .pods(pods.moved(move))
    case .peers(let peers): .peers(peers.map { $0.moved(move) })
    }
  }
}

extension Peer {
  fileprivate func moved(_ move: Move) -> Peer {
    if case .pods(let pods) = kind { .pods(pods.moved(move)) } else { self }
  }
}

extension Pods {
  fileprivate func moved(_ move: Move) -> Pods {
    let namespaces: Namespaces =
      if case .named(let names) = namespaces { .named(names.map { move.name($0) }) } else { namespaces }
    return Pods(selector.moved(move), namespaces, serviceAccount, site)
  }
}

extension Selector {
  fileprivate func moved(_ move: Move) -> Selector {
    Selector(
      requirements.map { requirement in
        switch requirement {
        case .isIn(let key, let values): .isIn(key, values.map { move.value($0, of: key) })
        case .isNotIn(let key, let values): .isNotIn(key, values.map { move.value($0, of: key) })
        case .exists, .doesNotExist: requirement
        }
      })
  }
}
