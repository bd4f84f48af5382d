import FakeAPIServer
import Kubernetes
import KubernetesAPI
import Synchronization
import Testing

/// A cluster whose pods come, change and go, while everything goes wrong that can, in an order that a number decides.
@Suite("A reflector in bad company", .timeLimit(.minutes(30)))
struct FaultScheduleTests {
  private static let pods = "/api/v1/pods"

  /// What was true, one state after the other.
  private struct Truth {
    var pods: [String: String] = [:]
    var states: [[String: String]] = [[:]]

    mutating func note() { states.append(pods) }
  }

  private static func json(_ name: String, _ revision: Int) -> String {
    #"{"metadata":{"name":"\#(name)","namespace":"shop","uid":"uid-\#(name)","labels":{"app":"\#(name)","revision":"r\#(revision)"}},"spec":{"nodeName":"n"},"status":{"podIP":"10.244.0.\#(revision % 250)"}}"#
  }

  private static func behaviour(_ random: inout SplitMix) -> FakeBehaviour {
    var behaviour = FakeBehaviour()
    behaviour.initialEvents = Bool.random(using: &random) ? .offered : .refused
    if Int.random(in: 0..<8, using: &random) == 0 { behaviour.initialEvents = .failing }
    behaviour.expiry = Bool.random(using: &random) ? .event : .status
    behaviour.sendsBookmarks = Bool.random(using: &random)
    behaviour.pageLimit = Int.random(in: 1...6, using: &random)
    if Bool.random(using: &random) { behaviour.cuts = SplitMix(seed: random.next()) }
    return behaviour
  }

  private static func happen(
    _ random: inout SplitMix, _ cluster: FakeCluster, _ time: VirtualTime, _ truth: inout Truth
  ) {
    switch Int.random(in: 0..<26, using: &random) {
    case 0..<8:
      let name = "p\(Int.random(in: 0..<8, using: &random))"
      let revision = truth.states.count
      truth.pods[name] = "r\(revision)"
      // Noted before it happens, as somebody may see it at once.
      truth.note()
      cluster.put(.pods, name, json(name, revision))
    case 8..<11:
      let name = "p\(Int.random(in: 0..<8, using: &random))"
      truth.pods[name] = nil
      truth.note()
      cluster.remove(.pods, name)
    case 11: cluster.compact()
    case 12: cluster.endWatches()
    case 13: cluster.cutWatches()
    case 14: cluster.freezeWatches()
    case 15: cluster.failWatches(410, "Expired")
    case 16: cluster.failWatches([429, 500, 504].randomElement(using: &random) ?? 500, "Made")
    case 17: cluster.sendBookmarks()
    case 18: cluster.fail(pods, .silence)
    case 19: cluster.fail(pods, .close)
    case 20: cluster.fail(pods, .status([401, 403].randomElement(using: &random) ?? 401, "Made", "to fail"))
    case 21:
      cluster.fail(pods, .status(429, "TooManyRequests", "slow down", headers: [("Retry-After", "1")]))
    case 22:
      cluster.fail(pods, .status([500, 502, 503].randomElement(using: &random) ?? 500, "Made", "to fail"))
    case 23:
      let half =
        #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[{"metadata":{"na"#
      cluster.fail(
        pods,
        .response(
          status: 200, headers: [], chunks: [Array(half.utf8)], isComplete: Bool.random(using: &random)))
    case 24: cluster.refuseConnections(Bool.random(using: &random))
    default: time.pass(.seconds(Int.random(in: 1...100, using: &random)))
    }
  }

  /// Runs one schedule; returns what went wrong.
  private static func run(seed: UInt64) async throws -> String? {
    var random = SplitMix(seed: seed)
    let cluster = FakeCluster(behaviour: behaviour(&random))
    let time = VirtualTime(seed: seed)
    let followed = FollowedPods()
    var truth = Truth()
    let identity: FakeAPIServer.Identity = seed % 10 == 0 ? .everyName : .none
    var problem: String?
    try await FakeAPIServer.serving(cluster, as: identity) { server in
      try await server.following(followed, timing: time.timing) { _ in
        for _ in 0..<Int.random(in: 10...40, using: &random) {
          happen(&random, cluster, time, &truth)
          if Bool.random(using: &random) { try await Timing.system.sleep(.microseconds(300)) }
        }
        cluster.heal()
        let before = cluster.requests.count
        truth.pods["last"] = "r0"
        truth.note()
        cluster.put(.pods, "last", json("last", 0))
        // Watches that nothing comes through are found out in the time that a watch may run.
        time.pass(.seconds(91))
        try await followed.until { state in state.pods.keys.contains { $0.name == "last" } }
        let requests = cluster.requests.count - before
        let pages = (truth.pods.count + cluster.behaviour.pageLimit - 1) / cluster.behaviour.pageLimit
        // A watch that is told that its place is lost, the list again, and a watch.
        if requests > 2 * pages + 4 { problem = "needed \(requests) requests after the last fault" }
      }
    }
    let final = seen(followed.current.pods)
    if final != truth.pods { problem = "ended with \(final) instead of \(truth.pods)" }
    return problem ?? untrue(followed.current.seen.map(seen), truth)
  }

  private static func seen(_ pods: [NamespacedName: ObservedPod]) -> [String: String] {
    Dictionary(pods.map { ($0.key.name, $0.value.labels["revision"] ?? "") }) { $1 }
  }

  /// What was seen and had never been true, or not since what was seen before it.
  private static func untrue(_ seen: [[String: String]], _ truth: Truth) -> String? {
    var place = 0
    for state in seen {
      guard let next = truth.states[place...].firstIndex(of: state) else {
        let ever = truth.states.contains(state) ? "was not true any more" : "was never true"
        return "saw \(state), which \(ever)"
      }
      place = next
    }
    return nil
  }

  @Test("sees nothing that was never true, nothing twice that has passed, and in the end all that is")
  func schedules() async throws {
    let problems = try await withThrowingTaskGroup(of: [String].self) { group in
      let workers: UInt64 = 32
      for worker in 0..<workers {
        group.addTask {
          var problems: [String] = []
          for seed in stride(from: worker, to: 1000, by: Int(workers)) {
            if let problem = try await Self.run(seed: seed) { problems.append("seed \(seed): \(problem)") }
          }
          return problems
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(problems == [])
  }
}
