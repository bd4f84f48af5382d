import Kubernetes
import PolicyEngine
import PolicyModel
import SourceGroups
import Testing

@Suite("The documentation of source groups")
struct DocumentationTests {
  private static func text() throws -> String {
    let folders = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
    let path = folders.joined(separator: "/") + "/Documentation/SourceGroups.md"
    return String(decoding: try ManifestText(contentsOf: path).bytes, as: UTF8.self)
  }

  /// The cells of the first table that has a column of this name.
  private static func table(with column: String) throws -> [[String]] {
    let lines = try text().split(separator: "\n", omittingEmptySubsequences: false)
    let first = try #require(lines.firstIndex { $0.hasPrefix("|") && $0.contains("| \(column) |") })
    return lines[(first + 2)...].prefix { $0.hasPrefix("|") }.map { line in
      line.split(separator: "|").map { $0.filter { $0 != " " } }
    }
  }

  @Test("has an example that is a document without findings")
  func example() throws {
    let reading = Documents.read(try Self.example())
    #expect(reading.policy != nil)
    #expect(reading.diagnostics.isEmpty, "\(reading.diagnostics)")
  }

  private static func example() throws -> String {
    let parts = try text().split(separator: "```yaml\n", maxSplits: 1)
    return String(try #require(parts.last?.split(separator: "```\n", maxSplits: 1).first))
  }

  @Test("says of it what is decided")
  func verdicts() throws {
    let policy = try Documents.policy(Self.example())
    let (payments, other) = (try #require(IPAddress("10.1.2.3")), try #require(IPAddress("10.1.2.4")))
    let resolved = ResolvedSourceGroups(
      policy,
      members: [
        SourceKey(group: "payments", source: 0): AddressSet(payments),
        SourceKey(group: "every-pod", source: 0): AddressSet(payments).union(AddressSet(other)),
      ])
    let rows = try Self.table(with: "verdict")
    #expect(rows.count == 8)
    for row in rows {
      let end = IPAddress(row[1]).map { ResolvedSourceGroups.Destination.address($0) } ?? .domain(row[1])
      let trace = try resolved.trace(from: #require(IPAddress(row[0])), to: end, FlowParser.traffic(row[2]))
      #expect(trace.outcome.rawValue == row[3], "\(trace)")
      #expect(trace.walks.first?.deciding?.name.filter { $0 != " " } == row[4], "\(trace)")
    }
  }
}
