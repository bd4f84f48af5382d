internal import ArgumentParser
internal import Kubernetes
internal import KubernetesAPI
internal import Review

/// `merlon delete`
struct DeleteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Remove integrations from a control plane.",
    discussion: """
      An integration that the policy takes members from stays, and the exit code is 1.

      EXAMPLES
        merlon delete integration staging
      """)

  enum Resource: String, ExpressibleByArgument, CaseIterable {
    case integration
    case integrations
  }

  @Argument(help: "What to remove: integration.")
  var resource: Resource

  @Argument(help: "Their names.")
  var names: [String]

  @OptionGroup(title: "Control plane") var controlPlane: ControlPlaneOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws {
    for name in names { try Self.require(name, NameRules.labelNameProblem) }
  }

  func run() async throws {
    for name in names {
      try await controlPlane.asking(display) { client throws(ControlPlaneFailure) in
        _ = try await client.ask(.controlPlane("integrations/\(name)", .delete))
      }
      let output = Terminal.standardOutput
      output.line("integration/\(name) deleted")
      output.flush()
    }
  }
}
