internal import ArgumentParser
internal import Kubernetes
internal import KubernetesAPI
internal import Review

/// `merlon rollback`
struct RollbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Let an old revision of the policy count again, as a new one.",
    discussion: """
      EXAMPLES
        merlon get revisions
        merlon rollback policy 3
        merlon rollback policy 3 --if-revision 7
      """)

  enum Resource: String, ExpressibleByArgument, CaseIterable {
    case policy
  }

  @Argument(help: "What to bring back: policy.")
  var resource: Resource

  @Argument(help: "The number of the revision.")
  var number: Int

  @Option(name: .long, help: "Refuse when another revision than this one counts.")
  var ifRevision: Int?

  @OptionGroup(title: "Control plane") var controlPlane: ControlPlaneOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws {
    if number < 1 || ifRevision.map({ $0 < 1 }) ?? false {
      throw ValidationError("revisions are numbered from 1")
    }
  }

  func run() async throws {
    let condition = ifRevision.map { [(name: "if-match", value: "\"\($0)\"")] } ?? []
    let answer = try await controlPlane.asking(display) { client throws(ControlPlaneFailure) in
      try await client.data(
        .controlPlane("policy/revisions/\(number)/rollback", .post, headers: condition))
    }
    let revision = answer["revision"]?.number(of: "number") ?? 0
    let output = Terminal.standardOutput
    output.line(
      answer.isTrue("changed")
        ? "policy rolled back to revision \(number): revision \(revision)"
        : "policy unchanged: revision \(revision) says what revision \(number) said")
    output.flush()
  }
}
