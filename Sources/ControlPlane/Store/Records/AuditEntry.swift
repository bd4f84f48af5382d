package import Kubernetes

/// One write: who did what when. It is stored with what it is about, or neither is.
package struct AuditEntry: Sendable, Equatable {
  /// What was done.
  package enum Action: String, Sendable, CaseIterable {
    case createIntegration = "integration.create"
    case updateIntegration = "integration.update"
    case deleteIntegration = "integration.delete"
    case appendPolicy = "policy.append"
    case createToken = "token.create"
    case revokeToken = "token.revoke"
    case rotateKey = "key.rotate"
  }

  /// 1 for the first, then always higher.
  package let sequence: Int
  package let at: Timestamp
  package let actor: String
  package let action: Action
  /// What it was done to: `integration prod`, `revision 4`.
  package let subject: String
  /// What is different now, in lines; of a secret only that it changed.
  package let change: String
}
