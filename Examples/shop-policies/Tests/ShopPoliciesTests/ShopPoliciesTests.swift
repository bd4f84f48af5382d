import Merlon
import MerlonTesting
import ShopPolicies
import Testing

@Suite("The shop's policies")
struct ShopPoliciesTests {
  private let cluster: TestCluster
  private let stranger = Pods(["app": "stranger"], in: "elsewhere")
  private let prometheus = Pods(["app": "prometheus"], in: "monitoring")

  init() throws { cluster = try TestCluster(Shop.intent) }

  @Test("have nothing wrong or suspicious")
  func checked() {
    #expect(Shop.intent.check().isEmpty)
  }

  @Test("let the shop work")
  func works() {
    #expect(cluster.allows(.world, to: Shop.web, .tcp(8080)))
    #expect(cluster.allows(Shop.web, to: Shop.api, .tcp(80)))
    #expect(cluster.allows(Shop.api, to: Shop.redis, .tcp(6379)))
    #expect(cluster.allows(Shop.api, to: .apiServer, .tcp(6443)))
    #expect(cluster.allows(prometheus, to: Shop.web, .tcp(9090)))
  }

  @Test("let everyone ask for names", arguments: [Shop.web, Shop.api, Shop.redis])
  func names(_ workload: Workload) {
    #expect(cluster.allows(workload, to: .clusterDNS, [.udp(53), .tcp(53)]))
  }

  @Test("keep everyone else out")
  func closed() {
    #expect(cluster.denies(stranger, to: Shop.redis, .any))
    #expect(cluster.denies(stranger, to: Shop.web, .tcp(9090)))
    #expect(cluster.denies(Shop.web, to: Shop.redis, .any))
    #expect(cluster.denies(Shop.web, to: .world, .any))
  }

  @Test("mean the same for every engine", arguments: [Dialect.kubernetes, .calico, .cilium])
  func proved(for engine: Dialect) throws {
    let certificate = try Shop.intent.render(engine).prove()
    #expect(certificate.holds, "\(certificate)")
  }

  @Test("do not pretend that a ClusterNetworkPolicy keeps out what is not a pod")
  func strict() throws {
    #expect(throws: Problems.self) { try Shop.intent.render(.clusterNetworkPolicy) }
    let rendering = try Shop.intent.render(.clusterNetworkPolicy, accepting: ["outside-ingress"])
    #expect(try rendering.prove().holds)
  }
}
