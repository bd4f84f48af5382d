import PolicyEngine
import Testing

@testable import RandomWorlds

/// A flow between workloads is all flows between their pods: whatever is put together before it is decided must
/// not change the answer.
@Suite("A workload is the sum of its pods")
struct ReplicaAgreementTests {
  @Test("flows from, to and between workloads", arguments: 0..<80)
  func workloads(_ seed: Int) throws {
    let world = RandomWorkloads(seed: UInt64(seed))
    let fixture = WorldFixture(world.documents)
    try #require(fixture.problems.isEmpty)
    for traffic in ["tcp/80", "tcp/81", "udp/80", "icmp/8"] {
      for end in world.names + ["node/n1", "203.0.113.5", "10.1.0.3"] {
        for other in world.names {
          try expect("shop/\(other)", end.isWorkload ? "shop/\(end)" : end, traffic, world, fixture)
          if !end.isWorkload { try expect(end, "shop/\(other)", traffic, world, fixture) }
        }
      }
    }
  }

  @Test("flows to Services", arguments: 0..<80)
  func services(_ seed: Int) throws {
    let world = RandomWorkloads(seed: UInt64(seed))
    let fixture = WorldFixture(world.documents)
    for source in world.names {
      for target in world.names {
        guard fixture.complaint("shop/\(source) -> service/shop/\(target) tcp/90") == nil else { continue }
        let pods = world.pods[source] ?? []
        let parts = try pods.map { try fixture.verdict("shop/\($0) -> service/shop/\(target) tcp/90") }
        let whole = try fixture.verdict("shop/\(source) -> service/shop/\(target) tcp/90")
        #expect(Answer(whole) == Answer(sumOf: parts), "seed \(seed): \(source) -> service \(target)")
      }
    }
  }

  private func expect(
    _ source: String, _ destination: String, _ traffic: String, _ world: RandomWorkloads,
    _ fixture: WorldFixture
  ) throws {
    let pairs = world.members(of: source).flatMap { a in world.members(of: destination).map { (a, $0) } }
    let all = try pairs.map { try fixture.verdict("\($0) -> \($1) \(traffic)") }
    // Two pods are meant where there are two.
    let different = all.filter { !$0.traces.contains(where: \.situation.isSamePod) }
    let parts = different.isEmpty ? all : different
    let whole = try fixture.verdict("\(source) -> \(destination) \(traffic)")
    #expect(
      Answer(whole) == Answer(sumOf: parts),
      "\(source) -> \(destination) \(traffic)\n\(world.documents.joined(separator: "\n---\n"))")
  }
}

/// The three outcomes of a verdict.
private struct Answer: Equatable {
  let outcomes: [Outcome]

  init(_ verdict: Verdict) {
    outcomes = [verdict.outcome, verdict.egress, verdict.ingress]
  }

  /// What all agree on; undefined where they do not.
  init(sumOf verdicts: [Verdict]) {
    let all = verdicts.map { Answer($0).outcomes }
    outcomes = (0..<3).map { part in
      let seen = Set(all.map { $0[part] })
      return seen.count == 1 ? seen.first ?? .undefined : .undefined
    }
  }
}

/// A few workloads with a few pods each, that differ in what policies may look at.
private struct RandomWorkloads {
  let names = ["one", "two", "six"]
  private(set) var documents: [String] = []
  /// Names of the pods of each workload.
  private(set) var pods: [String: [String]] = [:]
  private var random: SplitMix64
  private var nextAddress = 1

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    documents = [namespace("shop"), node("n1", "192.168.0.1"), node("n2", "192.168.0.2")]
    for name in names {
      documents.append(workload("StatefulSet", "shop/\(name)", "app: \(name)"))
      let address = random.pick(["", "clusterIP: None\n", "clusterIP: 10.96.0.1\n"])
      let selector = random.pick(["app: \(name)", "app: \(name)", "track: canary"])
      documents.append(
        service(
          "shop/\(name)", "\(address)selector: {\(selector)}\nports: [{port: 90, targetPort: 80}]"))
      for replica in 0..<random.int(1...4) { addPod("\(name)-\(replica)", of: name) }
    }
    for number in 0..<random.int(1...4) { documents.append(policy("shop/p\(number)", spec())) }
  }

  /// The pods of a workload, and other ends as they are.
  func members(of end: String) -> [String] {
    let name = end.split(separator: "/").last.map(String.init) ?? end
    return end.hasPrefix("shop/") ? pods[name, default: []].map { "shop/\($0)" } : [end]
  }

  private mutating func addPod(_ name: String, of workload: String) {
    var labels = "app: \(workload), pod: \(name)"
    if random.chance(30) { labels += ", track: canary" }
    let address = random.pick([
      "10.1.0.\(nextAddress)", "10.1.0.\(nextAddress) fd00::\(nextAddress)", "fd00::\(nextAddress)",
    ])
    nextAddress += 1
    let isHost = random.chance(15)
    let node = random.maybe(70) { $0.pick(["n1", "n2"]) }
    documents.append(
      pod(
        "shop/\(name)", labels, ip: random.chance(85) ? address : nil, on: node, status: "phase: Running",
        owner: "StatefulSet/\(workload)", isHost ? "hostNetwork: true" : ""))
    pods[workload, default: []].append(name)
  }

  private mutating func spec() -> String {
    let subject = random.pick(["{}", "{matchLabels: {app: one}}", "{matchLabels: {track: canary}}"])
    let types = random.pick(["[Ingress]", "[Egress]", "[Ingress, Egress]"])
    return
      "podSelector: \(subject)\npolicyTypes: \(types)\ningress: [\(rule("from"))]\negress: [\(rule("to"))]"
  }

  private mutating func rule(_ field: String) -> String {
    let peers = [
      "{podSelector: {matchLabels: {app: two}}}", "{podSelector: {matchLabels: {track: canary}}}",
      "{ipBlock: {cidr: 10.1.0.0/30}}", "{ipBlock: {cidr: 'fd00::/16'}}", "{ipBlock: {cidr: 10.96.0.0/16}}",
      "{podSelector: {matchLabels: {pod: six-0}}}", "{ipBlock: {cidr: 192.168.0.0/31}}",
    ]
    let chosen = random.several(1...2) { $0.pick(peers) }.joined(separator: ", ")
    let ports = random.pick([
      "", ", ports: [{port: 80}]", ", ports: [{port: 90}]", ", ports: [{protocol: UDP}]",
    ])
    return random.chance(10) ? "" : "{\(field): [\(chosen)]\(ports)}"
  }
}

extension String {
  fileprivate var isWorkload: Bool { !contains("/") && !contains(".") }
}
