internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import Synchronization

/// The HTTP API of a control plane, as a service: it answers until it is asked to stop, lets requests end, and stops.
struct ControlPlaneServer: ServiceLifecycle.Service {
  /// Where it listens.
  struct Address: Sendable {
    var host: String
    var port: Int
  }

  private let plane: ControlPlane
  private let counters: Counters
  private let address: Address
  private let identity: ServerIdentity
  private let logger: Logger
  /// How long a client may take from one part of a request to the next, and from an answer to its next request.
  private let patience: Duration
  /// Told the port when it listens.
  private let started: @Sendable (Int) async -> Void

  init(
    _ plane: ControlPlane, _ counters: Counters, at address: Address,
    as identity: ServerIdentity = ServerIdentity(),
    logger: Logger, patience: Duration = .seconds(60),
    started: @escaping @Sendable (Int) async -> Void = { _ in }
  ) {
    self.plane = plane
    self.counters = counters
    self.address = address
    self.identity = identity
    self.logger = logger
    self.patience = patience
    self.started = started
  }

  func run() async throws {
    let isStopping = Atomic(false)
    try await withGracefulShutdownHandler {
      try await application { !isStopping.load(ordering: .relaxed) }.run()
    } onGracefulShutdown: {
      isStopping.store(true, ordering: .relaxed)
    }
  }

  private func application(_ isServing: @escaping @Sendable () -> Bool) throws -> some ApplicationProtocol {
    let configuration = HTTP1Channel.Configuration(idleTimeout: TimeAmount(patience))
    let server: HTTPServerBuilder
    if let tls = identity.configuration {
      server = try .tls(.http1(configuration: configuration), tlsConfiguration: tls)
    } else {
      server = .http1(configuration: configuration)
    }
    return Application(
      router: Routes(plane: plane, counters: counters, isServing: isServing).router(), server: server,
      configuration: .init(
        address: .hostname(address.host, port: address.port), serverName: "merlon"),
      onServerRunning: { [started] channel in await started(channel.localAddress?.port ?? 0) }, logger: logger
    )
  }
}
