package import Kubernetes

/// What the control plane remembers: integrations, policy revisions, API tokens, and who changed them.
///
/// A function that writes returns after the write and its entry in the audit trail are safe on disk, both or none.
/// Nothing may be applied that was not stored before. Times come from the caller, and `by` is who acts, for the audit
/// trail: `token 3 (ci)`.
///
/// Do not keep in it what can be asked from a cluster: members of sources are followed, not stored.
package protocol Store: Sendable {
  // MARK: Integrations

  /// All, sorted by name.
  func integrations() async throws(StoreError) -> [Stored<Integration>]

  /// - Returns: nil when there is none of that name.
  /// - Throws: `unreadable` when it is there and cannot be read.
  func integration(named name: String) async throws(StoreError) -> Integration?

  /// - Throws: `exists` when there is one of that name; `invalid` for secrets that are not in `token`.
  func createIntegration(
    named name: String, _ settings: IntegrationSettings, token: SecretText?, by actor: String,
    at now: Timestamp
  ) async throws(StoreError) -> Integration

  /// Writes all settings anew. What is already so is written to nobody's account: the generation stays.
  ///
  /// - Parameter generation: the one that the writer has seen; nil when it does not matter.
  /// - Throws: `missing`; `conflict` when the generation is another; `unreadable` when the token is to be kept and
  ///   cannot be read.
  func updateIntegration(
    named name: String, _ settings: IntegrationSettings, token: TokenChange, expecting generation: Int?,
    by actor: String, at now: Timestamp
  ) async throws(StoreError) -> Integration

  /// Deletes an integration, a readable one or not. Whether policies still name it is for the caller to know.
  ///
  /// - Parameter revision: the policy revision in which the caller found it unused.
  /// - Throws: `missing`; `conflict` when the generation or the active revision is another.
  func deleteIntegration(
    named name: String, expecting generation: Int?, whileActive revision: ExpectedRevision, by actor: String,
    at now: Timestamp
  ) async throws(StoreError)

  // MARK: Policy revisions

  func revisions(_ range: RecordRange, limit: Int) async throws(StoreError) -> [Stored<RevisionHeader>]

  /// - Returns: nil when there is none of that number.
  func revision(_ number: Int) async throws(StoreError) -> PolicyRevision?

  /// - Returns: nil when there is no policy yet.
  func activeRevision() async throws(StoreError) -> PolicyRevision?

  /// Makes a document the active one. When the active one says the same, nothing is written, whichever was
  /// expected: a request that is sent again does no harm.
  ///
  /// - Throws: `conflict` when another revision than the expected one is active; `missing` when an integration that
  ///   the draft names is, or its origin; `invalid` when it is not the text of its origin.
  func appendRevision(
    _ draft: PolicyDraft, expecting expected: ExpectedRevision, by actor: String, at now: Timestamp
  ) async throws(StoreError) -> AppendedRevision

  // MARK: API tokens

  /// All, the oldest first, with those that do not count any more.
  func tokens() async throws(StoreError) -> [Stored<APIToken>]

  /// - Returns: the token with its text, which nobody can ask for again.
  /// - Throws: `invalid` when it would be expired at once, or has no name.
  func createToken(
    named name: String, role: APIToken.Role, expiresAt: Timestamp?, by actor: String, at now: Timestamp
  ) async throws(StoreError) -> NewAPIToken

  /// Whose token this is. Writes nothing.
  func authenticate(_ presented: SecretText, at now: Timestamp) async throws(StoreError) -> Authentication

  /// A token that is revoked already stays as it is.
  ///
  /// - Throws: `missing`.
  func revokeToken(_ id: Int, by actor: String, at now: Timestamp) async throws(StoreError) -> APIToken

  // MARK: Audit trail

  func auditTrail(_ range: RecordRange, limit: Int) async throws(StoreError) -> [Stored<AuditEntry>]

  // MARK: Sealing

  /// Seals all secrets with another key, in one step; this store uses it from then on. What neither key opens stays
  /// as it is and is named in the answer. Doing it again does no harm.
  func rotate(
    from old: SealingKey, to new: SealingKey, by actor: String, at now: Timestamp
  ) async throws(StoreError) -> KeyRotation
}

/// What a change of the sealing key did.
package struct KeyRotation: Sendable, Equatable {
  /// How many secrets were sealed anew.
  package let resealed: Int
  /// How many were sealed with the new key before.
  package let alreadySealed: Int
  package let unreadable: [UnreadableRecord]
}
