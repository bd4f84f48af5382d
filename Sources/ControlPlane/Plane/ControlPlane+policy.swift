package import Kubernetes
internal import PolicyEngine
package import SourceGroups

/// A document that may become the policy.
package struct PolicyProposal: Sendable {
  package let policy: SourceGroupPolicy
  package let text: String
  /// Warnings and notes: errors are refusals.
  package let findings: [Diagnostic]
}

extension ControlPlane {
  /// Reads a document, and holds it against the integrations there are.
  ///
  /// - Throws: everything that is wrong with it.
  ///
  /// - Parameter path: what positions call it.
  package func proposal(_ text: String, called path: String = "policy") throws(RequestError) -> PolicyProposal
  {
    let reading = Self.read(text, called: path)
    var problems = reading.diagnostics
    if let policy = reading.policy {
      problems += policy.unknownIntegrations(among: current.integrationNames)
    }
    let errors = problems.filter { $0.severity == .error }
    guard let policy = reading.policy, errors.isEmpty else {
      throw RequestError(.invalid, "the policy is not usable", problems: problems)
    }
    return PolicyProposal(policy: policy, text: text, findings: problems)
  }

  /// The same for a document that would be put where a revision is expected to count.
  func proposal(_ text: String, expecting expected: ExpectedRevision) throws(RequestError) -> PolicyProposal {
    let number = current.policy?.revision.header.number
    let isExpected =
      switch expected {
      case .any: true
      case .absent: number == nil
      case .number(let expected): number == expected
      }
    guard isExpected else {
      throw RequestError(.precondition, "another revision counts: \(number.map { "\($0)" } ?? "none")")
    }
    return try proposal(text)
  }

  /// What another document would change, for every cluster.
  ///
  /// One may be asked for at a time, as it takes long for many groups; writes go on meanwhile.
  package nonisolated func plan(_ text: String) async throws(RequestError) -> (
    PolicyProposal, SourceGroupPlan
  ) {
    let proposal = try await proposal(text)
    let groups = proposal.policy.groups.count + (current.policy?.policy.groups.count ?? 0)
    guard groups <= Self.mostPlannedGroups else {
      throw RequestError(
        .invalid, "the documents have \(groups) groups, and at most \(Self.mostPlannedGroups) are compared")
    }
    // As long as there is no policy, nothing is let through.
    let none = SourceGroupPolicy(
      name: "none", defaultPolicy: Located(.deny, at: proposal.policy.location), groups: [],
      location: proposal.policy.location)
    return try await comparing { () throws(RequestError) in
      do throws(TooManyDistinctions) {
        return (proposal, try SourceGroupPlan(from: current.policy?.policy ?? none, to: proposal.policy))
      } catch {
        throw RequestError(.invalid, "the documents tell too many kinds of senders apart to compare them")
      }
    }
  }

  /// Of both documents together.
  private static let mostPlannedGroups = 400

  /// Stores a document and lets it count. A document that says the same as the one that counts changes nothing.
  package func putPolicy(
    _ text: String, expecting expected: ExpectedRevision, note: String = "", by actor: String,
    called path: String = "policy"
  ) async throws(RequestError) -> (appended: AppendedRevision, findings: [Diagnostic]) {
    let proposal = try proposal(text, called: path)
    let draft = PolicyDraft(
      text: text, canonicalText: proposal.policy.canonicalText, note: note,
      integrations: storedIntegrations(of: proposal.policy))
    return (try await append(draft, proposal.policy, expecting: expected, by: actor), proposal.findings)
  }

  /// Brings an old revision back, as a new one.
  package func rollBack(
    to number: Int, expecting expected: ExpectedRevision, by actor: String
  ) async throws(RequestError) -> AppendedRevision {
    let old: PolicyRevision?
    do throws(StoreError) {
      old = try await store.revision(number)
    } catch {
      throw RequestError(error)
    }
    guard let old else { throw RequestError(.missing, "there is no revision \(number)") }
    let proposal = try proposal(old.text)
    let draft = PolicyDraft(
      restoring: old, integrations: storedIntegrations(of: proposal.policy))
    return try await append(draft, proposal.policy, expecting: expected, by: actor)
  }

  /// Integrations that must be stored for the policy to count: the server has the others from its configuration.
  private func storedIntegrations(of policy: SourceGroupPolicy) -> [String] {
    Set(policy.integrations.map(\.value)).subtracting(current.fixed.keys).sorted()
  }

  private func append(
    _ draft: PolicyDraft, _ policy: SourceGroupPolicy, expecting expected: ExpectedRevision, by actor: String
  ) async throws(RequestError) -> AppendedRevision {
    do throws(StoreError) {
      let appended = try await store.appendRevision(draft, expecting: expected, by: actor, at: clock.now)
      // Also when it is not new: another process may have stored it.
      await activate(ActivePolicy(revision: appended.revision, policy: policy))
      return appended
    } catch {
      throw error.code == .conflict
        ? RequestError(.precondition, error.message, fix: error.fix) : RequestError(error)
    }
  }
}
