import Gateway
import Kubernetes
import Netlink
import Nftables
import Staging
import Testing

@testable import Enforcement

/// A router with clients and a server around it, whose forwarding is to be enforced.
struct World {
  let lab: Lab
  /// Client `a` has many addresses, each of them a pod's.
  static let podCount = 128
  /// Ends by number: clients `a`, `b`, `c`, and the server.
  static let (a, b, c, server) = (0, 1, 2, 3)

  init() throws {
    lab = try Lab([
      Endpoint("a", (1...Self.podCount).map { .v4(0x0A40_0100 + UInt32($0)) }),
      Endpoint("b", [.v4(0x0A40_0201)]), Endpoint("c", [.v4(0x0A40_0301)]),
      Endpoint("server", [.v4(0x0A40_0901), .v4(0x0A40_0902)]),
    ])
  }

  /// The first address of a client.
  static func address(_ end: Int) -> IPAddress { IPAddress(.ipv4, bits: UInt128(0x0A40_0101 + 0x100 * end)) }

  /// A pod's address of client `a`, from 0 on.
  static func pod(_ number: Int) -> IPAddress { IPAddress(.ipv4, bits: UInt128(0x0A40_0101 + number)) }

  static let serverAddress: NetworkAddress = .v4(0x0A40_0901)

  // MARK: - Enforcing

  /// One that keeps the router's rules.
  ///
  /// - Parameter isShared: whether others may write the table, so that there is something to mend.
  func enforcer(refusal: GatewaySettings.Refusal = .reject, isShared: Bool = false) throws -> Enforcer {
    try Enforcer(in: lab.router, GatewaySettings(refusal: refusal), isShared: isShared)
  }

  /// What `nft` says on the router, where another program changes rules.
  @discardableResult
  func nft(_ commands: String) throws -> String {
    let result = try lab.router.run { (thread) throws(NetlinkError) in
      try thread.run("nft", ["-a", "-f", "-"], input: commands + "\n")
    }
    if result.code != 0 { throw ForeignProblem(words: result.errorText) }
    return String(decoding: result.output, as: UTF8.self)
  }

  struct ForeignProblem: Error {
    let words: String
  }

  /// What the kernel has of the gateway's table; nil when it has none.
  func foundTable() throws -> FoundTable? {
    var connection = try lab.router.run { (_) throws(NetlinkError) in try NftablesConnection() }
    return try connection.table(GatewayTable.name.text)
  }

  // MARK: - Packets

  /// What becomes of probes from clients to the server.
  func fates(_ probes: [(end: Int, transport: Staging.Probe.Transport)]) throws -> [Delivery] {
    try lab.probe(probes.compactMap { lab.probe(from: $0.end, to: Self.server, $0.transport) })
  }

  /// Which clients reach a port of the server, of those that are asked.
  func reaching(_ transport: Staging.Probe.Transport, from ends: [Int] = [a, b, c]) throws -> [Int] {
    zip(ends, try fates(ends.map { ($0, transport) })).filter { $1 == .delivered }.map(\.0)
  }
}

/// Runs something again and again until it is so, or time is up.
func eventually(
  within limit: Duration, _ condition: () throws -> Bool
) rethrows -> Bool {
  let end = ContinuousClock.now + limit
  repeat {
    if try condition() { return true }
  } while ContinuousClock.now < end
  return false
}
