internal import ArgumentParser
internal import Kubernetes
internal import KubernetesAPI
internal import Review

/// `merlon get audit`
struct GetAuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Who changed what, and when.",
    discussion: """
      EXAMPLES
        merlon get audit --limit 20
        merlon get audit -o json | jq '.items[] | select(.action == "policy.append")'
      """)

  @Option(
    name: [.customShort("o", allowingJoined: true), .long],
    help: "How to print; wide has what changed, on one line.")
  var output: ResourceFormat = .text

  @OptionGroup var page: PageOptions
  @OptionGroup(title: "Control plane") var controlPlane: ControlPlaneOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func run() async throws {
    let trail = try await controlPlane.asking(display) { client throws(ControlPlaneFailure) in
      try await client.data(.controlPlane("audit", query: page.query))
    }
    let standardOutput = Terminal.standardOutput
    page.write(trail, as: output, Self.columns, to: standardOutput) { "audit/\($0.text(of: "sequence"))" }
    standardOutput.flush()
  }

  private static let columns = [
    ResourceColumn("ENTRY", field: "sequence"), ResourceColumn("AT", field: "at"),
    ResourceColumn("ACTOR", field: "actor"), ResourceColumn("ACTION", field: "action"),
    ResourceColumn("SUBJECT", field: "subject"), ResourceColumn("CHANGE", isWide: true, field: "change"),
  ]
}
