import Foundation
import Testing

@Suite("Help, version and completion")
struct HelpTests {
  @Test("--version is one line")
  func version() throws {
    let result = try Program.run("--version")
    #expect(result.status == 0)
    #expect(result.output.split(separator: "\n").count == 1)
    #expect(result.output.first?.isNumber ?? false)
  }

  @Test(
    "every command's help shows examples",
    arguments: [
      [], ["check"], ["connectivity"], ["explain"], ["verdict"], ["suggest"], ["completion"], ["get"],
      ["get", "integrations"], ["get", "policy"], ["get", "sets"], ["get", "revisions"], ["get", "audit"],
      ["apply"], ["delete"], ["rollback"], ["trace"], ["whois"], ["convert"], ["stage"], ["gateway"],
      ["gateway", "enforce"], ["gateway", "follow"], ["gateway", "resolve"], ["gateway", "status"],
      ["gateway", "counters"], ["gateway", "flows"], ["gateway", "denied"],
    ])
  func examples(command: [String]) throws {
    let result = try Program.run(command + ["--help"])
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(result.output.contains("EXAMPLES"))
    #expect(result.output.contains("merlon \(command.first ?? "check")"))
  }

  @Test("the help names the exit codes")
  func exitCodes() throws {
    let help = try Program.run("--help").output
    for text in ["0 ok", "1 findings", "2 wrong usage", "3 input"] { #expect(help.contains(text)) }
  }

  @Test("a misspelled command is answered with the right one")
  func suggestion() throws {
    #expect(try Program.run("chek", "x").errors == "merlon: unknown command `chek`: did you mean `check`?\n")
    #expect(try Program.run("zzz").errors == "merlon: unknown command `zzz`; merlon --help lists them\n")
  }

  @Test("a misspelled filter is answered with the right name")
  func filterSuggestion() throws {
    let result = try Program.run("connectivity", "-n", "shp", "Examples/shop")
    #expect(result.errors.contains("did you mean `shop`?"))
  }

  @Test("completion scripts name the commands and options", arguments: ["bash", "zsh", "fish"])
  func completion(shell: String) throws {
    let script = try Program.run("completion", shell)
    #expect(script.status == 0)
    for word in ["connectivity", "explain", "exposure", "mermaid", "integrations", "if-revision"] {
      #expect(script.output.contains(word))
    }
  }

  @Test("the bash script is bash")
  func bashSyntax() throws {
    let folder = try TemporaryFolder()
    let file = try folder.add("merlon.bash", try Program.run("completion", "bash").output)
    let result = try Program.shell("bash -n \(file.path)")
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
  }

  @Test("it runs as the kubectl plugin it is linked as")
  func plugin() throws {
    let folder = try TemporaryFolder()
    let link = folder.url.appendingPathComponent("kubectl-merlon")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: Program.url)
    let result = try Program.run(["check", "Examples/shop"], at: link)
    #expect(result.status == 1)
    #expect(try result.output == Program.run("check", "Examples/shop").output)
  }
}
