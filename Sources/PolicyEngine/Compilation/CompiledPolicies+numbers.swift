internal import Kubernetes
package import PolicyModel

extension CompiledPolicies {
  /// The policy that a rule number belongs to, and the rule.
  package func policyAndRule(_ number: Int32) -> (policy: Policy, rule: Rule) {
    let rule = rules[Int(number)]
    return (policies[Int(rule.policy)], rule.rule)
  }

  /// How many rules there are; their numbers count from 0.
  package var ruleCount: Int { rules.count }

  /// The policies that say something about the ends of a row.
  package func policies(ofRow row: Int32) -> [Policy] {
    rows[Int(row)].policies.map { policies[Int($0)] }
  }

  /// Those of them that close its direction.
  package func closingPolicies(ofRow row: Int32) -> [Policy] {
    rows[Int(row)].closing.map { policies[Int($0)] }
  }

  /// What everything outside of the input can tell of a unit in a direction: units with the same are one to it.
  package func look(of unit: ConnectivityUnit, _ direction: Direction) -> [Int32] {
    let rowOfFacet = direction == .egress ? egressRow : ingressRow
    return classes[Int(unit.endpointClass)].facets.flatMap { number in
      let facet = facets[Int(number)]
      let family = facet.family.map { Int32($0.rawValue) } ?? -1
      return [rowOfFacet[Int(number)], family, facet.isNode ? 1 : 0]
    }
  }

  /// Whether policies say anything about a unit in a direction.
  package func concerns(_ unit: ConnectivityUnit, _ direction: Direction) -> Bool {
    let rowOfFacet = direction == .egress ? egressRow : ingressRow
    return classes[Int(unit.endpointClass)].facets.contains { rowOfFacet[Int($0)] != Self.openRow }
  }

  /// How many rows there are; their numbers count from 0.
  package var rowCount: Int { rows.count }

  /// One facet without a choice, whose node does not matter: pairs of simple classes need no case analysis.
  func isSimple(_ endpointClass: EndpointClass) -> Bool {
    endpointClass.facets.count == 1 && !facets[Int(endpointClass.facets[0])].isNode
  }
}
