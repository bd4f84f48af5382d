internal import Kubernetes
package import PolicyModel

/// The answer to a flow that needs no case analysis, with what decided each direction.
package struct CompiledVerdict: Sendable {
  package enum Decision: Sendable, Hashable {
    /// Policies do not apply to this end.
    case notPoliced
    /// No policy isolates it.
    case notIsolated
    /// The first rule that matches, as a number for ``CompiledPolicies/policyAndRule(_:)``.
    case allowed(rule: Int32)
    /// No rule of the row's policies matches, see ``CompiledPolicies/isolatingPolicies(ofRow:)``.
    case denied(row: Int32)
  }

  package let egress: Decision
  package let ingress: Decision

  package var isAllowed: Bool { egress.isAllowed && ingress.isAllowed }
}

extension CompiledVerdict.Decision {
  package var isAllowed: Bool {
    if case .denied = self { false } else { true }
  }
}

extension CompiledPolicies {
  /// Decides a flow between two ends that each look the same in every situation; nil when a choice is open or
  /// the flow needs more than rows: nodes, Services, a pod and itself, protocols without ports.
  ///
  /// O(groups of two rows + rules that match).
  package func verdict(_ flow: Flow) -> CompiledVerdict? {
    guard case .port(let transport, let port) = flow.traffic, !flow.isWithinOneEnd,
      let source = simpleEnd(flow.source), let destination = simpleEnd(flow.destination)
    else { return nil }
    guard let egress = decision(egressRow, of: source, other: destination, transport, port),
      let ingress = decision(ingressRow, of: destination, other: source, transport, port)
    else { return nil }
    return CompiledVerdict(egress: egress, ingress: ingress)
  }

  /// The policy that a rule number belongs to, and the rule.
  package func policyAndRule(_ number: Int32) -> (policy: Policy, rule: Rule) {
    let rule = rules[Int(number)]
    return (policies[Int(rule.policy)], rule.rule)
  }

  /// How many rules there are; their numbers count from 0.
  package var ruleCount: Int { rules.count }

  /// The policies that isolate the ends of a row.
  package func isolatingPolicies(ofRow row: Int32) -> [Policy] {
    rows[Int(row)].policies.map { policies[Int($0)] }
  }

  /// How many rows there are; their numbers count from 0.
  package var rowCount: Int { rows.count }

  /// An end with one facet.
  private enum SimpleEnd {
    case facet(Int)
    case atom(Int)
  }

  private func simpleEnd(_ end: FlowEnd) -> SimpleEnd? {
    switch end {
    case .endpoint(let number, _): return simpleFacet(of: number).map { .facet($0) }
    case .workload(let group):
      let endpoints = world.workloads[group].endpoints
      guard let first = endpoints.first, let facet = simpleFacet(of: first),
        endpoints.allSatisfy({ classOfEndpoint[$0] == classOfEndpoint[first] })
      else { return nil }
      return .facet(facet)
    case .address(let address): return .atom(Int(atoms.atom(of: address)))
    case .node, .itself, .service: return nil
    }
  }

  private func simpleFacet(of endpoint: Int) -> Int? {
    let endpointClass = classes[Int(classOfEndpoint[endpoint])]
    guard endpointClass.isSimple else { return nil }
    let facet = Int(endpointClass.facets[0])
    return facets[facet].isNode ? nil : facet
  }

  /// Nil when it depends.
  private func decision(
    _ rowOfFacet: [Int32], of subject: SimpleEnd, other: SimpleEnd, _ transport: TransportProtocol, _ port: UInt16
  ) -> CompiledVerdict.Decision? {
    guard case .facet(let facet) = subject, facets[facet].isPoliced else { return .notPoliced }
    let row = rowOfFacet[facet]
    if row == Self.openRow { return .notIsolated }
    let rules: [Row.RuleTraffic]
    let traffic: TrafficTable.ID
    switch other {
    case .facet(let facet):
      guard let group = rows[Int(row)].group(of: facet) else { return .denied(row: row) }
      (rules, traffic) = (group.rules, group.traffic)
    case .atom(let atom):
      guard let group = rows[Int(row)].outsideGroup(of: atom) else { return .denied(row: row) }
      (rules, traffic) = (group.rules, group.traffic)
    }
    switch table[traffic].outcome(transport, port) {
    case .denied: return .denied(row: row)
    case .undefined: return nil
    case .allowed:
      let rule = rules.first { table[$0.traffic].certain.contains(transport, port) }
      return rule.map { .allowed(rule: $0.rule) }
    }
  }
}

extension Flow {
  /// Both ends are one pod or workload, whatever address they are named by.
  var isWithinOneEnd: Bool {
    switch (source, destination) {
    case (.endpoint(let a, _), .endpoint(let b, _)): a == b
    case (.workload(let a), .workload(let b)): a == b
    default: false
    }
  }
}
