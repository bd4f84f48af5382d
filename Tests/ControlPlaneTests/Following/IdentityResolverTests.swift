import FakeAPIServer
import HTTPTypes
import Kubernetes
import KubernetesAPI
import SourceGroups
import Synchronization
import Testing

@testable import ControlPlane

@Suite("What follows clusters for a policy", .timeLimit(.minutes(30)))
struct IdentityResolverTests {
  private static func requests(_ cluster: FakeCluster, _ path: String) -> (lists: Int, watches: Int) {
    let all = cluster.requests.filter { $0.path == path }
    let watches = all.filter { $0.parameter("watch") == "true" }
    return (all.count - watches.count, watches.count)
  }

  @Test(
    "asks for one list of each resource, however many selectors there are, and in a quiet cluster for watches alone"
  )
  func oneList() async throws {
    var behaviour = FakeBehaviour()
    behaviour.initialEvents = .refused
    let cluster = FakeCluster(
      [
        .namespaces: [
          #"{"metadata":{"name":"shop","uid":"n","labels":{"kubernetes.io/metadata.name":"shop"}}}"#
        ],
        .pods: (0..<40).map { FakeCluster.pod("p\($0)", "10.244.1.\($0)") },
      ], token: ServedPlane.clusterToken, behaviour: behaviour)
    try await ServedPlane.with(cluster) { served in
      var policy = ServedPlane.policy(app: "p0")
      for number in 1..<40 {
        policy += """
              - id: g\(number)
                priority: \(100 + number)
                sources: [{kubernetes: {integration: prod, pods: {namespaceSelector: {all: true}, podSelector: {matchLabels: {app: p\(number)}}}}}]
                rules: [{id: r, action: allow, to: {cidrs: [192.0.2.0/24]}, traffic: [{protocol: TCP, port: 443}]}]

          """
      }
      try await served.expect(200, .put, "/api/v1/policy", as: served.admin, policy)
      try await served.until {
        ServedPlane.members("g39", $0) == ["p39"] && ServedPlane.members("web", $0) == ["p0"]
      }
      // One watch that asks for all objects first and is refused, one list, one watch.
      try await served.until { _ in cluster.openWatches == 2 }
      #expect(Self.requests(cluster, "/api/v1/pods") == (1, 2))
      #expect(Self.requests(cluster, "/api/v1/namespaces") == (1, 2))
      cluster.endWatches()
      try await served.until { _ in Self.requests(cluster, "/api/v1/pods").watches == 3 }
      #expect(Self.requests(cluster, "/api/v1/pods").lists == 1)
    }
  }

  @Test("lists nothing again for another policy, and never empties a set whose selector is as before")
  func edits() async throws {
    try await ServedPlane.with { served in
      try await served.expect(200, .put, "/api/v1/policy", as: served.admin, ServedPlane.policy())
      try await served.until { ServedPlane.members("web", $0) == ["web"] }
      let since = served.plane.resolver.state.identities["web"]?.members.first { _ in true }?.member.since
      let seen = Mutex<Set<[String]>>([])
      let states = await served.plane.resolver.states()
      let watching = Task {
        for await state in states { seen.withLock { _ = $0.insert(ServedPlane.members("web", state)) } }
      }
      for port in 1...200 {
        let edited = ServedPlane.policy().replacing("port: 443", with: "port: \(port)")
        _ = try await served.plane.putPolicy(edited, expecting: .any, by: "test")
        #expect(ServedPlane.members("web", served.plane.resolver.state) == ["web"])
      }
      // Nodes are new to the policy: what is not listed yet says nothing about pods.
      let nodes = ServedPlane.policy(
        rest: """
              - id: nodes
                priority: 20
                sources: [{kubernetes: {integration: prod, nodes: {nodeSelector: {all: true}}}}]
                rules: [{id: r, action: allow, to: {cidrs: [192.0.2.0/24]}, traffic: [{protocol: TCP, port: 443}]}]
          """)
      _ = try await served.plane.putPolicy(nodes, expecting: .any, by: "test")
      try await served.until { ServedPlane.members("nodes", $0) == ["n1"] }
      watching.cancel()
      await watching.value
      #expect(seen.withLock { $0 } == [["web"]])
      #expect(Self.requests(served.cluster, "/api/v1/pods") == (0, 1))
      #expect(
        served.plane.resolver.state.identities["web"]?.members.first { _ in true }?.member.since == since)
    }
  }

  @Test(
    "lets members go when their cluster is silent for longer than the grace, says so, and has them back afterwards"
  )
  func staleness() async throws {
    let time = ManualTime()
    let timing = Timing(
      now: { time.now },
      sleep: { duration in
        time.pass(duration)
        try await Timing.system.sleep(.milliseconds(1))
      },
      patience: { duration in
        // Who lets the grace end, or a watch prove itself, looks every second; nobody else gives up, as time flies.
        try await Timing.system.sleep(duration == .seconds(1) ? .milliseconds(5) : .seconds(3600))
        time.pass(duration)
      }, random: { 0 })
    let clock = LiveClock(timing: timing, start: .earliest.advanced(bySeconds: 1_000_000))
    try await ServedPlane.with(clock: clock) { served in
      // One thing is followed alone: time that passes for one who waits would pass for another's request.
      let policy = ServedPlane.policy().replacing(
        "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}",
        with: "namespaceSelector: {all: true}")
      try await served.expect(200, .put, "/api/v1/policy", as: served.admin, policy)
      try await served.until { ServedPlane.members("web", $0) == ["web"] }
      served.cluster.refuseConnections(true)
      served.cluster.cutWatches()
      try await served.until { $0.integrations["prod"]?.phase == .stale }
      #expect(ServedPlane.members("web", served.plane.resolver.state) == ["web"])
      try await served.until { $0.identities["web"]?.sources.first?.state == .cleared }
      #expect(time.now >= .seconds(300))
      #expect(ServedPlane.members("web", served.plane.resolver.state) == [])
      #expect(served.log.text.contains("following → cleared"))
      served.cluster.refuseConnections(false)
      try await served.until { ServedPlane.members("web", $0) == ["web"] }
      #expect(served.log.text.contains("cleared → following"))
    }
  }

  @Test("forgets a cluster that is another now, and shows nothing of the old one")
  func changedIntegration() async throws {
    let other = FakeCluster.shop(
      [.pods: [FakeCluster.pod("web", "10.99.0.1").replacing("uid-web", with: "uid-other")]],
      token: ServedPlane.clusterToken)
    try await FakeAPIServer.serving(other) { second in
      let url = second.url
      try await ServedPlane.with { served in
        try await served.expect(200, .put, "/api/v1/policy", as: served.admin, ServedPlane.policy())
        try await served.until { ServedPlane.members("web", $0) == ["web"] }
        try await served.expect(
          422, .patch, "/api/v1/integrations/prod", as: served.admin, #"{"server": "\#(url)"}"#)
        try await served.expect(
          200, .patch, "/api/v1/integrations/prod", as: served.admin,
          #"{"server": "\#(url)", "token": "\#(ServedPlane.clusterToken)"}"#)
        try await served.until { state in
          state.identities["web"]?.members.contains { $0.member.uid == "uid-other" } ?? false
        }
      }
    }
  }
}
