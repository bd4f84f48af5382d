package import Dialects
package import Kubernetes
package import PolicyEngine
internal import PolicyModel

/// Policies of one dialect written in another one, and the proof that both mean the same.
package struct Translation: Sendable {
  package let from: WritableDialect
  package let to: WritableDialect
  /// What was written; losses of reading are among those of writing, in the order of their places.
  package let written: WrittenPolicies
  /// What is wrong with the input for the engine that it is for.
  package let problems: [Diagnostic]
  /// How many policies of the dialect there are in the input.
  package let policyCount: Int
  /// How many of other dialects; they are left out.
  package let otherCount: Int
  /// The policies as writers read them.
  package let plain: [PlainPolicy]
  /// What was lost in making them.
  package let readingLosses: [Loss]
  /// Those whose labels are known.
  package let namespaces: [Namespace]
  private let tiers: [Tier]
  private let conditions: SymbolicWorld.Conditions

  /// Translates the policies of a dialect among an input.
  package init(_ input: ClusterInput, from: WritableDialect, to: WritableDialect) {
    self.from = from
    self.to = to
    let read = input.manifests.keeping(from)
    policyCount = read.foreign.count
    otherCount = input.manifests.foreign.count - policyCount
    let policies = PolicySet(read, defaultNamespace: input.defaultNamespace)
    let stack = policies.stack(from.translationProfile, clusterName: input.facts.clusterName)
    problems =
      input.settingsProblems + input.manifests.diagnostics + policies.diagnostics + stack.diagnostics
    var surroundings = Surroundings()
    surroundings.namespaces = input.manifests.namespaces
    surroundings.podBlocks = input.facts.podBlocks
    surroundings.nodeBlocks = input.facts.nodeBlocks
    if let port = input.facts.apiServerPort {
      surroundings.apiServer = input.facts.apiServerAddresses.map { .init(address: $0, port: port) }
    }
    // Written for its own engine, a denial means what it says.
    surroundings.sparesProbes = from != to || from != .cilium
    tiers = stack.tiers
    let outside = OutsideBlocks(surroundings, isNeeded: from == .cilium && to != .cilium)
    let translated = TranslatedPolicies(
      tiers.map(outside.only), baseline: policies.baselineTiers, surroundings)
    plain = translated.policies
    readingLosses = translated.losses
    namespaces = input.manifests.namespaces
    var written = to.write(translated.policies, surroundings)
    written.losses = (translated.losses + written.losses + tiers.flatMap(outside.losses))
      .sorted { $0.location < $1.location }
    if from == .calico {
      written.assumptions.append(
        "there are no NetworkSets, GlobalNetworkSets and HostEndpoints but those of the input")
    }
    if from == .calico || from == .cilium, !input.manifests.services.isEmpty {
      written.assumptions.append("Services and what is behind them stay as they are in the input")
    }
    self.written = written
    var conditions = SymbolicWorld.Conditions()
    conditions.namespaces = input.manifests.namespaces
    conditions.podBlocks = input.facts.podBlocks
    conditions.nodeBlocks = input.facts.nodeBlocks
    conditions.apiServerAddresses = input.facts.apiServerAddresses
    self.conditions = conditions
  }

  /// Names of everything that is lost.
  package var lossNames: [String] { Set(written.losses.map(\.name.rawValue)).sorted() }

  /// Whether policies of the dialect were left out because they are wrong.
  package var hasErrors: Bool { problems.contains { $0.severity == .error } }

  /// Reads what was written back and compares it with what was read. O(kinds of pods²).
  package func prove() throws(TooManyDistinctions) -> RenderingProof { try prove(written.objects.yaml) }

  /// The same about another text.
  package func prove(_ text: String) throws(TooManyDistinctions) -> RenderingProof {
    try RenderingProof(
      intended: tiers, by: from == to ? from.translationProfile : meaning, text: text, written: written,
      dialect: to,
      under: conditions)
  }
}

extension Translation {
  /// What the policies mean: as their own engine reads blocks, and as the other one decides what specifications leave to
  /// engines, such as whether a pod's own node is policed. No specification lets policies cut probes.
  private var meaning: EngineProfile {
    var meaning = to.profile.meaningBlocks()
    meaning.addressBlocksMatch = from.profile.addressBlocksMatch
    return meaning
  }
}

extension WritableDialect {
  /// Whose rules say what policies of the dialect mean that are to be translated: without known faults of the engine.
  fileprivate var translationProfile: EngineProfile { profile.with([]).takingHostNetworkForNodes() }

  /// The kinds that hold policies of the dialect, and what these refer to.
  fileprivate func has(_ kind: GroupKind) -> Bool {
    switch self {
    case .kubernetes: kind == NetworkPolicy.groupKind
    case .clusterNetworkPolicy: ClusterNetworkPolicy.Kind.allCases.contains { $0.groupKind == kind }
    case .calico: CalicoObject.groupKinds.contains(kind)
    case .cilium: CiliumObject.groupKinds.contains(kind)
    }
  }
}

extension ManifestSet {
  /// Without policies of other dialects.
  fileprivate func keeping(_ dialect: WritableDialect) -> ManifestSet {
    var kept = self
    kept.foreign = foreign.filter { dialect.has($0.groupKind) }
    return kept
  }
}
