import Merlon
import MerlonTesting
import Testing

@Suite("Expectations about a cluster")
struct TestClusterTests {
  private static func cluster() throws -> TestCluster {
    try TestCluster(
      Intent {
        Shop.web
        Shop.db
        Policy("db", for: Shop.db) { from(Shop.web, ports: .tcp(5432)) }
      })
  }

  @Test("hold where connections work, and where they do not")
  func holds() throws {
    let cluster = try Self.cluster()
    #expect(cluster.allows(Shop.web, to: Shop.db, .tcp(5432)))
    #expect(cluster.denies(Shop.cache, to: Shop.db, .tcp(5432)))
    #expect(cluster.allows(Shop.db, to: .world, .tcp(443)))
    #expect(cluster.denies(.world, to: Shop.db, .any))
  }

  @Test("print the policies and rules that decided when they fail")
  func failure() throws {
    let cluster = try Self.cluster()
    withKnownIssue {
      #expect(cluster.allows(Shop.web, to: Shop.db, .tcp(22)))
    } matching: { issue in
      let text = "\(issue)"
      return text.contains("Policy shop/db (MerlonTests/TestClusterTests.swift:")
        && text.contains("TCP 22: denied")
    }
  }
}
