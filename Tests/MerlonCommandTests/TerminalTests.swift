import Foundation
import Testing

@Suite("What is written where")
struct TerminalTests {
  private static let escape = "\u{1B}["

  @Test(
    "answers go to standard output, problems to standard error", arguments: ["json", "csv", "text", "svg"])
  func streams(format: String) throws {
    let input = """
      apiVersion: v1
      kind: Pod
      metadata: {name: web, namespace: shop}
      spec: {containers: []}
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: a, namespace: shop}
      spec: {podSelectors: {}}
      """
    let result = try Program.run(["connectivity", "-o", format, "-"], input: input)
    #expect(result.errors.contains("<stdin>:9:8: error: "))
    #expect(result.errors.contains("answers are without 1 invalid policy\n"))
    #expect(!result.output.contains("error"))
    #expect(result.output.contains("web"))
  }

  @Test("the option's value may be joined: -ojson")
  func joined() throws {
    #expect(
      try Program.run("connectivity", "-ojson", "Examples/shop").output
        == Program.run("connectivity", "-o", "json", "Examples/shop").output)
    #expect(try Program.run("connectivity", "-nshop", "Examples/shop").status == 0)
  }

  @Test("colours only on request or on terminals; NO_COLOR and --no-color turn them off")
  func colours() throws {
    func hasColour(_ environment: [String: String], _ options: [String] = []) throws -> Bool {
      try Program.run(["check"] + options + ["Examples/shop"], environment: environment).output.contains(
        Self.escape)
    }
    #expect(try !hasColour([:]))
    #expect(try hasColour(["CLICOLOR_FORCE": "1"]))
    #expect(try !hasColour(["CLICOLOR_FORCE": "0"]))
    #expect(try !hasColour(["CLICOLOR_FORCE": "1", "NO_COLOR": "1"]))
    #expect(try hasColour(["CLICOLOR_FORCE": "1", "NO_COLOR": ""]))
    #expect(try !hasColour(["CLICOLOR_FORCE": "1"], ["--no-color"]))
  }

  @Test("data has no colours, whatever is forced")
  func dataWithoutColours() throws {
    let result = try Program.run(
      ["check", "-o", "json", "Examples/shop"], environment: ["CLICOLOR_FORCE": "1"])
    #expect(!result.output.contains("\u{1B}"))
  }

  @Test("a reader that goes away ends the program quietly")
  func closedPipe() throws {
    let result = try Program.shell("$merlon connectivity -o json Examples/shop | head -1")
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("{\"apiVersion\""))
    #expect(result.errors.isEmpty)
  }

  @Test(
    "two runs print the same bytes",
    arguments: ["text", "json", "yaml", "csv", "md", "dot", "mermaid", "svg"])
  func deterministic(format: String) throws {
    let arguments = ["connectivity", "-o", format, "Examples/shop"]
    #expect(try Program.run(arguments).output == Program.run(arguments).output)
  }

  @Test("the order of the paths does not matter")
  func orderOfPaths() throws {
    let folders = ["kube-system", "payments", "platform", "shop"].map { "Examples/shop/\($0)" }
    let forwards = try Program.run(["connectivity"] + folders).output
    #expect(try Program.run(["connectivity"] + folders.reversed()).output == forwards)
    #expect(try Program.run("connectivity", "Examples/shop").output == forwards)
  }

  @Test("-q says only what matters, -v more")
  func quietAndVerbose() throws {
    let plain = try Program.run("check", "Examples/shop").output
    let quiet = try Program.run("check", "-q", "Examples/shop").output
    let verbose = try Program.run("check", "-v", "Examples/shop").output
    #expect(!quiet.contains("Read ") && quiet.hasSuffix("2 errors, 0 warnings.\n"))
    #expect(plain.contains("2 other objects passed over (--verbose lists them)"))
    #expect(verbose.contains("passed over: ") && !verbose.contains("--verbose lists them"))
  }
}
