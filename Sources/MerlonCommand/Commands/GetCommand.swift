internal import ArgumentParser

/// `merlon get`
struct GetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get",
    abstract: "Show what a control plane has: integrations, policy, sets, revisions, audit trail.",
    discussion: """
      EXAMPLES
        merlon get integrations
        merlon get integrations prod --test
        merlon get policy > policy.yaml
        merlon get sets payments --watch
        merlon get revisions
        merlon get audit --limit 20 -o json
      """,
    subcommands: [
      GetIntegrationsCommand.self, GetPolicyCommand.self, GetSetsCommand.self, GetRevisionsCommand.self,
      GetAuditCommand.self,
    ])
}

extension ParsableArguments {
  /// Refuses a name that no resource has, before it becomes a part of a path.
  static func require(_ name: String?, _ problem: (String) -> String?) throws {
    guard let name else { return }
    let problem = name.isEmpty ? "must not be empty" : problem(name)
    if let problem { throw ValidationError("the name `\(name)` \(problem)") }
  }
}
