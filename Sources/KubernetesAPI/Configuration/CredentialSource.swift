package import Kubernetes

/// What a request shows to say who makes it.
package struct CurrentCredential: Sendable, Equatable {
  /// The value of the header `Authorization`; nil for none.
  package let authorization: Secret<String>?
  /// What is shown in the TLS handshake. Another one needs new connections.
  package let certificate: ClientCertificate?
  /// Grows with each credential of a source that is another than the one before.
  package let revision: Int
}

/// Keeps the credential of a client current: reads files of tokens and certificates again, and runs plugins.
///
/// Everybody who asks while a plugin runs waits for that run. After an answer 401, ``invalidate(_:)`` makes the next request
/// get another credential.
package actor CredentialSource {
  private let credential: Credential
  private let now: @Sendable () -> Timestamp
  private let runner: ExecPlugin.Runner

  private var current: CurrentCredential?
  /// When the current one must not be used any more, or is to be read again; nil for never.
  private var end: Timestamp?
  /// Whether ``current`` got an answer 401.
  private var isRefused = false
  private var isRenewing = false
  private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
  private var nextWaiting = 0

  /// For how many seconds the content of a file is taken for current. client-go reads them each minute, and begins 10
  /// seconds before it is over.
  package static let secondsBetweenReadings = 50

  /// - Parameters:
  ///   - now: the time of the day, which expirations are compared with.
  ///   - runner: how plugins are run.
  package init(
    _ credential: Credential, now: @escaping @Sendable () -> Timestamp = { .now },
    runner: ExecPlugin.Runner = ExecPlugin.Runner()
  ) {
    self.credential = credential
    self.now = now
    self.runner = runner
  }

  /// The credential to use now.
  ///
  /// - Throws: `AccessError` when there is none, `CancellationError` when nobody waits for it any more.
  package func credentials() async throws -> CurrentCredential {
    while true {
      try Task.checkCancellation()
      if let current, end.map({ now() < $0 }) ?? true { return current }
      if !isRenewing { break }
      await waitForRenewal()
    }
    isRenewing = true
    defer {
      isRenewing = false
      for continuation in waiting.values { continuation.resume() }
      waiting = [:]
    }
    return try await renew()
  }

  /// Says that the API server refused a credential. Nothing happens when there is a newer one already.
  package func invalidate(_ refused: CurrentCredential) {
    guard let current, current.revision == refused.revision, credential.isRenewable else { return }
    end = .earliest
    isRefused = true
  }

  // MARK: - Waiting

  private func waitForRenewal() async {
    let number = nextWaiting
    nextWaiting += 1
    await withTaskCancellationHandler {
      await withCheckedContinuation { waiting[number] = $0 }
    } onCancel: {
      // The hop to the actor cannot come before the continuation is there: the operation holds the actor until then.
      Task { await self.stopWaiting(number) }
    }
  }

  private func stopWaiting(_ number: Int) {
    waiting.removeValue(forKey: number)?.resume()
  }

  // MARK: - Renewal

  private func renew() async throws -> CurrentCredential {
    let previous = current
    let wasRefused = isRefused
    do {
      let (authorization, certificate, end) = try await read()
      var next = CurrentCredential(
        authorization: authorization, certificate: certificate, revision: previous?.revision ?? 0)
      if next != previous || wasRefused {
        next = CurrentCredential(
          authorization: authorization, certificate: certificate, revision: next.revision + 1)
      }
      current = next
      self.end = end
      isRefused = false
      return next
    } catch let error as AccessError {
      // A file that cannot be read for a moment, as while it is replaced, ends nothing.
      guard let previous, !wasRefused, !credential.hasPlugin else { throw error }
      end = now().advanced(bySeconds: Self.secondsBetweenReadings)
      return previous
    }
  }

  private func read() async throws -> (Secret<String>?, ClientCertificate?, Timestamp?) {
    var problems: [Diagnostic] = []
    var certificate: ClientCertificate?
    do throws(AccessError) { certificate = try credential.certificate?.read() } catch {
      problems += error.problems
    }
    let reading = now().advanced(bySeconds: Self.secondsBetweenReadings)
    var authorization: Secret<String>?
    var end = credential.certificate?.isInFiles == true ? reading : nil
    switch credential.identity {
    case .none: break
    case .token(let token): authorization = Self.bearer(token)
    case .basic(let user, let password):
      authorization = Secret("Basic " + Base64.encode(Array("\(user):\(password.revealed)".utf8)))
    case .tokenFile(let file):
      end = reading
      do throws(AccessError) {
        authorization = Self.bearer(try file.read())
      } catch {
        if let fallback = file.fallback {
          authorization = isRefused ? Self.bearer(fallback) : current?.authorization ?? Self.bearer(fallback)
        } else {
          problems += error.problems
        }
      }
    case .exec(let plugin):
      let answer = try await runner.run(plugin)
      authorization = answer.token.map(Self.bearer)
      certificate = answer.certificate
      end = answer.expiration
    }
    try problems.throwIfAny()
    return (authorization, certificate, end)
  }

  private static func bearer(_ token: Secret<String>) -> Secret<String> { Secret("Bearer " + token.revealed) }
}

extension Credential {
  /// Whether another one can be had without a change of the configuration.
  fileprivate var isRenewable: Bool {
    switch identity {
    case .tokenFile, .exec: true
    case .none, .token, .basic: certificate?.isInFiles ?? false
    }
  }

  fileprivate var hasPlugin: Bool { if case .exec = identity { true } else { false } }
}
