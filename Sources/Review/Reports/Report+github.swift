internal import Kubernetes

extension Report {
  /// Workflow commands of GitHub Actions: an annotation for each finding.
  package var workflowCommands: String {
    findings.map { result in
      let level: WorkflowCommand.Level =
        switch result.level {
        case .error: .error
        case .warning: .warning
        case .note, .pass: .notice
        }
      let title = [command, result.rule].joined(separator: " ")
      return WorkflowCommand(
        level, ([result.message] + result.details).joined(separator: "\n"), title: title, at: result.location
      ).text
    }.joined()
  }
}
