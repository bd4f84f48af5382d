internal import Enforcement
internal import Hummingbird
internal import Kubernetes
internal import Logging

/// Serves a gateway's metrics over HTTP, at `/metrics`.
struct MetricsServer: Sendable {
  let host: String
  let port: Int
  /// Where the process is reached that writes the kernel.
  let path: String

  /// - Returns: nil for what is not HOST:PORT.
  init?(_ listen: String, path: String) {
    guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]),
      (0...65_535).contains(port)
    else { return nil }
    let host = listen[..<colon].filter { $0 != "[" && $0 != "]" }
    if host.isEmpty { return nil }
    self.host = String(host)
    self.port = port
    self.path = path
  }

  /// Serves until the task is cancelled.
  ///
  /// - Throws: when it cannot listen there.
  func run() async throws {
    let router = Router()
    router.get("metrics") { [path] _, _ in
      Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
        body: .init(byteBuffer: .init(string: Self.metrics(path))))
    }
    var logger = Logger(label: "merlon.metrics")
    logger.logLevel = .error
    let application = Application(
      router: router, configuration: .init(address: .hostname(host, port: port)), logger: logger)
    try await application.run()
  }

  private static func metrics(_ path: String) -> String {
    do throws(LocalSocketError) {
      var client = try EnforcementClient(path)
      let status = try client.ask(.members(("kind", "status")))
      let counters = try client.ask(.members(("kind", "counters")))
      return GatewayMetrics(status: status, counters: counters).text
    } catch {
      return GatewayMetrics(status: nil, counters: nil).text
    }
  }
}
