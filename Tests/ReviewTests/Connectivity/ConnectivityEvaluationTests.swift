import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@testable import Review

/// Printed rows are not only compared: they are read back and put to the evaluator.
@Suite("A printed row holds when the evaluator is asked")
struct ConnectivityEvaluationTests {
  private static let transports: [(TransportProtocol, [UInt16])] = [
    (.tcp, [1, 53, 80, 81, 443, 444, 8080, 9102, 40_050, 65535]), (.udp, [53, 80, 65535]), (.sctp, [80, 9]),
  ]
  private static let outside = [
    "203.0.113.5", "203.0.113.200", "198.51.100.20", "192.0.2.10", "1.2.3.4", "2001:db8::5",
    "2001:db8:113::5",
    "2a00::1",
  ]

  @Test("for the example shop, from every form")
  func shop() async throws {
    let fixture = await ClusterFixture.shop()
    #expect(try check(fixture, try PrintedRows.text(fixture.connectivity(.text))) > 5000)
    _ = try check(fixture, try PrintedRows.yaml(fixture.connectivity(.yaml)))
  }

  @Test("for random clusters", arguments: 0..<50)
  func random(seed: UInt64) throws {
    let random = RandomCluster(seed: seed)
    let fixture = ClusterFixture(random.documents)
    try #require(!fixture.cluster.hasErrors, "\(fixture.cluster.diagnostics.map(\.message))")
    let disagreements = try disagreements(fixture, try PrintedRows.json(fixture.connectivity(.json))).found
    #expect(
      disagreements.isEmpty,
      "seed \(seed): \(disagreements.prefix(3))\n\(random.documents.joined(separator: "\n---\n"))")
  }

  /// How many flows were asked; all of them agree.
  private func check(_ fixture: ClusterFixture, _ rows: [PrintedRow]) throws -> Int {
    let (found, asked) = try disagreements(fixture, rows)
    #expect(found.isEmpty, "\(found.prefix(3))")
    return asked
  }

  /// Every pair of ends with sampled ports: rows that are not listed must be denied.
  private func disagreements(
    _ fixture: ClusterFixture, _ rows: [PrintedRow]
  ) throws -> (found: [String], asked: Int) {
    let evaluator = fixture.evaluator
    let parser = FlowParser(fixture.cluster.world)
    let units = ConnectivityReport(fixture.cluster).names
    let table = try RowTable(rows, units: Set(units), outside: Self.outside)
    var found: [String] = []
    var asked = 0
    let pairs =
      units.flatMap { source in units.map { (source, $0) } }
      + units.flatMap { unit in Self.outside.flatMap { [(unit, $0), ($0, unit)] } }
    for (from, to) in pairs {
      let (source, destination) = (try parser.end(from), try parser.end(to))
      // A pod and itself are no row.
      if from == to, try evaluator.isOnePod(source) { continue }
      for (transport, ports) in Self.transports {
        for port in ports {
          let verdict = evaluator.verdict(Flow(from: source, to: destination, .port(transport, port))).outcome
          let printed = table.outcome(from, to, transport, port)
          asked += 1
          if verdict != printed {
            found.append("\(from) -> \(to) \(transport) \(port): \(verdict), printed \(printed)")
          }
        }
      }
    }
    return (found, asked)
  }
}

/// Rows by their ends, with addresses looked up in the sets that rows name.
private struct RowTable {
  private struct Key: Hashable {
    let source: String
    let destination: String
  }

  private var allowed: [Key: TrafficSet] = [:]
  private var undefined: [Key: TrafficSet] = [:]

  init(_ rows: [PrintedRow], units: Set<String>, outside: [String]) throws {
    for row in rows {
      for source in try Self.ends(row.source, units, outside) {
        for destination in try Self.ends(row.destination, units, outside) {
          let key = Key(source: source, destination: destination)
          if row.isUndefined {
            undefined[key] = row.traffic
          } else {
            #expect(allowed.updateValue(row.traffic, forKey: key) == nil, "two rows for \(key)")
          }
        }
      }
    }
  }

  func outcome(_ source: String, _ destination: String, _ transport: TransportProtocol, _ port: UInt16)
    -> Outcome
  {
    let key = Key(source: source, destination: destination)
    if allowed[key]?.contains(transport, port) ?? false { return .allowed }
    return undefined[key]?.contains(transport, port) ?? false ? .undefined : .denied
  }

  private static func ends(_ name: String, _ units: Set<String>, _ outside: [String]) throws -> [String] {
    if units.contains(name) { return [name] }
    let addresses = try parseAddresses(name)
    return outside.filter { IPAddress($0).map(addresses.contains) ?? false }
  }
}

extension FlowEvaluator {
  fileprivate func isOnePod(_ end: FlowEnd) throws -> Bool {
    guard case .endpoint(let number, _) = end else { return false }
    return world.endpoints[number].kind == .pod
  }
}
