import Foundation
import Testing

@Suite("merlon render")
struct RenderCommandTests {
  private static let values = """
    ports: {metrics: 8080, health: 8081}
    networkPolicy:
      enabled: true
      engine: cilium
      metrics: {from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]}
      cilium: {ingress: [{fromEntities: [world]}]}
    """
  private static let workload = ["--workload", "web", "-n", "shop", "--release", "r"]
  private static let intent = """
    apiVersion: merlon.dev/v1
    kind: Intent
    workloads: [{name: web, namespace: shop, labels: {app: web}, ports: [tcp/80]}]
    policies: [{name: web, for: shop/web, ingress: [{from: all-pods, ports: tcp/80}]}]
    """

  private static func render(_ arguments: String..., input: String) throws -> Program.Result {
    try Program.run(["render", "-"] + arguments, input: input)
  }

  private static func renderValues(_ arguments: String..., input: String = values) throws -> Program.Result {
    try Program.run(["render", "-"] + workload + arguments, input: input)
  }

  @Test("values choose their engine, and a rule in its words is said to widen")
  func values() throws {
    let result = try Self.renderValues("--prove")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("kind: CiliumNetworkPolicy"))
    #expect(result.output.contains("# cilium: proved to mean the same, but for its losses"))
    #expect(result.errors.contains("passthrough: <stdin>:6:22: networkPolicy.cilium.ingress[0] widens"))
    #expect(!result.errors.contains("note:"))
    #expect(try Self.renderValues("-v").errors.contains("[probe-port]"))
    #expect(try Self.renderValues("-e", "kubernetes").output.contains("kind: NetworkPolicy"))
  }

  @Test("0 without manifests where `networkPolicy.enabled` is false")
  func disabled() throws {
    let text = Self.values.replacingOccurrences(of: "enabled: true", with: "enabled: false")
    let result = try Self.renderValues(input: text)
    #expect(result.status == 0)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("networkPolicy.enabled is false: nothing is rendered"))
  }

  @Test("1 for what cannot be meant or said, 2 for wrong usage, 3 for what cannot be read")
  func statuses() throws {
    let misspelled = Self.values.replacingOccurrences(of: "  metrics: {from", with: "  metrcs: {from")
    #expect(try Self.renderValues(input: misspelled).status == 1)
    #expect(try Self.renderValues("-e", "clusterNetworkPolicy").status == 1)
    #expect(try Self.renderValues("-e", "clusterNetworkPolicy", "--accept", "outside-ingress").status == 0)
    #expect(try Self.render(input: Self.values).status == 1)
    #expect(try Self.render(input: Self.intent).status == 2)
    #expect(try Self.render("-e", "cilium", "--workload", "web", input: Self.intent).status == 2)
    #expect(try Self.render("-e", "cilium", "-n", "shop", input: Self.intent).status == 2)
    #expect(try Self.render("-e", "cilium", "--force", input: Self.intent).status == 2)
    #expect(try Self.render("-e", "cilium", input: "a: [").status == 3)
    #expect(try Program.run("render", "-e", "cilium", "no-such-file.yaml").status == 3)
    #expect(try Self.render("-e", "cilium", input: Self.intent).status == 0)
  }

  @Test("a chart is written once, not overwritten without --force, and left alone when it is the same")
  func chart() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("chart")
    func write(_ arguments: String...) throws -> Program.Result {
      try Program.run(["render", "-", "--chart", path] + arguments, input: Self.intent)
    }
    let first = try write("--accept", "outside-ingress", "--prove")
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("wrote \(path)/templates/networkpolicy.yaml\n"))
    #expect(first.output.contains("clusterNetworkPolicy: proved to mean the same"))
    let files = try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
    #expect(files == ["templates", "templates/networkpolicy.yaml", "values.schema.json", "values.yaml"])
    let schema = try Data(contentsOf: URL(fileURLWithPath: path + "/values.schema.json"))
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: schema) }

    let again = try write("--accept", "outside-ingress")
    #expect(again.output.contains("unchanged \(path)/values.yaml\n"))
    #expect(!again.output.contains("wrote"))

    let refused = try write("--engine", "calico")
    #expect(refused.status == 2)
    #expect(refused.errors.contains("exist with other content: nothing is written without --force"))
    #expect(try String(contentsOfFile: path + "/values.yaml", encoding: .utf8).contains("cilium"))

    #expect(try write("--engine", "calico", "--force").status == 0)
    #expect(try !String(contentsOfFile: path + "/values.yaml", encoding: .utf8).contains("cilium"))
  }

  @Test("nothing of a chart is written when an engine cannot say the intent, or a folder cannot be made")
  func chartFailures() throws {
    let folder = try TemporaryFolder()
    let result = try Self.render("--chart", folder.path("chart"), input: Self.intent)
    #expect(result.status == 1)
    #expect(result.output.contains("clusterNetworkPolicy: cannot be said"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("chart")))
    try folder.add("file", "")
    let blocked = try Self.render("-e", "calico", "--chart", folder.path("file"), input: Self.intent)
    #expect(blocked.status == 3, "\(blocked.errors)")
  }
}
