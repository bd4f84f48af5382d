import FakeAPIServer
import Kubernetes
import KubernetesAPI
import Testing

@Suite("A reflector", .timeLimit(.minutes(30)))
struct ReflectorTests {
  private static func cluster(
    _ change: (inout FakeBehaviour) -> Void = { _ in }, token: String? = nil
  ) -> FakeCluster {
    var behaviour = FakeBehaviour()
    change(&behaviour)
    return FakeCluster(
      [.pods: [FakeCluster.pod("a", "10.244.0.1"), FakeCluster.pod("b", "10.244.0.2")]], token: token,
      behaviour: behaviour)
  }

  private static func follow(
    _ cluster: FakeCluster, token: String? = nil,
    _ body: (FollowedPods, Reflector<ObservedPod>, VirtualTime) async throws -> Void
  ) async throws {
    try await FakeAPIServer.serving(cluster) { server in
      let (pods, time) = (FollowedPods(), VirtualTime())
      try await server.following(pods, timing: time.timing, token: token) { try await body(pods, $0, time) }
    }
  }

  /// Returns when a watch is open, and the server has got as many requests for one.
  private static func watch(_ number: Int, of cluster: FakeCluster) async throws {
    while watches(cluster).count < number || cluster.openWatches == 0 {
      try await Timing.system.sleep(.milliseconds(1))
    }
  }

  private static func has(_ names: String...) -> @Sendable (FollowedPods.State) -> Bool {
    { FollowedPods.names($0) == names }
  }

  private static func watches(_ cluster: FakeCluster) -> [FakeRequest] {
    cluster.requests.filter { $0.parameter("watch") == "true" }
  }

  private static func lists(_ cluster: FakeCluster) -> [FakeRequest] {
    cluster.requests.filter { $0.path == "/api/v1/pods" && $0.parameter("watch") == nil }
  }

  @Test("gets all objects by one watch, and changes after them, where the server offers that")
  func initialEvents() async throws {
    let cluster = Self.cluster()
    try await Self.follow(cluster) { pods, _, _ in
      try await pods.until(Self.has("a", "b"))
      cluster.put(.pods, "c", FakeCluster.pod("c", "10.244.0.3"))
      try await pods.until(Self.has("a", "b", "c"))
      cluster.remove(.pods, "c")
      try await pods.until(Self.has("a", "b"))
      #expect(pods.current.phases == [.syncing, .synced])
      // Never half of it.
      #expect(pods.current.seen.first?.count == 2)
      #expect(Self.lists(cluster).isEmpty)
    }
  }

  @Test(
    "lists and then watches where the server does not, however it says so, and asks no second time",
    arguments: [FakeBehaviour.InitialEvents.refused, .failing, .ignored])
  func fallback(initialEvents: FakeBehaviour.InitialEvents) async throws {
    let cluster = Self.cluster {
      $0.initialEvents = initialEvents
      $0.pageLimit = 1
    }
    try await Self.follow(cluster) { pods, _, time in
      if initialEvents == .ignored {
        try await Self.watch(1, of: cluster)
        while Self.lists(cluster).isEmpty {
          time.pass(.seconds(31))
          try await Timing.system.sleep(.milliseconds(1))
        }
      }
      try await pods.until(Self.has("a", "b"))
      #expect(pods.current.seen.first?.count == 2)
      // While time passes for the watch without a bookmark, it passes for the list after it, too.
      if initialEvents != .ignored { #expect(Self.lists(cluster).count == 2) }
      cluster.put(.pods, "c", FakeCluster.pod("c", "10.244.0.3"))
      try await pods.until(Self.has("a", "b", "c"))
      cluster.compact()
      cluster.cutWatches()
      cluster.put(.pods, "d", FakeCluster.pod("d", "10.244.0.4"))
      try await pods.until(Self.has("a", "b", "c", "d"))
      #expect(Self.watches(cluster).filter { $0.parameter("sendInitialEvents") != nil }.count == 1)
    }
  }

  @Test("goes on where it was when a watch ends, is cut, fails, or falls silent", arguments: 0..<4)
  func resumption(kind: Int) async throws {
    let cluster = Self.cluster()
    try await Self.follow(cluster) { pods, _, time in
      try await pods.until(Self.has("a", "b"))
      switch kind {
      case 0: cluster.endWatches()
      case 1: cluster.cutWatches()
      case 2: cluster.failWatches(500, "InternalError")
      default:
        cluster.freezeWatches()
        // As long as a watch may run, and then some.
        time.pass(.seconds(91))
      }
      cluster.put(.pods, "c", FakeCluster.pod("c", "10.244.0.3"))
      try await pods.until(Self.has("a", "b", "c"))
      #expect(pods.current.seen.filter { $0.count < 2 }.isEmpty)
      // One state after the other: nothing was listed again.
      #expect(pods.current.seen.count == 2)
    }
  }

  @Test(
    "begins anew when the server has forgotten where it was, and shows the old state until the new one is whole",
    arguments: FakeBehaviour.Expiry.allCases)
  func expiry(expiry: FakeBehaviour.Expiry) async throws {
    let cluster = Self.cluster { $0.expiry = expiry }
    try await Self.follow(cluster) { pods, _, _ in
      try await pods.until(Self.has("a", "b"))
      cluster.freezeWatches()
      cluster.remove(.pods, FakeCluster.initialKey(0))
      cluster.put(.pods, "c", FakeCluster.pod("c", "10.244.0.3"))
      cluster.compact()
      cluster.cutWatches()
      // Everybody who watches from before must begin anew.
      try await pods.until(Self.has("b", "c"))
      #expect(pods.current.seen.map { $0.keys.map(\.name).sorted() } == [["a", "b"], ["b", "c"]])
    }
  }

  @Test("begins a list anew when its pages have expired, and mixes no two moments")
  func expiredPages() async throws {
    let cluster = Self.cluster {
      $0.initialEvents = .refused
      $0.pageLimit = 1
    }
    let expired = FakeAnswer.status(
      410, "Expired", "too old", metadata: #"{"continue":"100.1","resourceVersion":"100"}"#)
    cluster.fail("/api/v1/pods", .status(422, "Invalid", "no"))
    cluster.fail("/api/v1/pods", expired)
    try await Self.follow(cluster) { pods, _, _ in
      try await pods.until(Self.has("a", "b"))
      #expect(Self.lists(cluster).map { $0.parameter("continue") } == [nil, nil, "100.1"])
    }
  }

  @Test(
    "waits and tries again after refusals that pass: too many requests, failures, and the 403 of a server that has just started",
    arguments: [429, 500, 503, 403, 401, 504])
  func transientRefusals(code: Int) async throws {
    let cluster = Self.cluster()
    for _ in 0..<2 { cluster.fail("/api/v1/pods", .status(code, "Made", "to fail")) }
    try await Self.follow(cluster) { pods, _, _ in
      try await pods.until(Self.has("a", "b"))
      #expect(!pods.current.phases.contains(.failed))
    }
  }

  @Test("says that it failed when a refusal lasts, keeps what it knows, and recovers when it is lifted")
  func lastingRefusal() async throws {
    let cluster = Self.cluster()
    try await Self.follow(cluster) { pods, reflector, _ in
      try await pods.until(Self.has("a", "b"))
      cluster.forbid("/api/v1/pods")
      cluster.cutWatches()
      try await pods.until { $0.phases.last == .failed }
      let error = try #require(reflector.status.lastError)
      #expect("\(error.error)".contains("403"))
      #expect(FollowedPods.names(pods.current) == ["a", "b"])
      cluster.put(.pods, "c", FakeCluster.pod("c", "10.244.0.3"))
      cluster.permit("/api/v1/pods")
      try await pods.until(Self.has("a", "b", "c"))
      try await pods.until { $0.phases.last == .synced }
    }
  }

  @Test("is stale while the server is away, and is not when it is back")
  func outage() async throws {
    let cluster = Self.cluster()
    try await Self.follow(cluster) { pods, reflector, time in
      try await pods.until(Self.has("a", "b"))
      cluster.refuseConnections(true)
      cluster.cutWatches()
      try await pods.until { $0.phases.last == .stale }
      #expect(FollowedPods.names(pods.current) == ["a", "b"])
      cluster.refuseConnections(false)
      // A quiet watch shows that it is one by going on for a while.
      while !reflector.status.isConnected { try await Timing.system.sleep(.milliseconds(1)) }
      time.pass(.seconds(2))
      try await pods.until { $0.phases.last == .synced }
      #expect(pods.current.phases == [.syncing, .synced, .stale, .synced])
    }
  }

  @Test(
    "stays fresh on a quiet cluster, with bookmarks and without: the punctual end of a watch is a sign",
    arguments: [true, false])
  func quiet(bookmarks: Bool) async throws {
    let cluster = Self.cluster()
    try await Self.follow(cluster) { pods, reflector, time in
      try await pods.until(Self.has("a", "b"))
      for number in 1...5 {
        try await Self.watch(number, of: cluster)
        while !(reflector.status.isConnected) { try await Timing.system.sleep(.milliseconds(1)) }
        time.pass(.seconds(60))
        if bookmarks { cluster.sendBookmarks() }
        cluster.endWatches()
      }
      try await Self.watch(6, of: cluster)
      let status = reflector.status
      #expect(status.counts.failures == 0)
      #expect(status.counts.lists == 1)
      #expect(status.counts.watches == 6)
      #expect(pods.current.phases == [.syncing, .synced])
      #expect(Self.lists(cluster).isEmpty)
    }
  }

  @Test("goes on from the last bookmark, so that a quiet cluster may forget what was before it")
  func bookmark() async throws {
    let cluster = Self.cluster()
    try await Self.follow(cluster) { pods, reflector, _ in
      try await pods.until(Self.has("a", "b"))
      // Something happens, of which who follows pods hears nothing.
      let version = cluster.put(.nodes, "n", #"{"metadata":{"name":"n","uid":"n"}}"#)
      cluster.sendBookmarks()
      cluster.compact()
      cluster.endWatches()
      try await Self.watch(2, of: cluster)
      #expect(Self.watches(cluster).last?.parameter("resourceVersion") == "\(version)")
      #expect(reflector.status.counts.lists == 1)
    }
  }

  @Test("asks as whoever the token of the moment names")
  func token() async throws {
    let cluster = Self.cluster(token: "old")
    try await Self.follow(cluster, token: "old") { pods, reflector, _ in
      try await pods.until(Self.has("a", "b"))
      cluster.rotateToken("new")
      cluster.cutWatches()
      try await pods.until { $0.phases.last == .failed }
      #expect(FollowedPods.names(pods.current) == ["a", "b"])
      let error = try #require(reflector.status.lastError)
      #expect(!"\(error.error)".contains("old"))
    }
  }

  @Test("says so when it cannot read an object, and keeps what it knows")
  func unreadable() async throws {
    let cluster = Self.cluster()
    try await Self.follow(cluster) { pods, _, _ in
      try await pods.until(Self.has("a", "b"))
      cluster.put(
        .pods, "c", #"{"metadata":{"name":"c","namespace":"shop","uid":"u"},"status":{"podIP":"nowhere"}}"#)
      try await pods.until { $0.phases.last == .failed }
      #expect(FollowedPods.names(pods.current) == ["a", "b"])
      cluster.put(.pods, "c", FakeCluster.pod("c", "10.244.0.3"))
      try await pods.until(Self.has("a", "b", "c"))
    }
  }

  @Test("does not hurry when a server ends every watch at once")
  func hotLoop() async throws {
    let cluster = Self.cluster()
    try await Self.follow(cluster) { pods, reflector, time in
      try await pods.until(Self.has("a", "b"))
      for _ in 0..<6 {
        cluster.fail("/api/v1/pods", .response(status: 200, headers: [], chunks: []))
      }
      cluster.endWatches()
      try await Self.watch(8, of: cluster)
      #expect(reflector.status.counts.failures == 6)
      // 0.1 s, 0.2 s, … 3.2 s, shortened by up to a half.
      #expect(time.timing.now() >= .milliseconds(3150))
    }
  }
}
