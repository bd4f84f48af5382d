package import Kubernetes

/// Somebody who may use the API. The token itself is not kept: only its SHA-256 is.
package struct APIToken: Sendable, Equatable {
  /// What its bearer may do.
  package enum Role: String, Sendable, CaseIterable {
    case read
    /// Reading, and reporting what a gateway denies.
    case gateway
    /// Reading and writing.
    case admin
  }

  package let id: Int
  /// What it is for. Two may have one name.
  package let name: String
  package let role: Role
  package let createdAt: Timestamp
  /// The first moment at which it is refused.
  package let expiresAt: Timestamp?
  package let revokedAt: Timestamp?
}

/// A token that was just made: the only time that its text is there.
package struct NewAPIToken: Sendable, Equatable {
  package let token: APIToken
  package let text: SecretText
}

/// The answer to whoever shows a token.
package enum Authentication: Sendable, Equatable {
  case accepted(APIToken)
  case refused(Refusal)

  /// Why a token does not count.
  package enum Refusal: Sendable, Equatable {
    /// It is no token of Merlon, or not all of one: its checksum is wrong.
    case malformed
    /// No such token was made here.
    case unknown
    case revoked(at: Timestamp)
    case expired(at: Timestamp)
  }
}
