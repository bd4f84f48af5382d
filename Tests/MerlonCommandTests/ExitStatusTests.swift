import Foundation
import Testing

@Suite("Exit codes")
struct ExitStatusTests {
  private static let pod = """
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop, labels: {app: web}}
    spec: {containers: []}
    """
  private static let broken = "apiVersion: v1\nkind: Pod\nmetadata: {name: [\n"
  private static let wrongPolicy = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: a, namespace: shop}
    spec: {podSelector: {matchLabel: {app: web}}}
    """
  private static let templatePolicy = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: a, namespace: shop}
    spec: {podSelector: {matchLabels: {app: "{{ .Values.app }}"}}}
    """

  /// The commands with what they need besides an input.
  static let commands = [
    ["check"], ["connectivity"], ["connectivity", "--exposure"],
    ["explain", "--from", "shop/web", "--to", "1.2.3.4"],
    ["verdict", "--flows", "/dev/null"], ["lint"], ["coverage"], ["coverage", "--plan", "default-deny"],
  ]

  private func status(_ command: [String], _ input: String) throws -> Int32 {
    try Program.run(command + ["-"], input: input).status
  }

  @Test("0: everything was read and nothing is wrong", arguments: commands)
  func clean(command: [String]) throws {
    #expect(try status(command, Self.pod) == 0)
  }

  @Test("1: findings are never exit 0, whichever command was asked", arguments: commands)
  func findings(command: [String]) throws {
    #expect(try status(command, Self.pod + "\n---\n" + Self.wrongPolicy) == 1)
  }

  @Test("3: what cannot be decoded is never passed over", arguments: commands)
  func undecodable(command: [String]) throws {
    #expect(try status(command, Self.pod + "\n---\n" + Self.broken) == 3)
    #expect(try status(command, Self.broken) == 3)
    #expect(try status(command, "") == 3)
    #expect(try status(command, "# only a comment\n") == 3)
  }

  @Test("3: a template is to be rendered first, also when only its policy shows it", arguments: commands)
  func template(command: [String]) throws {
    #expect(try status(command, Self.pod + "\n---\n" + Self.templatePolicy) == 3)
    #expect(try status(command, Self.pod + "\n---\n{{ if .Values.x }}\nkind: Pod\n{{ end }}") == 3)
  }

  @Test("3: a path that does not exist, alone and beside one that does", arguments: commands)
  func missing(command: [String]) throws {
    for paths in [["/nonexistent/x.yaml"], ["Examples/shop", "/nonexistent/x.yaml"]] {
      let command = command.map { $0 == "shop/web" ? "shop/cart" : $0 }
      let result = try Program.run(command + paths)
      #expect(result.status == 3)
      #expect((result.output + result.errors).contains("/nonexistent/x.yaml"))
    }
  }

  @Test("3: an empty folder, and bytes that are no text")
  func emptyFolder() throws {
    let folder = try TemporaryFolder()
    #expect(try Program.run("check", folder.url.path).status == 3)
    try Data([0xFF, 0xFE, 0x01]).write(to: folder.url.appendingPathComponent("binary.yaml"))
    #expect(try Program.run("check", folder.url.path).status == 3)
  }

  @Test(
    "2: wrong usage",
    arguments: [
      ["check"], ["check", "--nonsense", "x"], ["chek", "x"], ["connectivity", "--port", "foo", "x"],
      ["connectivity", "-o", "pdf", "x"], ["connectivity", "--explain", "-o", "svg", "x"],
      ["connectivity", "--exposure", "--group-by", "namespace", "x"],
      ["connectivity", "--from", "a//b", "x"],
      ["explain", "--from", "shop/web", "x"], ["check", "-q", "-v", "x"],
      ["check", "--profile", "nobody", "x"],
      ["check", "--default-namespace", "No_Name", "x"], ["completion", "tcsh"],
      ["verdict", "--flows", "-", "-"], ["verdict", "Examples/shop"],
      ["lint"], ["lint", "--explain", "MRL999"], ["lint", "--only", "dns", "x"], ["coverage"],
      ["coverage", "--plan", "open", "x"], ["coverage", "-n", "shp", "Examples/shop"],
      ["connectivity", "-n", "shp", "Examples/shop"],
      ["connectivity", "--to", "shop/carts", "Examples/shop"],
      ["explain", "--from", "shop/web", "--to", "shop/cart", "Examples/shop"],
      ["explain", "--from", "shop/cart", "--to", "shop/cart-redis", "--port", "6379", "Examples/shop"],
    ])
  func usage(arguments: [String]) throws {
    let result = try Program.run(arguments)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(!result.errors.isEmpty)
  }

  @Test("3: a name that may stand in the part that could not be read is no wrong usage")
  func unknownNameOfIncompleteInput() throws {
    let input = Self.pod + "\n---\n" + Self.broken
    #expect(try status(["connectivity", "-n", "payments"], input) == 3)
    #expect(try status(["explain", "--from", "payments/api", "--to", "shop/web"], input) == 3)
    #expect(try status(["connectivity", "-n", "payments"], Self.pod) == 2)
  }

  @Test("1: a flow line that names something unknown; the others are answered")
  func unknownFlow() throws {
    let flows = "shop/web -> 1.2.3.4 tcp/80\nshop/wbe -> 1.2.3.4 tcp/80\nshop/web -> self tcp/80\n"
    let folder = try TemporaryFolder()
    try folder.add("pod.yaml", Self.pod)
    let result = try Program.run(["verdict", "--flows", "-", folder.path("pod.yaml")], input: flows)
    #expect(result.status == 1)
    #expect(result.output.split(separator: "\n").count == 3)
    #expect(result.errors == "merlon: 1 line could not be answered\n")
  }

  @Test("3: a file of flows that does not exist")
  func noFlows() throws {
    let result = try Program.run("verdict", "--flows", "/nonexistent/flows", "Examples/shop")
    #expect(result.status == 3)
    #expect(result.output.isEmpty)
  }
}
