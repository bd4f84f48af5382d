internal import ArgumentParser
internal import DNSForwarder
internal import Kubernetes
internal import NIOPosix
internal import Review

/// `merlon gateway resolve`
struct GatewayResolveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Answer the gateway's clients' questions for names, and let in what they are told.",
    discussion: """
      Rules of a policy may name domains. Clients behind the gateway ask this server for names; what it may tell them it asks
      of an upstream, and the addresses are let in for who asked before it is told. Names that no rule allows are denied.
      Clients must have no other way to ask: let the policy deny ports 53 and 853 to everybody else.

      Needs the right to use port 53 (CAP_NET_BIND_SERVICE), and to be named as a writer where `merlon gateway enforce` was
      started.

      EXAMPLES
        merlon gateway resolve --listen 10.0.0.1 --upstream 192.0.2.53
        merlon gateway resolve --listen 10.0.0.1 --listen fd00::1 --upstream 192.0.2.53:5353 --refuse
      """)

  @Option(name: .long, help: "An address of this machine that clients know, without a port; may be repeated.")
  var listen: [String]

  @Option(name: .long, help: "The port to listen at.")
  var port: UInt16 = 53

  @Option(name: .long, help: "A server to ask, as ADDRESS, ADDRESS:PORT or [IPV6]:PORT; may be repeated.")
  var upstream: [String]

  @Flag(name: .long, help: "Refuse to answer for denied names, instead of saying that they do not exist.")
  var refuse = false

  @Option(name: .long, help: "For how many seconds an address is let in at least.")
  var minimumSeconds = 30

  @OptionGroup(title: "Socket") var socket: GatewaySocket

  func validate() throws { _ = try settings() }

  func run() async throws {
    let threads = NIOThreadPool(numberOfThreads: 4)
    threads.start()
    do {
      let forwarder = try DNSForwarder(
        try settings(), guardedBy: GatewayNameGuard(path: socket.path, threads: threads),
        on: MultiThreadedEventLoopGroup.singleton)
      try await forwarder.run { addresses in
        Terminal.writeError(
          "merlon: answering at \(addresses.map(\.description).joined(separator: ", "))\n")
      }
    } catch {
      Terminal.writeError("merlon: \(error)\n")
      throw ExitStatus.unreadableInput
    }
  }

  private func settings() throws -> DNSForwarderSettings {
    let addresses = try listen.map { text in
      guard let address = IPAddress(text) else {
        throw ValidationError("--listen `\(text)` is no IP address")
      }
      return address
    }
    let upstreams = try upstream.map { text in
      guard let server = Self.server(text) else {
        throw ValidationError("--upstream `\(text)` is not ADDRESS, ADDRESS:PORT or [IPV6]:PORT")
      }
      return server
    }
    guard (1...86_400).contains(minimumSeconds) else {
      throw ValidationError("--minimum-seconds is from 1 to 86400")
    }
    var settings = DNSForwarderSettings(listenAddresses: addresses, upstreams: upstreams)
    settings.port = port
    settings.denial = refuse ? .refused : .nameError
    settings.minimumLifetime = .seconds(minimumSeconds)
    return settings
  }

  private static func server(_ text: String) -> ServerAddress? {
    if let address = IPAddress(text) { return ServerAddress(address) }
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    return IPAddress(String(host)).map { ServerAddress($0, port: port) }
  }
}
