internal import Dialects
internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel
package import Review

/// What was proved about a ``Rendering``: that it means what its intent means, in every cluster.
public struct Certificate: Sendable, CustomStringConvertible {
  package let proof: RenderingProof

  init(_ proof: RenderingProof) { self.proof = proof }

  /// Whether it means the same, but for its losses.
  public var holds: Bool { proof.holds }

  /// Flows that the intent and the rendering decide differently, up to a few; none where it holds.
  public var witnesses: [String] {
    proof.equivalence.witnesses.map {
      "\($0.source) -> \($0.destination) \(Wording.text($0.flow.traffic))"
    }
  }

  /// What was compared, under which profile and assumptions, and what came of it.
  public var description: String {
    let text = proof.text(.plain)
    return text.last == "\n" ? String(text.dropLast()) : text
  }
}

/// Policies tell more kinds of pods apart than a proof goes through.
public struct ProofTooLarge: Error, Sendable, CustomStringConvertible {
  /// How many kinds it goes through.
  public let limit: Int

  /// In words.
  public var description: String {
    "the policies tell more than \(limit) kinds of pods apart: prove them in parts"
  }
}

extension Rendering {
  /// Reads the rendering's text back and compares it with its intent in every cluster: all combinations of labels that
  /// policies tell apart, all addresses, ports and protocols.
  public func prove() throws(ProofTooLarge) -> Certificate { try Certificate(proof(of: yaml)) }

  /// The same about another text, such as one that was edited.
  public func prove(_ yaml: String) throws(ProofTooLarge) -> Certificate { try Certificate(proof(of: yaml)) }

  /// The same for callers that cannot wait.
  ///
  /// - Parameter limit: how many kinds of pods are gone through.
  package func prove(limit: Int) throws(ProofTooLarge) -> Certificate {
    try Certificate(proof(of: yaml, limit: limit))
  }

  private func proof(of text: String, limit: Int? = nil) throws(ProofTooLarge) -> RenderingProof {
    var conditions = conditions
    if let limit { conditions.limit = limit }
    do {
      return try RenderingProof(
        intended: intended, text: text, written: written, dialect: dialect.writable, under: conditions)
    } catch {
      throw ProofTooLarge(limit: error.limit)
    }
  }

  /// What is known of the clusters that it is proved for.
  var conditions: SymbolicWorld.Conditions {
    let read = intent.cluster.read(at: intent.site)
    var conditions = SymbolicWorld.Conditions()
    conditions.namespaces = intent.knownNamespaces
    conditions.podBlocks = read.podBlocks
    conditions.nodeBlocks = read.nodeBlocks
    conditions.apiServerAddresses = read.apiServer.map(\.address)
    conditions.workloads = intent.workloads.filter { !$0.hostNetwork && !$0.containerPorts.isEmpty }.map {
      SymbolicWorld.DeclaredPorts($0.pods.endpoints, ports: $0.containerPorts)
    }
    return conditions
  }
}
