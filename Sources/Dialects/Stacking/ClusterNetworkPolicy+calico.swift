internal import Kubernetes
internal import PolicyModel

extension ClusterNetworkPolicy {
  /// The policy as Calico reads it (`libcalico-go/lib/backend/k8s/conversion/clusternetworkpolicy.go`).
  ///
  /// It knows neither nodes nor domain names, nor port names here. A rule with one of them is as a whole replaced: one
  /// that accepts matches nothing, one that denies or passes denies everything. Peers by namespace alone are NetworkSets
  /// of those namespaces too.
  func lowerForCalico(_ lowering: inout CalicoLowering) -> Policy {
    let policy = lower { namespaces, pods, _ in pods == nil ? lowering.nets(in: namespaces) : [] }
    var rules: [PolicyModel.Rule] = []
    for (rule, lowered) in zip(ingress + egress, policy.rules) {
      guard let unsupported = rule.unsupportedByCalico else {
        rules.append(lowered)
        continue
      }
      let isAccept = rule.action == .accept
      lowering.report(
        .unsupported,
        "Calico does not support \(unsupported.name): this rule \(isAccept ? "matches nothing" : "denies everything")",
        at: unsupported.location)
      rules.append(
        PolicyModel.Rule(
          direction: lowered.direction, action: isAccept ? .allow : .deny, path: lowered.path,
          peers: isAccept ? .anyOf([]) : .anyone, traffic: isAccept ? lowered.traffic : .any,
          step: lowered.step, location: lowered.location))
    }
    return policy.with(rules: rules)
  }
}

extension ClusterNetworkPolicy.Rule {
  /// What Calico cannot read in it.
  fileprivate var unsupportedByCalico: (name: String, location: SourceLocation)? {
    for peer in peers {
      switch peer.kind {
      case .nodes: return ("`nodes`", peer.location)
      case .domainNames: return ("`domainNames`", peer.location)
      case .namespaces, .pods, .networks: continue
      }
    }
    guard case .anyOf(let matches) = protocols else { return nil }
    for match in matches {
      if case .namedPort = match.kind { return ("named ports in this kind", match.location) }
    }
    return nil
  }
}
