internal import Dialects
package import Kubernetes
package import PolicyEngine
package import PolicyModel

/// An input as a whole, in the eyes of one engine: what exists, what is policed, and what is wrong with the text.
package struct Cluster: Sendable {
  /// What exists: namespaces, pods and templates, workloads, nodes, Services.
  package let world: World
  /// What is enforced, in the order of evaluation; invalid policies are in ``diagnostics`` only.
  package let tiers: [Tier]
  /// Whose answer is wanted where engines differ.
  package let profile: EngineProfile
  /// Why this profile was taken; nil when it was asked for.
  package let profileReason: String?
  /// Kinds of policies that the profile's engine does not enforce, with their numbers.
  package let notEnforced: [(kind: GroupKind, count: Int)]
  package let summary: InputSummary
  /// What is known of the cluster besides the manifests.
  package let facts: ClusterFacts
  /// Everything that reading found, in the order of the places.
  package let diagnostics: [Diagnostic]
  /// Whether a part of the input could not be read, so that every answer is incomplete.
  package let isIncomplete: Bool

  /// Reads an input for one engine. Never fails: what cannot be read is in ``diagnostics``.
  package static func load(
    paths: [String], options: ManifestReader.Options, profile: EngineProfile
  ) async -> Cluster {
    await ClusterInput.load(paths: paths, options: options).cluster(profile)
  }

  /// Decodes the policies among the manifests and builds the world that they see.
  package init(
    _ manifests: ManifestSet, defaultNamespace: String, profile: EngineProfile, settings: Settings = .none
  ) {
    self = ClusterInput(manifests, defaultNamespace: defaultNamespace, settings: settings).cluster(profile)
  }

  /// - Parameter others: policies that this input's are compared with: what they look at makes a difference, too.
  init(
    _ input: ClusterInput, _ profile: EngineProfile, reason: String?, enforcesStaged: Bool,
    comparedWith others: [Policy] = []
  ) {
    let (manifests, policies) = (input.manifests, input.policies)
    let stack = policies.stack(
      profile, enforcesStaged: enforcesStaged, clusterName: input.facts.clusterName)
    tiers = stack.tiers
    notEnforced = stack.notEnforced
    world = World(
      manifests, policies: tiers.flatMap(\.policies) + others, policyNamespaces: policies.namespaces,
      policyNodes: policies.nodes(profile), facts: input.facts)
    facts = input.facts
    self.profile = profile
    profileReason = reason
    summary = InputSummary(input.read, policies, world)
    diagnostics =
      (manifests.diagnostics + input.settingsProblems + policies.diagnostics + stack.diagnostics
      + Self.notEnforced(stack.notEnforced, by: profile)).sortedByLocation()
    // Decoding a policy may show that it is a template, which is no policy yet.
    isIncomplete =
      manifests.isIncomplete
      || input.settingsProblems.contains { $0.code.meansUnreadable }
      || policies.diagnostics.contains { $0.severity == .error && $0.code == .renderFirst }
  }

  private static func notEnforced(
    _ kinds: [(kind: GroupKind, count: Int)], by profile: EngineProfile
  ) -> [Diagnostic] {
    kinds.map { kind, count in
      Diagnostic(
        .notEnforced, .warning,
        "\(count) \(kind) \(count == 1 ? "object is" : "objects are") not enforced by \(profile.name): answers are without \(count == 1 ? "it" : "them")",
        at: nil)
    }
  }

  /// Whether anything in the text is an error; what policies mean together is judged by ``CheckReport``.
  package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  /// What every answer is without.
  package var caveats: [String] {
    let count = summary.rejectedPolicies
    return [
      count > 0 ? "answers are without \(count) invalid \(count == 1 ? "policy" : "policies")" : nil,
      isIncomplete ? "a part of the input could not be read; answers are incomplete" : nil,
    ].compactMap { $0 }
  }
}

/// An input that was read, for any engine.
package struct ClusterInput: Sendable {
  /// What was read.
  let read: ManifestSet
  /// The same with the objects that facts add.
  var manifests: ManifestSet
  /// Without what the manifests say themselves.
  let facts: ClusterFacts
  /// What is wrong with the settings.
  let settingsProblems: [Diagnostic]
  /// What `merlon lint` does not report.
  let suppressions: [LintSuppression]
  var policies: PolicySet
  /// Where objects live whose manifest names no namespace.
  let defaultNamespace: String

  package init(_ manifests: ManifestSet, defaultNamespace: String, settings: Settings = .none) {
    read = manifests
    var facts = settings.facts
    var problems = settings.problems
    self.manifests = manifests.adding(&facts, &problems)
    self.facts = facts
    settingsProblems = problems
    suppressions = settings.suppressions
    self.defaultNamespace = defaultNamespace
    policies = PolicySet(self.manifests, defaultNamespace: defaultNamespace)
  }

  /// Reads an input. Never fails: what cannot be read is in ``Cluster/diagnostics``.
  package static func load(
    paths: [String], options: ManifestReader.Options, settings: Settings = .none
  ) async -> ClusterInput {
    ClusterInput(
      await ManifestReader(options: options).read(paths: paths), defaultNamespace: options.defaultNamespace,
      settings: settings)
  }

  /// The input in the eyes of one engine.
  ///
  /// - Parameter enforcesStaged: takes Calico's staged policies for enforced ones.
  package func cluster(_ profile: EngineProfile, enforcesStaged: Bool = false) -> Cluster {
    Cluster(self, profile, reason: nil, enforcesStaged: enforcesStaged)
  }

  /// The input in the eyes of the engine that it is probably meant for.
  package func assumedCluster(enforcesStaged: Bool = false) -> Cluster {
    let assumed = policies.assumedEnforcer
    return Cluster(
      self, .of(assumed.enforcer), reason: assumed.reason, enforcesStaged: enforcesStaged)
  }
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
  /// Policies and what they refer to, by kind.
  package let policyKinds: [(kind: GroupKind, count: Int)]
  /// Policies that the API server refuses or their engine passes over; all answers are without them.
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
    self.policies = zip(policies.objects, policies.groupKinds).count { $0.0.isPolicy }
    policyKinds = Dictionary(grouping: policies.groupKinds) { $0 }.map { ($0.key, $0.value.count) }.sorted {
      $0.0 < $1.0
    }
    rejectedPolicies = policies.rejected
    passedOver = manifests.passedOver.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    documentsWithoutKind = manifests.documentsWithoutKind
    withoutNamespace =
      manifests.pods.count { !$0.meta.hasWrittenNamespace }
      + manifests.workloads.count { !$0.meta.hasWrittenNamespace }
  }
}

extension Diagnostic.Code {
  /// Policies of kinds that the profile's engine passes over.
  package static let notEnforced = Self(rawValue: "not-enforced")
}
