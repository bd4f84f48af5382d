import Kubernetes
import Testing

@testable import Review

@Suite("Forms of the connectivity report")
struct ConnectivityFormatTests {
  @Test("every form, read back, holds the same rows in the same order: the example shop")
  func shop() async throws {
    let fixture = await ClusterFixture.shop()
    #expect(try expectSameRows(fixture).count == 47)
  }

  @Test("every form, read back, holds the same rows in the same order: random clusters", arguments: 100..<150)
  func random(seed: UInt64) throws {
    _ = try expectSameRows(ClusterFixture(RandomCluster(seed: seed).documents))
  }

  @Test("reasons do not disturb the rows")
  func explained() async throws {
    let fixture = await ClusterFixture.shop()
    let rows = try PrintedRows.text(fixture.connectivity())
    #expect(try PrintedRows.text(fixture.connectivity(.text, explains: true)) == rows)
    #expect(try PrintedRows.json(fixture.connectivity(.json, explains: true)) == rows)
    #expect(try PrintedRows.yaml(fixture.connectivity(.yaml, explains: true)) == rows)
    #expect(try PrintedRows.markdown(fixture.connectivity(.md, explains: true)) == rows)
  }

  @Test("an empty world is a whole document without rows")
  func noRows() throws {
    let fixture = ClusterFixture(namespace("shop"))
    #expect(try expectSameRows(fixture).isEmpty)
    #expect(fixture.connectivity().isEmpty)
  }

  @Test("the order of the input does not matter", arguments: 200..<215)
  func order(seed: UInt64) {
    let documents = RandomCluster(seed: seed).documents
    #expect(
      ClusterFixture(documents).connectivity(.json)
        == ClusterFixture(Array(documents.reversed())).connectivity(.json))
  }

  private func expectSameRows(_ fixture: ClusterFixture) throws -> [PrintedRow] {
    let rows = try PrintedRows.text(fixture.connectivity(.text))
    #expect(try PrintedRows.json(fixture.connectivity(.json)) == rows)
    #expect(try PrintedRows.yaml(fixture.connectivity(.yaml)) == rows)
    #expect(try PrintedRows.csv(fixture.connectivity(.csv)) == rows)
    #expect(try PrintedRows.markdown(fixture.connectivity(.md)) == rows)
    #expect(try PrintedRows.html(fixture.connectivity(.html)) == rows)
    return rows
  }
}
