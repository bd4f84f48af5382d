internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension LintRule {
  static let selectsNothing = LintRule(
    "MRL001", "selects-nothing", .warning, "a policy selects no pod, so what it was meant for is open",
    Explanation(
      trigger: "No pod and no template of the input has the labels that the policy selects.",
      reason:
        "A policy that selects nothing closes nothing. The pods it was written for stay as open as before.",
      exclusion:
        "A note and no warning: labels that operators give to pods they make, namespaces of which nothing is in the input, and input that kustomize changes or that could not be read whole. Typing errors are MRL003, finished pods MRL024.",
      example: """
        spec: {podSelector: {matchLabels: {app: frontend}}}   # the pods say app: web
        """,
      remedy: "Write the labels that the pods have, or remove the policy.")
  ) { context in
    context.findings.idlePolicies().filter { !$0.isNearMiss && !context.selectsFinished($0.policy) }.map {
      LintFinding($0.diagnostic, about: ObjectName($0.policy))
    }
  }

  static let peerMatchesNothing = LintRule(
    "MRL002", "peer-matches-nothing", .warning, "a peer of a rule matches no pod, so nobody is let in by it",
    Explanation(
      trigger: "No pod of the input is in the namespaces, or has the labels, that a peer asks for.",
      reason: "What the rule was meant to allow is denied; what it was meant to deny is not.",
      exclusion: "As for MRL001. A peer that was probably meant together with its neighbour is MRL004.",
      example: """
        ingress: [{from: [{podSelector: {matchLabels: {app: frontend}}}]}]   # no pod has app: frontend
        """,
      remedy:
        "Write the labels that the pods have; remember that a peer without namespaceSelector looks into the policy's own namespace only."
    )
  ) { context in
    let elsewhere = Set(context.splitPeers.map(\.location))
    return context.findings.deadPeers().filter {
      !$0.isNearMiss && !($0.diagnostic.location.map(elsewhere.contains) ?? false)
    }.map { LintFinding($0.diagnostic, about: ObjectName($0.policy)) }
  }

  static let likelyTypo = LintRule(
    "MRL003", "likely-typo", .error,
    "a selector matches nothing and is one typing error away from a label that exists",
    Explanation(
      trigger:
        "All conditions of a selector but one hold for some pod, and that one differs by a few letters.",
      reason: "The API server accepts every label. Nothing else will ever tell.",
      exclusion: "Names that differ in digits only (`blue-1`, `blue-2`) are meant to differ.",
      example: """
        spec: {podSelector: {matchLabels: {app: leger}}}   # the pods say app: ledger
        """,
      remedy: "Write the label that the message names.")
  ) { context in
    (context.findings.idlePolicies() + context.findings.deadPeers()).filter(\.isNearMiss).map {
      LintFinding($0.diagnostic, about: ObjectName($0.policy))
    }
  }

  static let selectsFinished = LintRule(
    "MRL024", "selects-finished-pods", .warning, "a policy selects only pods that have finished",
    Explanation(
      trigger: "Every pod that a policy selects has the phase Succeeded or Failed.",
      reason:
        "A finished pod has no network any more, and its address may belong to another pod. The policy does nothing.",
      exclusion: "A policy for a Job or CronJob of the input: its next pods will be policed.",
      example: """
        kind: Pod
        metadata: {name: migrate, labels: {app: migrate}}
        status: {phase: Succeeded}                            # and a policy on app: migrate
        """,
      remedy: "Remove the policy, or select the workload that makes such pods.")
  ) { context in
    context.compiled.policies.indices.filter { number in
      context.compiled.selectsNothing(number) && context.selectsFinished(context.compiled.policies[number])
    }.map { number in
      let policy = context.compiled.policies[number]
      return LintFinding(
        .warning, "\(policy.identity) selects finished pods only: it does nothing",
        at: policy.subjectLocation, about: ObjectName(policy.identity))
    }
  }
}

extension LintContext {
  fileprivate func selectsFinished(_ identity: PolicyIdentity) -> Bool {
    compiled.policies.contains { $0.identity == identity && selectsFinished($0) }
  }

  fileprivate func selectsFinished(_ policy: Policy) -> Bool {
    guard let selector = policy.subject.endpoints else { return false }
    return world.endpoints.contains { endpoint in
      endpoint.isFinished && selector.namespaces.contains(world.namespaces[endpoint.namespace])
        && selector.pods.matches { world.value(of: $0, endpoint) }
    }
  }
}
