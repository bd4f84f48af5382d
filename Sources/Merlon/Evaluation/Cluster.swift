internal import Dialects
internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel
internal import Review

/// A cluster in which policies can be asked about.
///
/// ```swift
/// let cluster = try intent.evaluate()
/// cluster.allows(web, to: db, .tcp(5432))          // true
/// cluster.verdict(from: web, to: .world, .tcp(443)) // why
/// ```
///
/// Its pods are those of the workloads that it was made of; what else is asked about is a pod with the labels that the
/// question names, and no others.
public struct Cluster: Sendable {
  private let manifests: ManifestSet
  private let tiers: [Tier]
  private let profile: EngineProfile
  private let facts: ClusterFacts
  private let description: ClusterDescription

  init(
    _ manifests: ManifestSet, tiers: [Tier], profile: EngineProfile, facts: ClusterFacts,
    description: ClusterDescription
  ) {
    self.manifests = manifests
    self.tiers = tiers
    self.profile = profile
    self.facts = facts
    self.description = description
  }

  /// Whether all connections of a source to a target on some ports work.
  public func allows(
    _ source: any PeerConvertible, to target: any PeerConvertible, _ ports: PortSet
  ) -> Bool {
    verdict(from: source, to: target, ports).outcome == .allowed
  }

  /// Whether no connection of a source to a target on some ports works.
  public func denies(
    _ source: any PeerConvertible, to target: any PeerConvertible, _ ports: PortSet
  ) -> Bool {
    verdict(from: source, to: target, ports).outcome == .denied
  }

  /// Whether all connections to something that is no pods work.
  public func allows(_ source: any PeerConvertible, to target: Peer, _ ports: PortSet) -> Bool {
    verdict(from: source, to: target, ports).outcome == .allowed
  }

  /// Whether no connection to something that is no pods works.
  public func denies(_ source: any PeerConvertible, to target: Peer, _ ports: PortSet) -> Bool {
    verdict(from: source, to: target, ports).outcome == .denied
  }

  /// Whether all connections of something that is no pods work.
  public func allows(_ source: Peer, to target: any PeerConvertible, _ ports: PortSet) -> Bool {
    verdict(from: source, to: target, ports).outcome == .allowed
  }

  /// Whether no connection of something that is no pods works.
  public func denies(_ source: Peer, to target: any PeerConvertible, _ ports: PortSet) -> Bool {
    verdict(from: source, to: target, ports).outcome == .denied
  }

  /// What becomes of connections to something that is no pods.
  public func verdict(from source: any PeerConvertible, to target: Peer, _ ports: PortSet) -> Verdict {
    verdict(from: source, to: target as any PeerConvertible, ports)
  }

  /// What becomes of connections of something that is no pods.
  public func verdict(from source: Peer, to target: any PeerConvertible, _ ports: PortSet) -> Verdict {
    verdict(from: source as any PeerConvertible, to: target, ports)
  }

  /// What becomes of connections of a source to a target on some ports, and why.
  ///
  /// Where they are not all alike, the explanation is of two that differ.
  public func verdict(
    from source: any PeerConvertible, to target: any PeerConvertible, _ ports: PortSet
  ) -> Verdict {
    let asked = prepared(from: [source], to: [target])
    var answers = Answers(asked.evaluator)
    for source in asked.sources.joined() {
      for target in asked.targets.joined() {
        for traffic in ports.flowTraffic(asked.compiled, to: target.end) {
          answers.ask(PolicyEngine.Flow(from: source.end, to: target.end, traffic), source.name, target.name)
        }
      }
    }
    return answers.verdict
  }
}

extension Cluster {
  /// Whether all connections of each source to each target work. Policies are prepared once for all of them.
  ///
  /// - Returns: for each source, an answer for each target.
  func allows(
    _ sources: [any PeerConvertible], to targets: [(target: any PeerConvertible, ports: PortSet)]
  ) -> [[Bool]] {
    let asked = prepared(from: sources, to: targets.map(\.target))
    return asked.sources.map { sources in
      zip(asked.targets, targets).map { ends, target in
        sources.allSatisfy { source in
          ends.allSatisfy { end in
            target.ports.flowTraffic(asked.compiled, to: end.end).allSatisfy {
              asked.evaluator.verdict(PolicyEngine.Flow(from: source.end, to: end.end, $0)).outcome
                == .allowed
            }
          }
        }
      }
    }
  }

  /// What questions are put to.
  private struct Prepared {
    let evaluator: FlowEvaluator
    let compiled: CompiledPolicies
    /// For each source, and for each target, the ends that it stands for.
    let sources: [[Question.NamedEnd]]
    let targets: [[Question.NamedEnd]]
  }

  /// The cluster with pods for all that is asked about.
  private func prepared(from sources: [any PeerConvertible], to targets: [any PeerConvertible]) -> Prepared {
    var question = Question(manifests, description)
    let ends = (sources.map { question.ends(of: $0) }, targets.map { question.ends(of: $0) })
    let world = World(
      question.manifests, policies: tiers.flatMap(\.policies), policyNamespaces: [], facts: facts)
    let compiled = CompiledPolicies(world: world, tiers: tiers, profile: profile)
    func named(_ ends: [[Question.End]]) -> [[Question.NamedEnd]] {
      ends.map { $0.flatMap { $0.flowEnds(world, compiled) } }
    }
    return Prepared(
      evaluator: FlowEvaluator(world: world, tiers: tiers, profile: profile), compiled: compiled,
      sources: named(ends.0), targets: named(ends.1))
  }
}

/// Outcomes of the flows that a question stands for.
private struct Answers {
  private let evaluator: FlowEvaluator
  private var first: [PolicyEngine.Outcome: Explanation] = [:]

  init(_ evaluator: FlowEvaluator) { self.evaluator = evaluator }

  mutating func ask(_ flow: PolicyEngine.Flow, _ source: String, _ target: String) {
    let explanation = Explanation(flow, source: source, destination: target, evaluator: evaluator)
    guard let outcome = explanation.cases.first?.verdict.outcome else { return }
    if first[outcome] == nil { first[outcome] = explanation }
  }

  var verdict: Verdict {
    let outcomes: [PolicyEngine.Outcome] = [.denied, .undefined, .allowed]
    let found = outcomes.filter { first[$0] != nil }
    let wording = Wording(evaluator.world)
    let text = found.compactMap { first[$0]?.text(wording, TextStyle(usesColor: false)) }.joined(
      separator: "\n")
    if found.isEmpty {
      return Verdict(outcome: .undefined, explanation: "The question names nothing that could connect.")
    }
    return Verdict(outcome: found.count == 1 ? .init(found[0]) : .undefined, explanation: text)
  }
}
