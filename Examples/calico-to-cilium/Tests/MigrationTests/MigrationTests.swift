import Merlon
import MerlonTesting
import Testing

@Suite("The shop before and after the migration")
struct MigrationTests {
  private static let engines: [Engine] = [.calico, .cilium]

  @Test("works", arguments: engines)
  func works(under engine: Engine) async throws {
    let cluster = TestCluster(try await Shop.cluster(under: engine))
    #expect(cluster.allows(.world, to: Shop.web, .tcp(8080)))
    #expect(cluster.allows(Shop.web, to: Shop.api, .tcp(3000)))
    #expect(cluster.allows(Shop.api, to: Shop.db, .tcp(5432)))
    #expect(cluster.allows(Shop.api, to: Shop.partner, .tcp(443)))
    for workload in [Shop.web, Shop.api, Shop.db] {
      #expect(cluster.allows(workload, to: .clusterDNS, .udp(53)))
    }
  }

  @Test("is closed to everyone else", arguments: engines)
  func closed(under engine: Engine) async throws {
    let cluster = TestCluster(try await Shop.cluster(under: engine))
    #expect(cluster.denies(Shop.stranger, to: Shop.db, .all(.tcp)))
    #expect(cluster.denies(Shop.web, to: Shop.db, .all(.tcp)))
    #expect(cluster.denies(Shop.api, to: Shop.metadataService, .tcp(80)))
    #expect(cluster.denies(Shop.db, to: .world, .all(.tcp)))
  }

  @Test("answers every pair of workloads alike")
  func alike() async throws {
    let before = try await Shop.cluster(under: .calico)
    let after = try await Shop.cluster(under: .cilium)
    let ports: [PortSet] = [.tcp(80), .tcp(3000), .tcp(5432), .tcp(8080), .udp(53)]
    for source in [Shop.web, Shop.api, Shop.db, Shop.stranger] {
      for target in [Shop.web, Shop.api, Shop.db, Shop.stranger] where source != target {
        for port in ports {
          let then = before.verdict(from: source, to: target, port)
          let now = after.verdict(from: source, to: target, port)
          #expect(then.outcome == now.outcome, "\(source) -> \(target) \(port)\n\(then)\n\(now)")
        }
      }
    }
  }
}
