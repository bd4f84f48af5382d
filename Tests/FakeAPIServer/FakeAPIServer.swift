import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A Kubernetes API server on loopback that serves a ``FakeCluster`` over real HTTP or TLS, and misbehaves when it is told to.
package struct FakeAPIServer: Sendable {
  /// What it serves, and the requests that it got.
  package let cluster: FakeCluster
  /// `https://127.0.0.1:40001`
  package let url: String
  private let channel: any Channel

  /// How a server shows who it is.
  package enum Identity: Sendable {
    /// Over plain HTTP it does not.
    case none
    /// As 127.0.0.1, localhost and kubernetes.default.
    case everyName
    /// As kubernetes.default alone.
    case oneName

    fileprivate var pem: (certificate: String, key: String)? {
      switch self {
      case .none: nil
      case .everyName: (TestCertificates.server, TestCertificates.serverKey)
      case .oneName: (TestCertificates.namedServer, TestCertificates.namedServerKey)
      }
    }
  }

  /// Starts one on a free port.
  package static func start(
    _ cluster: FakeCluster, as identity: Identity = .everyName
  ) async throws -> FakeAPIServer {
    var context: NIOSSLContext?
    if let (certificate, key) = identity.pem {
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map {
          .certificate($0)
        },
        privateKey: .privateKey(
          try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)))
      configuration.trustRoots = .certificates(
        try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.authority.utf8)))
      // Client certificates are looked at where a client has one.
      configuration.certificateVerification = .optionalVerification
      context = try NIOSSLContext(configuration: configuration)
    }
    let tls = context
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 64)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
          try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
          try pipeline.addHandler(FakeRequestHandler(cluster))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = channel.localAddress?.port ?? 0
    return FakeAPIServer(
      cluster: cluster, url: "\(tls == nil ? "http" : "https")://127.0.0.1:\(port)", channel: channel)
  }

  /// Refuses connections from now on; open ones go on.
  package func stop() async throws { try await channel.close() }

  /// Serves a cluster while a body runs.
  package static func serving<Result>(
    _ cluster: FakeCluster, as identity: Identity = .everyName,
    isolation: isolated (any Actor)? = #isolation, _ body: (FakeAPIServer) async throws -> Result
  ) async throws -> Result {
    let server = try await start(cluster, as: identity)
    do {
      let result = try await body(server)
      try await server.stop()
      return result
    } catch {
      try? await server.stop()
      throw error
    }
  }
}

/// Collects a request, asks the cluster, and writes what it says.
private final class FakeRequestHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let cluster: FakeCluster
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []
  /// The watch that this connection carries.
  private var watch: Int?

  init(_ cluster: FakeCluster) { self.cluster = cluster }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = []
    case .body(let buffer): body += buffer.readableBytesView
    case .end:
      guard let head else { return }
      let hasCertificate = context.pipeline.hasPeerCertificate
      let request = FakeRequest(
        method: head.method.rawValue, target: head.uri, headers: head.headers.map { ($0.name, $0.value) },
        body: body, hasClientCertificate: hasCertificate)
      answer(cluster.answer(request), to: request, context)
    }
  }

  func channelActive(context: ChannelHandlerContext) {
    if cluster.refusesConnections { return context.close(promise: nil) }
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    endWatch()
    context.fireChannelInactive()
  }

  private func endWatch() {
    if let watch { cluster.closed(watch) }
    watch = nil
  }

  private func answer(_ answer: FakeAnswer, to request: FakeRequest, _ context: ChannelHandlerContext) {
    switch answer {
    case .watch:
      endWatch()
      var head = HTTPResponseHead(version: .http1_1, status: .ok)
      head.headers.add(name: "content-type", value: "application/json")
      head.headers.add(name: "transfer-encoding", value: "chunked")
      context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
      watch = cluster.begin(request, FakeStream(context.channel))
    case .silence: return
    case .close: context.close(promise: nil)
    case .response(let status, let headers, let chunks, let isComplete):
      var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status))
      for (name, value) in headers { head.headers.add(name: name, value: value) }
      head.headers.add(name: "transfer-encoding", value: "chunked")
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      for chunk in chunks {
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: chunk)))), promise: nil)
      }
      if isComplete {
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      } else {
        context.flush()
        context.close(promise: nil)
      }
    }
  }
}

extension FakeStream {
  fileprivate init(_ channel: any Channel) {
    let loop = channel.eventLoop
    // Whoever calls may hold a lock that the handlers of this channel take, so all of it is done later.
    self.init(
      write: { pieces in
        loop.execute {
          for piece in pieces {
            channel.writeAndFlush(
              HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: piece))), promise: nil)
          }
        }
      },
      end: { loop.execute { channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil) } },
      cut: { loop.execute { channel.close(promise: nil) } },
      after: { time, body in
        let (seconds, attoseconds) = time.components
        loop.scheduleTask(in: .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000), body)
      })
  }
}

extension ChannelPipeline {
  fileprivate var hasPeerCertificate: Bool {
    guard let handler = try? syncOperations.handler(type: NIOSSLServerHandler.self) else { return false }
    return handler.peerCertificate != nil
  }
}
