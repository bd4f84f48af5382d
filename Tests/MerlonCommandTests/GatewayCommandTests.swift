import Foundation
import Testing

@Suite("merlon gateway --print")
struct GatewayCommandTests {
  private static func hasNft() -> Bool { access("/usr/sbin/nft", X_OK) == 0 }

  @Test("prints what a policy means, with the names of groups and rules above")
  func printed() throws {
    let result = try Program.run("gateway", "--print", "Examples/live/policy.yaml")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains(": group web, rule bank\n"))
    #expect(result.output.contains("ct reply ip saddr 192.0.2.0/24"))
  }

  @Test("nft takes it", .enabled(if: hasNft(), "needs nft"))
  func taken() throws {
    let printed = try Program.run("gateway", "--print", "--zone", "inside=eth1", "Examples/live/policy.yaml")
    let checked = try Program.run(
      ["-Urn", "/usr/sbin/nft", "-c", "-f", "-"], input: printed.output,
      at: URL(fileURLWithPath: "/usr/bin/unshare"))
    #expect(checked.status == 0, "\(checked.errors)")
  }

  @Test("a policy that cannot be read prints nothing; a device that no system has is wrong usage")
  func wrong() throws {
    let unread = try Program.run("gateway", "--print", "-", input: "kind: SourceGroupPolicy")
    #expect(unread.status == 1 && unread.output.isEmpty && unread.errors.contains("apiVersion"))
    for arguments in [["--zone", "a=x/y"], ["--zone", "a"]] {
      let result = try Program.run(["gateway", "--print"] + arguments + ["Examples/live/policy.yaml"])
      #expect(result.status == 2 && result.output.isEmpty)
    }
    #expect(try Program.run("gateway", "Examples/live/policy.yaml").status == 2)
  }
}
