internal import Dialects
internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension LintRule {
  static let hostNetwork = LintRule(
    "MRL023", "host-network-subject", .warning, "a policy selects pods that use their node's network",
    Explanation(
      trigger:
        "A pod with hostNetwork is selected by a policy that closes a direction, and the engine does not say that it counts as its node.",
      reason: "Most engines do not police such pods: they are as open as their node.",
      exclusion:
        "Engines that certainly take such pods for their node, as Calico and Cilium do: selectors do not match them at all.",
      example: """
        spec: {template: {spec: {hostNetwork: true}}}   # and a policy on its labels
        """,
      remedy: "Police the node, or do without hostNetwork.")
  ) { context in
    context.findings.hostNetworkSubjects().filter { !AssumedPods.contains($0.unit.location) }.map {
      LintFinding($0.diagnostic, about: context.object($0.unit))
    }
  }

  static let unlabeled = LintRule(
    "MRL025", "unlabeled-pods", .warning, "pods without labels, in a namespace whose policies go by labels",
    Explanation(
      trigger:
        "The pods of a workload have no label, nothing closes their ingress, and policies of their namespace select others.",
      reason: "Only a policy for all pods of the namespace can reach a pod without labels.",
      exclusion: "Namespaces without policies, and pods that a policy for the whole namespace closes.",
      example: """
        kind: Pod
        metadata: {name: debug}   # no labels, in a namespace with policies
        """,
      remedy: "Give the pods labels, or close the whole namespace by a default deny.")
  ) { context in
    context.units.compactMap { unit in
      let endpoint = context.world.endpoints[unit.endpoints[0]]
      guard endpoint.labels.isEmpty, !endpoint.hostNetwork, !unit.isIngressIsolated, !unit.isDeniedSomething,
        !context.evaluator.index.byNamespace[unit.namespace].isEmpty
      else { return nil }
      return LintFinding(
        .warning,
        "\(context.name(unit)) has no labels, so the policies of its namespace do not reach it: it is open",
        at: unit.location, about: context.object(unit))
    }
  }

  static let rejectedPolicy = LintRule(
    "MRL026", "rejected-policy", .error,
    "a policy is refused or ignored, so what it was meant to close is open",
    Explanation(
      trigger: "The API server, or the engine that the policy is for, refuses an object or passes it over.",
      reason: "What is not enforced closes nothing. A cluster that had an older version of it keeps that.",
      exclusion: "Kinds that another engine enforces: `not-enforced` says so once for all of a kind.",
      example: """
        spec: {podSelector: {matchLabel: {app: web}}}   # unknown field
        """,
      remedy: "Mend what the other messages say about it.")
  ) { $0.rejectedFindings() }
}

extension LintContext {
  fileprivate func rejectedFindings() -> [LintFinding] {
    let accepted = Set(input.policies.objects.map(\.meta.location))
    let names = Set(
      zip(input.policies.objects, input.policies.groupKinds).map {
        ObjectName(kind: $1.kind, namespace: $0.meta.namespace, name: $0.meta.name)
      })
    let problems = cluster.diagnostics.filter { $0.severity == .error }
    let refused = input.manifests.foreign.compactMap { object -> LintFinding? in
      guard let name = ObjectName(policy: object) else { return nil }
      let location = object.root["metadata"]?["name"]?.location ?? object.root.location
      // Of two with one name the last counts, and the first was not refused.
      if accepted.contains(location) || names.contains(name) { return nil }
      let reason = problems.first { problem in
        guard let place = problem.location else { return false }
        return place.file === location.file && place.line >= object.root.location.line
      }
      return LintFinding(
        .error, "\(name) is refused: what it was meant to close is as open as without it", at: location,
        related: reason.flatMap { problem in
          problem.location.map { [.init(message: problem.message, location: $0)] }
        } ?? [], about: name)
    }
    let explained = Set(refused.flatMap { $0.diagnostic.related.map(\.location) })
    let ignored = problems.filter { problem in
      problem.code == .ignoredByAgent && !(problem.location.map(explained.contains) ?? false)
    }.map { LintFinding(.error, $0.message, at: $0.location, about: nil) }
    return refused + ignored
  }
}

extension ObjectName {
  /// Nil for objects that policies refer to, and for those without a name.
  fileprivate init?(policy object: ForeignObject) {
    let kind = object.groupKind.kind
    guard kind.hasSuffix("Policy"), let metadata = object.root["metadata"],
      let name = metadata["name"]?.text, !name.isEmpty
    else { return nil }
    let isNamespaced = !["Global", "Cluster", "Admin", "Baseline", "Clusterwide"].contains {
      kind.contains($0)
    }
    let namespace = metadata["namespace"]?.text ?? ""
    self.init(
      kind: kind, namespace: isNamespaced ? (namespace.isEmpty ? "default" : namespace) : "", name: name)
  }
}
