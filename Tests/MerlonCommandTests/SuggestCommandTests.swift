import Foundation
import Testing

@Suite("merlon suggest")
struct SuggestCommandTests {
  private static let world = """
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop, labels: {app: web}}
    spec: {containers: []}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: db, namespace: shop, labels: {app: db}}
    spec: {containers: []}
    """

  private static func line(_ source: String, _ destination: String, _ port: Int) -> String {
    """
    {"verdict":"FORWARDED","l4":{"TCP":{"source_port":43210,"destination_port":\(port)}},"source":{"namespace":"shop","pod_name":"\(source)"},"destination":{"namespace":"shop","pod_name":"\(destination)"},"Type":"L3_L4","is_reply":false}
    """
  }

  private func suggest(_ log: String, _ world: String, _ options: String...) throws -> Program.Result {
    let folder = try TemporaryFolder()
    try folder.add("world.yaml", world)
    return try Program.run(["suggest"] + options + ["-", folder.path("world.yaml")], input: log)
  }

  @Test("0: the policies can be applied, and allow what was seen")
  func proven() throws {
    let result = try suggest(Self.line("web", "db", 5432), Self.world)
    #expect(result.status == 0 && result.errors.isEmpty)
    let folder = try TemporaryFolder()
    try folder.add("all.yaml", Self.world + "\n---\n" + result.output)
    let check = try Program.run("check", "-q", folder.path("all.yaml"))
    #expect(check.output == "No problems found.\n", "\(check.output)")
    let verdicts = try Program.run(
      ["verdict", "--flows", "-", folder.path("all.yaml")],
      input: "shop/web -> shop/db tcp/5432\nshop/db -> shop/web tcp/80\n")
    #expect(verdicts.output.contains("allowed") && verdicts.output.contains("denied"))
  }

  @Test("1: something that was seen is not allowed, which is said where comments get lost")
  func unproven() throws {
    let log = Self.line("web", "db", 5432) + "\n" + Self.line("gone", "db", 5432)
    let result = try suggest(log, Self.world)
    #expect(result.status == 1)
    #expect(
      result.errors == "merlon: these policies do not allow all that was seen: 1 problem in the comments\n")
    #expect(result.output.contains("# error: `shop/gone` is not in the input"))
  }

  @Test("1: the input has errors")
  func inputErrors() throws {
    let policy =
      "\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: shop}\nspec: {podSelector: {matchLabel: {}}}"
    #expect(try suggest(Self.line("web", "db", 5432), Self.world + policy).status == 1)
  }

  @Test("2: wrong usage")
  func usage() throws {
    #expect(try Program.run("suggest").status == 2)
    #expect(try Program.run("suggest", "-", "-").status == 2)
    #expect(try Program.run("suggest", "-o", "csv", "x", "y").status == 2)
    let unknown = try suggest(Self.line("web", "db", 5432), Self.world, "-n", "shp")
    #expect(unknown.status == 2 && unknown.errors.contains("did you mean `shop`?"))
  }

  @Test("3: a log or manifests that could not be read")
  func unreadable() throws {
    #expect(try Program.run("suggest", "/nonexistent/flows", "Examples/shop").status == 3)
    #expect(try suggest("{\"flow\": \n" + Self.line("web", "db", 5432), Self.world).status == 3)
    #expect(try Program.run("suggest", "Examples/logs/hubble.jsonl", "/nonexistent/x.yaml").status == 3)
  }

  @Test("options say what is closed and for whom")
  func options() throws {
    let log = Self.line("web", "db", 5432)
    let both = try suggest(log, Self.world, "-n", "shop")
    #expect(both.output.contains("its egress is closed but for DNS"))
    let seen = try suggest(log, Self.world, "--only-seen-directions")
    #expect(!seen.output.contains("its egress is closed"))
    let other =
      "\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: z, namespace: shop, labels: {app: z}}\nspec: {containers: []}"
    #expect(try suggest(log, Self.world + other, "--isolate-unseen").output.contains("name: allow-z"))
  }

  @Test("JSON is a document, and text has no policies")
  func formats() throws {
    let log = Self.line("web", "db", 5432)
    let json = try suggest(log, Self.world, "-o", "json")
    let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect(document?["kind"] as? String == "Suggestion")
    let connections = try #require(document?["connections"] as? [[String: Any]])
    #expect(connections.map { $0["seenOnce"] as? Bool } == [true])
    let text = try suggest(log, Self.world, "-o", "text")
    #expect(text.output.contains("Proof: 1 distinct connection was seen, and it is allowed"))
    #expect(!text.output.contains("kind: NetworkPolicy"))
  }
}
