internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension LintRule {
  static let servicePort = LintRule(
    "MRL015", "service-port", .warning,
    "a rule names the port of a Service where the port of the pod is meant",
    Explanation(
      trigger:
        "A rule names a single port that no pod it speaks of declares or is sent to by a Service, and a Service of such a pod listens on that port and leads to another one, which the rule does not name.",
      reason:
        "Policies see connections after the Service has translated them. The rule opens a port on which nobody listens, and the right one stays closed.",
      exclusion:
        "Rules that name both ports, and rules that speak of a pod which declares the port, or which declares none and is behind no Service.",
      example: """
        ingress: [{ports: [{port: 80}]}]   # the Service has port: 80, targetPort: 8080
        """,
      remedy: "Write the targetPort of the Service.")
  ) { $0.servicePortFindings() }

  static let undefinedPortName = LintRule(
    "MRL016", "undefined-port-name", .warning, "a rule names a port by a name that none of its pods declares",
    Explanation(
      trigger:
        "None of the pods that receive what a rule speaks of declares a container port with that name and protocol.",
      reason: "A name that nothing declares matches no connection.",
      exclusion:
        "Rules whose pods are not in the input, and egress rules to pods of namespaces that have none in it.",
      example: """
        ingress: [{ports: [{port: metrics}]}]   # the container's port is called http-metrics
        """,
      remedy: "Write the name that the containers declare, or the number.")
  ) { $0.portNameFindings() }
}

extension LintContext {
  /// The endpoints at which connections of a rule arrive, as far as they are pods of the input.
  private func receivers(_ rule: Int32, of policy: Int) -> [Int] {
    let value = compiled.policyAndRule(rule).rule
    if value.direction == .ingress { return subjects[policy] }
    guard case .anyOf(let peers) = value.peers,
      peers.allSatisfy({ if case .endpoints = $0.kind { true } else { false } })
    else { return [] }
    return selected.ofPeers(rule: rule) ?? []
  }

  // MARK: - Ports of Services

  fileprivate func servicePortFindings() -> [LintFinding] {
    var backends = ServiceBackends(world)
    var servicesOfGroup = [[Int]](repeating: [], count: world.workloads.count)
    for service in world.services.indices {
      for group in backends.groups(of: service) { servicesOfGroup[group].append(service) }
    }
    return compiled.policies.indices.flatMap { policy in
      rulesOfPolicies[policy].compactMap { number -> LintFinding? in
        let (owner, rule) = compiled.policyAndRule(number)
        let singles = rule.traffic.portMatches.compactMap(\.single)
        if singles.isEmpty { return nil }
        let groups = Set(receivers(number, of: policy).map { world.endpoints[$0].workload }).sorted()
        for (match, port) in singles {
          guard
            let found = misnamed(
              port, match.transport, groups: groups, servicesOfGroup, allowed: singles.map(\.port))
          else { continue }
          let service = world.services[found.service]
          return LintFinding(
            .warning,
            "\(owner.identity) \(rule.path) names \(match.transport.name) \(port), the port of Service \(service.meta.qualifiedName); policies see the pods' port, \(found.target)",
            at: match.location, related: [.init(message: "the Service", location: service.meta.location)],
            fix: "write \(found.target)", about: ObjectName(owner.identity))
        }
        return nil
      }
    }
  }

  /// The Service whose port a rule names in place of the pods', and what the pods' is.
  private func misnamed(
    _ port: UInt16, _ transport: TransportProtocol, groups: [Int], _ servicesOfGroup: [[Int]],
    allowed: [UInt16]
  ) -> (service: Int, target: UInt16)? {
    var found: (service: Int, target: UInt16)?
    for group in groups {
      guard let first = world.workloads[group].endpoints.first else { continue }
      let endpoint = world.endpoints[first]
      // Where pods listen that declare nothing, nobody knows.
      if endpoint.ports.isEmpty, servicesOfGroup[group].isEmpty { return nil }
      if endpoint.ports.contains(where: { $0.number == port && $0.transport == transport }) { return nil }
      for service in servicesOfGroup[group] {
        for own in world.services[service].ports where own.transport == transport {
          guard let target = endpoint.podPort(own.target, transport) else { continue }
          if target == port { return nil }
          guard own.number == port, !world.services[service].isHeadless else { continue }
          if allowed.contains(target) { return nil }
          if found == nil { found = (service, target) }
        }
      }
    }
    return found
  }

  // MARK: - Names

  fileprivate func portNameFindings() -> [LintFinding] {
    compiled.policies.indices.flatMap { policy in
      rulesOfPolicies[policy].flatMap { number -> [LintFinding] in
        let (owner, rule) = compiled.policyAndRule(number)
        let named = rule.traffic.portMatches.filter { !$0.names.isEmpty }
        if named.isEmpty { return [] }
        let endpoints = receivers(number, of: policy)
        if endpoints.isEmpty { return [] }
        var seen: Set<String> = []
        return named.flatMap { match in match.names.map { (match, $0) } }.compactMap { match, name in
          guard seen.insert(name).inserted else { return nil }
          let transports = named.filter { $0.names.contains(name) }.map(\.transport)
          let isDeclared = endpoints.contains { endpoint in
            transports.contains {
              !world.endpoints[endpoint].portNumbers(named: name, $0, .allWithInit).isEmpty
            }
          }
          if isDeclared { return nil }
          let declared = Set(endpoints.flatMap { world.endpoints[$0].ports.compactMap(\.name) })
          let same = declared.contains(name)
          return LintFinding(
            rule.direction == .ingress ? .warning : .note,
            "\(owner.identity) \(rule.path) names port `\(name)`, which none of \(words(endpoints)) declares\(same ? " for \(match.transport.name)" : "")",
            at: match.location,
            fix: Suggestion.nearest(to: name, among: declared.sorted()).map { "did you mean `\($0)`?" },
            about: ObjectName(owner.identity))
        }
      }
    }
  }
}

extension PortMatch {
  /// The match with its port, when it is one number.
  fileprivate var single: (match: PortMatch, port: UInt16)? {
    guard case .range(let range) = ports, range.count == 1, exceptions.isEmpty else { return nil }
    return (self, range.lowerBound)
  }
}
