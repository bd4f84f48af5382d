import DNSForwarder
import Kubernetes
import NIOPosix
import Testing

@Suite("Settings")
struct SettingsTests {
  typealias Change = @Sendable (inout DNSForwarderSettings) -> Void

  static let upstream = ServerAddress(IPAddress(.ipv4, bits: 0x0A00_0035))

  private static func address(_ text: String) -> IPAddress { IPAddress(text) ?? IPAddress(.ipv4, bits: 0) }

  private static func error(_ change: Change) -> DNSForwarderSettingsError? {
    var settings = DNSForwarderSettings(listenAddresses: [address("10.0.0.1")], upstreams: [upstream])
    change(&settings)
    do {
      _ = try DNSForwarder(
        settings, guardedBy: TestGuard(journal: Journal()), on: MultiThreadedEventLoopGroup.singleton)
      return nil
    } catch {
      return error
    }
  }

  @Test("defaults are right; loopback and both families are addresses")
  func good() {
    #expect(Self.error { _ in } == nil)
    #expect(Self.error { $0.listenAddresses = ["127.0.0.1", "::1", "2001:db8::1"].map(Self.address) } == nil)
    #expect(Self.error { $0.upstreams = [ServerAddress(Self.address("10.0.0.1"), port: 5353)] } == nil)
  }

  @Test(
    "answers come from the address that was asked, which a wildcard does not know",
    arguments: ["0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255"])
  func wildcards(text: String) {
    let address = Self.address(text)
    #expect(Self.error { $0.listenAddresses.append(address) } == .listenAddress(address))
    #expect(Self.error { $0.upstreams.append(ServerAddress(address)) } == .upstream(ServerAddress(address)))
  }

  @Test("addresses are there, once, and the forwarder does not ask itself")
  func addresses() {
    #expect(Self.error { $0.listenAddresses = [] } == .noListenAddress)
    #expect(
      Self.error { $0.listenAddresses += $0.listenAddresses }
        == .repeatedListenAddress(Self.address("10.0.0.1")))
    #expect(Self.error { $0.upstreams = [] } == .noUpstream)
    let itself = ServerAddress(Self.address("10.0.0.1"))
    #expect(Self.error { $0.upstreams.append(itself) } == .upstreamIsItself(itself))
    let nowhere = ServerAddress(Self.address("10.0.0.2"), port: 0)
    #expect(Self.error { $0.upstreams = [nowhere] } == .upstream(nowhere))
  }

  @Test(
    "numbers are possible ones",
    arguments: [
      ("rounds", { @Sendable in $0.rounds = 0 }), ("timeout", { @Sendable in $0.timeout = .zero }),
      ("timeout", { @Sendable in $0.timeout = .seconds(Int64.max) }),
      ("idle time", { @Sendable in $0.limits.idleTime = .zero }),
      ("questions", { @Sendable in $0.limits.questions = 0 }),
      ("questions for each client", { @Sendable in $0.limits.questionsPerClient = -1 }),
      ("connections", { @Sendable in $0.limits.connections = 0 }),
      ("connections for each client", { @Sendable in $0.limits.connectionsPerClient = 0 }),
      ("question bytes", { @Sendable in $0.limits.questionBytes = 511 }),
      ("answer bytes", { @Sendable in $0.limits.answerBytes = 65_536 }),
      ("minimum lifetime", { @Sendable in $0.minimumLifetime = .seconds(-1) }),
      ("grace", { @Sendable in $0.grace = .seconds(604_801) }),
    ] as [(String, Change)])
  func numbers(name: String, change: Change) throws {
    let found = Self.error(change)
    let error = try #require(found)
    guard case .value(name, expected: _) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(error.description.hasPrefix("\(name) must be "))
  }

  @Test("an error says what helps")
  func texts() {
    #expect(
      DNSForwarderSettingsError.listenAddress(Self.address("::")).description
        == "cannot listen on ::: answers must come from the address that was asked; "
        + "give the addresses of this host that clients use")
    #expect(
      DNSForwarderSettingsError.upstreamIsItself(ServerAddress(Self.address("::1"))).description
        == "the upstream [::1]:53 is this forwarder; give another")
  }
}
