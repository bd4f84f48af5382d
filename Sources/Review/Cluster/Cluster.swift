internal import Dialects
package import Kubernetes
package import PolicyEngine
package import PolicyModel

/// An input as a whole: what exists, what is policed, and what is wrong with the text.
package struct Cluster: Sendable {
  /// What exists: namespaces, pods and templates, workloads, nodes, Services.
  package let world: World
  /// What is enforced, in the order of evaluation; invalid policies are in ``diagnostics`` only.
  package let tiers: [Tier]
  /// Whose answer is wanted where engines differ.
  package let profile: EngineProfile
  package let summary: InputSummary
  /// Everything that reading found, in the order of the places.
  package let diagnostics: [Diagnostic]
  /// Whether a part of the input could not be read, so that every answer is incomplete.
  package let isIncomplete: Bool

  /// Reads an input. Never fails: what cannot be read is in ``diagnostics``.
  package static func load(
    paths: [String], options: ManifestReader.Options, profile: EngineProfile
  ) async -> Cluster {
    Cluster(
      await ManifestReader(options: options).read(paths: paths), defaultNamespace: options.defaultNamespace,
      profile: profile)
  }

  /// Decodes the policies among the manifests and builds the world that they see.
  package init(_ manifests: ManifestSet, defaultNamespace: String, profile: EngineProfile) {
    let policies = PolicySet(manifests, defaultNamespace: defaultNamespace)
    tiers = policies.stack(profile).tiers
    world = World(
      manifests, policyNamespaces: policies.namespaces,
      visibleLabels: PolicyIndex.labelKeys(in: tiers.flatMap(\.policies)))
    self.profile = profile
    summary = InputSummary(manifests, policies, world)
    diagnostics = (manifests.diagnostics + policies.diagnostics).sortedByLocation()
    // Decoding a policy may show that it is a template, which is no policy yet.
    isIncomplete =
      manifests.isIncomplete
      || policies.diagnostics.contains { $0.severity == .error && $0.code == .renderFirst }
  }

  /// Whether anything in the text is an error; what policies mean together is judged by ``CheckReport``.
  package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// What was read, in numbers.
package struct InputSummary: Sendable {
  package let files: Int
  package let workloads: Int
  /// Manifests of kind Pod, finished ones included; templates are ``workloads``.
  package let pods: Int
  /// Pods of phase Succeeded or Failed, which no answer counts.
  package let finishedPods: Int
  /// Assumed ones included.
  package let namespaces: Int
  package let nodes: Int
  package let services: Int
  package let policies: Int
  /// Policies that no API server takes; all answers are without them.
  package let rejectedPolicies: Int
  /// Kinds that say nothing about policies, with their numbers.
  package let passedOver: [(kind: GroupKind, count: Int)]
  /// Documents that are no Kubernetes objects, such as values of charts.
  package let documentsWithoutKind: Int
  /// Objects whose manifest names no namespace.
  package let withoutNamespace: Int

  init(_ manifests: ManifestSet, _ policies: PolicySet, _ world: World) {
    files = manifests.files
    workloads = manifests.workloads.count
    pods = manifests.pods.count
    finishedPods = manifests.pods.count(where: \.isFinished)
    namespaces = world.namespaces.count
    nodes = manifests.nodes.count
    services = manifests.services.count
    self.policies = policies.objects.count
    rejectedPolicies = policies.rejected
    passedOver = manifests.passedOver.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    documentsWithoutKind = manifests.documentsWithoutKind
    withoutNamespace =
      manifests.pods.count { !$0.meta.hasWrittenNamespace }
      + manifests.workloads.count { !$0.meta.hasWrittenNamespace }
  }
}
