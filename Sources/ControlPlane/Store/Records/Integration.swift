package import Kubernetes

/// A cluster that sources are resolved in: where its API server answers, and how to speak to it.
package struct Integration: Sendable, Equatable {
  package let name: String
  package let settings: IntegrationSettings
  /// The bearer token of a service account.
  package let token: SecretText?
  package let createdAt: Timestamp
  package let updatedAt: Timestamp
  /// The number in the audit trail of the write that made it what it is: no two states share one, even if the
  /// integration is deleted and made again.
  package let generation: Int
}

/// What of an integration anybody may see.
package struct IntegrationSettings: Sendable, Equatable {
  /// The URL of the API server, as it was written.
  package var server: String
  /// PEM certificates that the server's must come from; nil for those that the machine trusts.
  package var certificateAuthority: String?
  /// The name that the server's certificate must have, when it is not that in the URL.
  package var tlsServerName: String?

  package init(server: String, certificateAuthority: String? = nil, tlsServerName: String? = nil) {
    self.server = server
    self.certificateAuthority = certificateAuthority
    self.tlsServerName = tlsServerName
  }
}

/// What becomes of an integration's token when the rest is written. It need not be sent again to be kept.
package enum TokenChange: Sendable, Equatable {
  case keep
  case set(SecretText)
  case remove
}

extension IntegrationSettings {
  /// Refuses secrets where they would be stored, shown and audited in clear.
  func requireNoSecrets() throws(StoreError) {
    let start = server.firstRange(of: "://")?.upperBound ?? server.startIndex
    if server[start...].prefix(while: { !"/?#".contains($0) }).contains("@") {
      throw StoreError(
        .invalid, "the server URL has a user name or a password in it",
        fix: "remove what stands before the `@`")
    }
    if certificateAuthority?.contains("PRIVATE KEY") ?? false {
      throw StoreError(
        .invalid, "the certificate authority has a private key in it",
        fix: "send the certificates only, and take the key for known to others")
    }
  }
}
