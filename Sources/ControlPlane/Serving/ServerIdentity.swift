internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// Whom a server says that it is in TLS handshakes, which may change while it runs: certificates run out.
final class ServerIdentity: Sendable {
  private struct Shown: Sendable {
    let chain: [NIOSSLCertificateSource]
    let key: NIOSSLPrivateKeySource
  }

  private let shown = Mutex<Shown?>(nil)

  /// Shows another certificate from the next handshake on.
  func change(to identity: (certificates: String, key: SecretText)) throws(ServeError) {
    do {
      let chain = try NIOSSLCertificate.fromPEMBytes(Array(identity.certificates.utf8))
      let key = try NIOSSLPrivateKey(bytes: Array(identity.key.revealed.utf8), format: .pem)
      guard !chain.isEmpty else {
        throw ServeError("the file of the TLS certificate has none")
      }
      shown.withLock { $0 = Shown(chain: chain.map { .certificate($0) }, key: .privateKey(key)) }
    } catch let error as ServeError {
      throw error
    } catch {
      throw ServeError(
        "the TLS certificate or key cannot be read", fix: "both are PEM, the server's own certificate first")
    }
  }

  /// Nil when the server shows nothing: plain HTTP.
  var configuration: TLSConfiguration? {
    guard let now = shown.withLock({ $0 }) else { return nil }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: now.chain, privateKey: now.key)
    configuration.minimumTLSVersion = .tlsv12
    configuration.sslContextCallback = { _, promise in
      var override = NIOSSLContextConfigurationOverride()
      if let shown = self.shown.withLock({ $0 }) {
        override.certificateChain = shown.chain
        override.privateKey = shown.key
      }
      promise.succeed(override)
    }
    return configuration
  }
}
