import Merlon
import Testing

/// AUTHORING.md A4: the defects of cdk8s-plus, by number, and what is right.
@Suite("Defects of cdk8s-plus that must not exist here")
struct DefectTests {
  private let web = Shop.web
  private let db = Shop.db
  private let stranger = Pods(["app": "stranger"], in: "elsewhere")

  private func errors(_ intent: Intent, _ dialect: Dialect = .kubernetes) throws -> [Problem] {
    try #require(throws: Problems.self) { try intent.render(dialect) }.all.filter { $0.severity == .error }
  }

  @Test(
    "1: a policy without rules and directions is an error, and a direction without rules closes that one only"
  )
  func directions() throws {
    let nothing = Intent { Policy("p", for: web) }
    #expect(try errors(nothing).map(\.code) == ["no-effect"])
    let egress = Intent { Policy("p", for: web, isolating: .egress) }
    let cluster = try egress.render(.kubernetes).evaluate()
    #expect(cluster.denies(web, to: db, .tcp(1)))
    #expect(cluster.allows(db, to: web, .tcp(1)))
  }

  @Test("2: no namespace is nobody, and never everybody")
  func noNamespaces() throws {
    let intent = Intent { Policy("p", for: web) { to(.namespaces([])) } }
    #expect(try errors(intent).map(\.message) == ["no namespace is named"])
    let nobody = Intent { Policy("p", for: web) { from(Nobody()) } }
    #expect(try errors(nobody).map(\.code) == ["empty-peers"])
  }

  private struct Nobody: PeerConvertible {
    var peers: [Peer] { [] }
  }

  @Test("3: all ports of a protocol are written without a port", arguments: Dialect.allCases)
  func allPorts(_ dialect: Dialect) throws {
    let intent = Intent { Policy("p", for: web, isolating: []) { from(db, ports: .all(.tcp)) } }
    let policy = Intent { Policy("p", for: web) { to(db, ports: [.all(.tcp), .all(.udp)]) } }
    let rendering = try policy.render(dialect)
    #expect(try rendering.prove().holds)
    if dialect != .cilium { #expect(!rendering.yaml.contains("port: 0")) }
    #expect(try intent.render(dialect).prove().holds)
  }

  @Test("4: connections across namespaces connect, in every dialect", arguments: Dialect.allCases)
  func acrossNamespaces(_ dialect: Dialect) throws {
    let intent = Intent {
      web
      Shop.redis
      allow(web, to: Shop.redis)
    }
    let rendering = try RenderingProofTests.render(intent, dialect)
    let cluster = try rendering.evaluate()
    #expect(cluster.allows(web, to: Shop.redis, .tcp(6379)))
    #expect(cluster.denies(web, to: Shop.redis, .tcp(6380)))
    #expect(cluster.denies(stranger, to: Shop.redis, .tcp(6379)))
    #expect(cluster.denies(Pods(["app": "web"], in: "data"), to: Shop.redis, .tcp(6379)))
  }

  @Test("5: a connection to or from a namespace closes none of its pods")
  func namespacesStayOpen() throws {
    let intent = Intent {
      web
      Shop.redis
      allow(web, to: .namespaces("data"))
      allow(from: .namespaces("data"), to: web)
    }
    let cluster = try intent.render(.kubernetes).evaluate()
    #expect(cluster.allows(stranger, to: Shop.redis, .tcp(1)))
    #expect(cluster.allows(Shop.redis, to: stranger, .udp(53)))
  }

  @Test("6: ports keep their protocol")
  func udp() throws {
    let intent = Intent { allow(web, to: Shop.resolver) }
    let cluster = try intent.render(.kubernetes).evaluate()
    #expect(cluster.allows(web, to: Shop.resolver, [.udp(53), .tcp(53)]))
    #expect(cluster.denies(web, to: Shop.resolver, .sctp(53)))
  }

  @Test("7: a target without ports is an error, and sidecars' ports are seen")
  func noPorts() throws {
    let mute = Workload("mute", in: "shop", labels: ["app": "mute"])
    #expect(try errors(Intent { allow(web, to: mute) }).map(\.code) == ["unknown-ports"])
    let sidecar = try Workload(
      manifest: """
        apiVersion: v1
        kind: Pod
        metadata: {name: x, namespace: shop, labels: {app: x}}
        spec:
          containers: [{name: a}]
          initContainers: [{name: b, restartPolicy: Always, ports: [{containerPort: 9000, protocol: UDP}]}]
        """)
    #expect(sidecar.declaredPorts == .udp(9000))
  }

  @Test("8: a subject in all namespaces is that, or an error")
  func allNamespaces() throws {
    let intent = Intent { Policy("p", for: Pods(["app": "web"], in: .all), isolating: .ingress) }
    #expect(try errors(intent).map(\.code) == ["namespaces-by-label"])
    for dialect in [Dialect.calico, .cilium] {
      let cluster = try intent.render(dialect).evaluate()
      #expect(cluster.denies(stranger, to: Pods(["app": "web"], in: "anywhere"), .tcp(1)), "\(dialect)")
    }
  }

  @Test("9: a policy lives where its subject does")
  func namespace() throws {
    let rendering = try Intent { Policy("p", for: Shop.redis, isolating: .both) }.render(.kubernetes)
    #expect(rendering.objects.map(\.namespace) == ["data"])
  }

  @Test("10: a policy for pods on the host network is warned of")
  func hostNetwork() throws {
    let agent = Workload("agent", in: "shop", labels: ["app": "agent"], hostNetwork: true)
    let problems = Intent {
      agent
      Policy("p", for: agent, isolating: .both)
    }.check()
    #expect(problems.map(\.code) == ["host-network"])
  }

  @Test("11: closing egress without DNS is warned of, and every rendering lists it")
  func dns() throws {
    let intent = Intent {
      web
      Policy("p", for: web, isolating: .egress)
    }
    #expect(intent.check().map(\.code) == ["cuts-need"])
    #expect(
      try intent.render(.kubernetes).newlyIsolated.map(\.description) == [
        "shop/web: closed for egress; loses DNS and the API server"
      ])
    let open = Intent {
      web
      Policy("p", for: web) { to(.clusterDNS, .apiServer) }
    }
    #expect(open.check().isEmpty)
  }

  @Test("12: rules at construction and rules that are added later are the same")
  func laterRules() throws {
    var policy = Policy("p", for: web) { from(db, ports: .tcp(1)) }
    policy.add(to(.clusterDNS))
    let later = policy
    let atOnce = Policy("p", for: web) {
      from(db, ports: .tcp(1))
      to(.clusterDNS)
    }
    #expect(try Intent { later }.render(.kubernetes).yaml == Intent { atOnce }.render(.kubernetes).yaml)
  }
}
