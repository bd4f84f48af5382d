import Foundation
import Testing

@Suite("merlon lint")
struct LintCommandTests {
  private static let world = """
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop, labels: {app: web}}
    spec: {containers: []}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: a, namespace: shop}
    spec: {podSelector: {}, ingress: [{from: []}]}
    """

  @Test(
    "--fail-on says from which severity on it ends with 1",
    arguments: [("error", Int32(0)), ("warning", 1), ("note", 1)])
  func failOn(threshold: String, status: Int32) throws {
    let result = try Program.run(["lint", "--fail-on", threshold, "-"], input: Self.world)
    #expect(result.status == status)
    #expect(result.output.contains("[MRL005 empty-peer-list]"))
  }

  @Test("formats for CI systems name the rule and the place", arguments: ["sarif", "junit", "github"])
  func formats(format: String) throws {
    let result = try Program.run(["lint", "-o", format, "-"], input: Self.world)
    #expect(result.status == 0)
    #expect(result.output.contains("MRL005") && result.output.contains("stdin"))
  }

  @Test("--only and --skip choose rules")
  func rules() throws {
    let only = try Program.run(
      ["lint", "--only", "MRL006,MRL027", "--fail-on", "note", "-v", "-"], input: Self.world)
    #expect(only.output.contains("MRL006") && !only.output.contains("MRL005"))
    let skip = try Program.run(["lint", "--skip", "empty-peer-list", "-v", "-"], input: Self.world)
    #expect(skip.output.contains("MRL006") && !skip.output.contains("MRL005"))
  }

  @Test("--list and --explain read nothing")
  func explain() throws {
    let list = try Program.run("lint", "--list")
    #expect(list.status == 0)
    #expect(list.output.contains("MRL012  backend-cut             warning  "))
    let explanation = try Program.run("lint", "--explain", "mrl012")
    #expect(explanation.status == 0)
    #expect(explanation.output.hasPrefix("MRL012 backend-cut (warning)\n"))
  }

  @Test("JSON has findings, what was suppressed and why")
  func json() throws {
    let folder = try TemporaryFolder()
    try folder.add("world.yaml", Self.world)
    try folder.add("merlon.yaml", "lint: {suppress: [{rule: MRL005, where: shop/a, reason: meant}]}")
    let result = try Program.run(
      "lint", "-o", "json", "--config", folder.path("merlon.yaml"), folder.path("world.yaml"))
    let data = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    let document = try #require(data)
    #expect(document["kind"] as? String == "Lint")
    let findings = try #require(document["findings"] as? [[String: Any]])
    #expect(findings.allSatisfy { ($0["code"] as? String)?.hasPrefix("MRL") ?? false })
    let suppressed = try #require(document["suppressed"] as? [[String: Any]])
    #expect(suppressed.map { $0["reason"] as? String } == ["meant"])
  }

  @Test("the plan of a default deny can be read again")
  func plan() throws {
    let plan = try Program.run("coverage", "--plan", "default-deny", "-n", "payments", "Examples/shop")
    #expect(plan.status == 0)
    let check = try Program.run(["check", "-q", "-"], input: plan.output)
    #expect(check.status == 0, "\(check.output)")
  }
}
