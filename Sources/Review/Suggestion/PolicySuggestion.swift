package import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// The least NetworkPolicies that allow what a log shows, and the proof that they do.
///
/// A workload that the log speaks of is closed but for what was seen. What existing policies allow or close already is
/// not written again, and what they allow besides cannot be taken back by NetworkPolicies: it is reported.
package struct PolicySuggestion: Sendable {
  package struct Options: Sendable {
    /// The only namespace that gets policies; nil for all but those of the system.
    package var namespace: String?
    /// Closes workloads of which the log says nothing, too.
    package var closesUnseen = false
    /// Leaves a direction as it is in which nothing was seen of a workload.
    package var onlySeenDirections = false
    /// Opens ports to everything outside where a log does not say which addresses there it means.
    package var opensToWorld = false
    /// Takes Calico's staged policies for enforced ones.
    package var enforcesStaged = false

    package init() {}
  }

  /// The policies of one namespace.
  package struct Part: Sendable {
    package let namespace: String
    /// NetworkPolicies, each one document.
    package let policies: [String]
    /// How many connections begin or end in it.
    let connections: Int
    let sighting: Sighting?
  }

  /// Who lets one side of a connection through.
  package enum Side: String, Sendable {
    /// A rule of the suggested policies.
    case suggested
    /// Policies of the input.
    case existing
    /// Nothing closes it.
    case open
    /// Nothing lets it through.
    case cut
  }

  /// A connection that was seen.
  package struct Connection: Sendable {
    package let source: String
    package let destination: String
    /// `TCP 8080`.
    package let port: String
    package let sighting: Sighting
    package let egress: Side
    package let ingress: Side
  }

  package let profile: String
  /// By namespace; those that need none are not among them.
  package let parts: [Part]
  /// By source, destination and port.
  package let connections: [Connection]
  /// Connections that were denied, which are not allowed.
  let denied: [Observations.Denied]
  /// Workloads of which the log says nothing, by name.
  package let unseen: [String]
  /// Records of the log that are no connections, by reason.
  package let skipped: [(reason: String, count: Int)]
  package let proof: SuggestionProof
  /// What the policies do not do, the errors first.
  package let findings: [Diagnostic]

  /// - Parameter input: read with what its objects declare.
  package init(_ log: FlowLog, _ input: ClusterInput, _ cluster: Cluster, _ options: Options = Options()) {
    var builder = SuggestionBuilder(log, input, cluster, options)
    builder.build()
    let text = ManifestText(path: SuggestionProof.path, Self.body(builder.parts))
    let suggested = FlowResolver(
      input.adding(text).cluster(cluster.profile, enforcesStaged: options.enforcesStaged))
    profile = cluster.profile.name
    parts = builder.parts
    denied = builder.observations.denied.filter { builder.isWanted($0) }
    unseen = builder.unseen.map { cluster.world.qualifiedName(cluster.world.workloads[$0]) }
    skipped = log.skipped
    proof = SuggestionProof(builder, suggested)
    connections = builder.connections(suggested)
    findings = SuggestionFindings(builder, proof, suggested).findings
  }

  /// Whether every connection that was seen stays allowed.
  package var isProven: Bool { !findings.contains { $0.severity == .error } }
}
