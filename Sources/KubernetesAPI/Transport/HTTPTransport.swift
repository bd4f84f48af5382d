internal import AsyncHTTPClient
internal import Glibc
internal import Kubernetes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPCompression
internal import NIOPosix
internal import NIOSSL

/// How long to wait for what.
package struct TransportDeadlines: Sendable {
  package var connect = Duration.seconds(10)
  /// For the head of an answer.
  package var head = Duration.seconds(60)
  /// Between two pieces of a body.
  package var idle = Duration.seconds(60)

  package init() {}

  /// For watches, in which a server may rightly be silent. A ``Reflector`` knows for how long, and gives up before these do.
  package static let following: TransportDeadlines = {
    var deadlines = TransportDeadlines()
    deadlines.idle = .seconds(600)
    return deadlines
  }()
}

/// Requests over HTTP/1.1 and TLS to one server, with one client certificate or none.
struct HTTPTransport: APITransport {
  private let client: HTTPClient
  private let url: String
  private let host: String
  private let deadlines: TransportDeadlines

  init(
    _ access: ClusterAccess, _ certificate: ClientCertificate?, _ deadlines: TransportDeadlines
  ) throws(TransportError) {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.httpVersion = .http1Only
    // Who asks knows better whether to try again.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.timeout.connect = TimeAmount(deadlines.connect)
    configuration.timeout.read = TimeAmount(deadlines.idle)
    configuration.decompression =
      access.allowsCompression ? .enabled(limit: .size(DocumentLimits.inputBytes)) : .disabled
    configuration.tlsConfiguration = try Self.tls(access.trust, certificate)
    configuration.proxy = access.proxy.map { HTTPClient.Configuration.Proxy($0) }
    let server = access.server
    var authority = server.authority
    if let name = access.tlsServerName, name != server.host {
      // The name in the URL is the one that the certificate is held against; it is looked up as the server's own.
      configuration.dnsOverride = [name: server.host]
      authority = "\(name):\(server.port)"
    }
    url = "\(server.scheme.rawValue)://\(authority)\(server.pathPrefix)"
    host = server.authority
    self.deadlines = deadlines
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Ends all connections.
  func close() async { try? await client.shutdown() }

  private static func tls(
    _ trust: ServerTrust, _ certificate: ClientCertificate?
  ) throws(TransportError) -> TLSConfiguration {
    var tls = TLSConfiguration.makeClientConfiguration()
    // A server that is in the middle of a watch may never say goodbye.
    tls.shutdownTimeout = .milliseconds(200)
    do {
      switch trust {
      case .system: break
      case .authorities(let certificates):
        tls.trustRoots = .certificates(
          try certificates.der.map { try NIOSSLCertificate(bytes: $0, format: .der) })
      case .anyone: tls.certificateVerification = .none
      }
      if let certificate {
        tls.certificateChain = try certificate.chain.der.map {
          .certificate(try NIOSSLCertificate(bytes: $0, format: .der))
        }
        tls.privateKey = .privateKey(
          try NIOSSLPrivateKey(bytes: certificate.key.pem.revealed, format: .pem))
      }
    } catch {
      throw TransportError(.tls, "a certificate or key cannot be used: \(error)")
    }
    return tls
  }

  func send(_ request: APIRequest) async throws(TransportError) -> APIResponse {
    var own = HTTPClientRequest(url: url + request.target)
    own.headers.add(name: "host", value: host)
    for (name, value) in request.headers { own.headers.add(name: name, value: value) }
    own.method = HTTPMethod(rawValue: request.method.rawValue)
    if let body = request.body {
      own.headers.add(name: "content-type", value: body.type)
      own.body = .bytes(body.bytes)
    }
    do {
      let response = try await client.execute(own, timeout: TimeAmount(deadlines.head))
      return APIResponse(
        status: Int(response.status.code),
        headers: response.headers.map { ($0.name.lowercased(), $0.value) },
        body: ResponseBody(body: response.body))
    } catch {
      throw TransportError(error)
    }
  }
}

/// An answer's pieces, whose failures are ``TransportError``s.
private struct ResponseBody: AsyncSequence, Sendable {
  let body: HTTPClientResponse.Body

  struct AsyncIterator: AsyncIteratorProtocol {
    var pieces: HTTPClientResponse.Body.AsyncIterator

    mutating func next() async throws -> [UInt8]? {
      do {
        return try await pieces.next().map { Array($0.readableBytesView) }
      } catch {
        throw TransportError(error)
      }
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: body.makeAsyncIterator()) }
}

extension TransportError {
  fileprivate init(_ error: any Error) {
    switch error {
    case let error as HTTPClientError:
      switch error {
      case .connectTimeout: self.init(.connect, "nothing answers there")
      case .readTimeout, .deadlineExceeded: self.init(.timeout, "the server does not answer in time")
      case .remoteConnectionClosed: self.init(.closed, "the server closed the connection")
      case .tlsHandshakeTimeout: self.init(.tls, "the server does not answer TLS in time")
      case .cancelled: self.init(.closed, "cancelled")
      default: self.init(.closed, error.shortDescription)
      }
    case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: self.init(tls: "\(error)")
    case let error as NIOConnectionError:
      self =
        error.connectionErrors.first.map { TransportError($0.error) }
        ?? TransportError(.connect, "the name \(error.host) is unknown")
    case let error as IOError:
      switch error.errnoCode {
      case ECONNREFUSED: self.init(.connect, "the connection is refused: nobody listens there")
      case ECONNRESET, EPIPE: self.init(.closed, "the server broke the connection off")
      default: self.init(.connect, String(cString: strerror(error.errnoCode)))
      }
    case is NIOHTTPDecompression.DecompressionError:
      self.init(
        .tooLarge, "an answer is larger than \(DocumentLimits.inputBytes >> 20) MiB, or is compressed wrongly"
      )
    default: self.init(.closed, "\(error)")
    }
  }
}

extension TransportError {
  /// What the TLS library says, in words for whoever has to mend it.
  private init(tls text: String) {
    switch text {
    case _ where text.contains("CERTIFICATE_VERIFY_FAILED"):
      self.init(.certificate, "no authority that is trusted signed the server's certificate")
    case _ where text.contains("failedToValidateHostname"),
      _ where text.contains("unableToValidateCertificate"):
      self.init(.certificate, "the server's certificate is for another name")
    // A server that is starting or stopping: another try may help.
    case _ where text.contains("EOF during handshake"), _ where text.contains("uncleanShutdown"):
      self.init(.closed, "the server closed the connection while TLS began")
    case _ where text.contains("WRONG_VERSION_NUMBER"):
      self.init(.tls, "the server does not speak TLS at this port")
    default: self.init(.tls, "TLS failed")
    }
  }
}

extension HTTPClient.Configuration.Proxy {
  fileprivate init(_ proxy: ProxyServer) {
    switch proxy.scheme {
    case .socks5: self = .socksServer(host: proxy.host, port: Int(proxy.port))
    case .http:
      guard let credentials = proxy.credentials else {
        self = .server(host: proxy.host, port: Int(proxy.port))
        return
      }
      let encoded = Base64.encode(Array(credentials.revealed.utf8))
      self = .server(host: proxy.host, port: Int(proxy.port), authorization: .basic(credentials: encoded))
    }
  }
}

extension TimeAmount {
  fileprivate init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}
