internal import ArgumentParser
internal import Kubernetes
internal import Review

/// `merlon gateway status`
struct GatewayStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "What the gateway enforces, and how it stands with it.",
    discussion: """
      Exits with 1 when the kernel does not have what it should, or nobody has said yet what to enforce.

      EXAMPLES
        merlon gateway status
        merlon gateway status -o json
      """)

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print.")
  var output: ResourceFormat = .text

  @OptionGroup(title: "Socket") var socket: GatewaySocket

  func run() async throws {
    let status = try socket.ask(.members(("kind", "status")))
    let standardOutput = Terminal.standardOutput
    if !standardOutput.write(status, as: output) { standardOutput.write(TerminalText.safe(text(of: status))) }
    standardOutput.flush()
    if !status.isTrue("inForce") { throw ExitStatus.findings }
  }

  private func text(of status: Node) -> String {
    let policy = status.text(of: "policy")
    var lines = [
      policy.isEmpty
        ? "nothing is said yet; nothing passes, or what an earlier run has left"
        : "policy     \(policy), state \(status.text(of: "state"))",
      "in force   \(status.isTrue("inForce") ? "yes" : "no")",
    ]
    let problem = status.text(of: "problem")
    if !problem.isEmpty { lines.append("problem    \(problem)") }
    lines.append("addresses  \(status.number(of: "addresses")) in \(status.number(of: "groups")) groups")
    lines.append(
      status.text(of: "table") == "owned"
        ? "table      nobody else can change it" : "table      others can change it, which is mended")
    lines.append("repairs    \(status.number(of: "repairs"))")
    lines.append("denials    \(status.number(of: "denials")) told")
    for lease in status["leases"]?.elements ?? [] {
      let left = lease.number(of: "remainingMilliseconds")
      lines.append(
        "lease      \(lease.text(of: "integration")) \(lease.joined("kinds")): "
          + (left > 0 ? "runs \(left / 1000) s more" : "has run out")
          + " of \(lease.number(of: "graceSeconds")) s")
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
