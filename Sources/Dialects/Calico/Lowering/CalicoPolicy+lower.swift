internal import Kubernetes
internal import PolicyModel

extension CalicoPolicy {
  /// The policy in the neutral model; nil when it is about host endpoints only and there is none that it selects.
  ///
  /// - Parameter isolates: whether what the policy does not decide is denied at the end of its tier.
  func lower(isolates: Bool, _ lowering: inout CalicoLowering) -> Policy? {
    let selection = CalicoSelection(self)
    let namespace: String? = if case .namespaced = scope { meta.namespace } else { nil }
    lowering.noteUnknownServiceAccounts(
      in: selection.pods, at: (serviceAccountSelector ?? selector).location)
    guard let subject = subject(selection, &lowering) else { return nil }
    var rules: [Rule] = []
    for (direction, list) in [(Direction.ingress, ingress), (.egress, egress)]
    where effectiveTypes.contains(direction) {
      for (index, rule) in list.enumerated() {
        rules += rule.lower(direction, index, namespace: namespace, &lowering)
      }
    }
    return Policy(
      identity: PolicyIdentity(kind: kind.rawValue, namespace: meta.namespace, name: meta.name),
      location: meta.location, subject: subject, subjectLocation: selector.location,
      isolates: isolates ? effectiveTypes : [], rules: rules)
  }

  private func subject(_ selection: CalicoSelection, _ lowering: inout CalicoLowering) -> PolicySubject? {
    guard let pods = selection.pods else { return nil }
    guard case .global(let global) = scope else { return .endpoints(pods) }
    let hosts = lowering.hostEndpoints(selection)
    if !hosts.isEmpty { lowering.warn(of: global.stage, at: meta.location) }
    let nodes = NodeSelector.named(Set(hosts.map(\.node)).sorted())
    switch global.stage {
    case .tracked: return hosts.isEmpty ? .endpoints(pods) : .endpointsAndNodes(pods, nodes)
    case .doNotTrack, .preDNAT: return hosts.isEmpty ? nil : .nodes(nodes)
    }
  }

  /// When packets meet the policy.
  var stage: PacketStage {
    if case .global(let global) = scope { global.stage } else { .tracked(applyOnForward: false) }
  }

  /// The name without the tier's before it, which older servers and the stored form ask for
  /// (`crd.projectcalico.org/v1`).
  var nameInTier: String {
    meta.name.hasPrefix("\(tier).") ? String(meta.name.dropFirst(tier.count + 1)) : meta.name
  }
}
