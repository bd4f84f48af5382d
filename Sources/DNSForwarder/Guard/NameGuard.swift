package import DomainNames
package import Kubernetes

/// What is done with a question for a name.
package enum NameJudgement: Sendable, Hashable {
  /// It is asked.
  ///
  /// - isGuarded: whether its addresses are to be admitted before anyone is told them. Answers of other names are
  ///   passed on as they are, those of loopback too.
  case forward(isGuarded: Bool)
  /// It is not asked, and the client is told ``DNSForwarderSettings/denial``.
  case deny
}

/// An address that a client is about to be told.
package struct AnsweredAddress: Sendable, Hashable {
  package let address: IPAddress
  /// For how long from now the client may connect to it.
  package let lifetime: Duration

  package init(_ address: IPAddress, lifetime: Duration) {
    self.address = address
    self.lifetime = lifetime
  }
}

/// Who knows what the clients of a forwarder may ask for, and lets their connections through.
///
/// The forwarder waits for it without limit: a question stays under way until the guard returns or throws, and counts
/// towards ``DNSForwarderSettings/limits``. A guard in another process must give up by itself; when it throws, the
/// client is told that the server failed and nothing else.
package protocol NameGuard: Sendable {
  /// Called for each question before anyone is asked.
  func judge(_ name: DomainName, askedBy source: IPAddress) async throws -> NameJudgement

  /// Called for each answer with addresses for a guarded name. The client gets it after this has returned.
  ///
  /// - Parameters:
  ///   - addresses: one or more, each once; the name's and of those that it is another name for.
  ///   - name: the name that was asked for.
  func admit(_ addresses: [AnsweredAddress], for name: DomainName, to source: IPAddress) async throws
}
