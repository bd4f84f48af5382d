package import ArgumentParser
internal import Glibc
internal import Kubernetes
internal import Review

/// The command `merlon`, also as the kubectl plugin `kubectl merlon`.
package struct Merlon: AsyncParsableCommand {
  /// The version of this build.
  package static let version = "0.1.0"

  package static let configuration = CommandConfiguration(
    commandName: "merlon",
    abstract: "The compiler and prover for Kubernetes network policy.",
    discussion: """
      Reads manifests from files, folders and standard input (`-`), and answers who can talk to whom, and why.

      EXAMPLES
        merlon check deploy/
        helm template shop ./chart | merlon check -
        merlon connectivity deploy/ -o svg > shop.svg
        merlon explain --from shop/web --to shop/db --port tcp/5432 deploy/
        merlon verdict --flows flows.txt deploy/
        merlon diff main..HEAD -- deploy/
        merlon test deploy/
        merlon replay flows.jsonl deploy/ --against proposed/
        merlon suggest flows.jsonl deploy/ > suggested.yaml
        merlon lint deploy/
        merlon stage deploy/
        merlon check --context prod
        merlon render --engine cilium --prove intent.yaml
        merlon apply -f policy.yaml --plan --server https://merlon.example:8443

      EXIT CODES
        0 ok, 1 findings of severity error, 2 wrong usage, 3 input that could not be read, or a server that does not answer
      """,
    version: version,
    subcommands: [
      CheckCommand.self, ConnectivityCommand.self, ExplainCommand.self, VerdictCommand.self,
      DiffCommand.self, TestCommand.self, ReplayCommand.self, SuggestCommand.self, LintCommand.self,
      CoverageCommand.self, StageCommand.self, SnapshotCommand.self, RenderCommand.self,
      TranslateCommand.self,
      ImportCommand.self,
      ConvertCommand.self, GatewayCommand.self, CompletionCommand.self,
    ],
    groupedSubcommands: [
      CommandGroup(
        name: "Control Plane",
        subcommands: [
          ServeCommand.self, TokenCommand.self, GetCommand.self, ApplyCommand.self, DeleteCommand.self,
          RollbackCommand.self, TraceCommand.self,
          WhoisCommand.self,
        ])
    ])

  package init() {}

  /// Does what can be done only while the process has one thread; ends it when that fails.
  package static func prepare() {
    do {
      try StagingProcess.enterIfWanted()
    } catch {
      Terminal.writeError("merlon: \(error)\n")
      Glibc.exit(ExitStatus.unreadableInput.rawValue)
    }
  }

  /// Parses arguments, runs the command and ends the process with its exit code.
  package static func run(_ arguments: [String]) async -> Never {
    let rest = Array(arguments.dropFirst())
    if let hint = unknownCommandHint(rest) {
      Terminal.writeError("merlon: \(hint)\n")
      Glibc.exit(ExitStatus.usage.rawValue)
    }
    do {
      var command = try parseAsRoot(rest)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      Glibc.exit(ExitStatus.ok.rawValue)
    } catch let status as ExitStatus {
      Glibc.exit(status.rawValue)
    } catch {
      let code = exitCode(for: error)
      let text = fullMessage(for: error)
      if code.isSuccess {
        let output = Terminal.standardOutput
        output.line(text)
        output.flush()
        Glibc.exit(0)
      }
      Terminal.writeError(text + "\n")
      Glibc.exit(ExitStatus.usage.rawValue)
    }
  }

  /// `chek` is answered with `check`; the parser itself only says that it is unexpected.
  private static func unknownCommandHint(_ arguments: [String]) -> String? {
    let names = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    guard let first = arguments.first, !first.hasPrefix("-"), !names.contains(first) else { return nil }
    let nearest = Suggestion.nearest(to: first, among: names)
    return "unknown command `\(first)`"
      + (nearest.map { ": did you mean `\($0)`?" } ?? "; merlon --help lists them")
  }
}

/// How the process ends. Thrown to end it early.
enum ExitStatus: Int32, Error {
  case ok = 0
  case findings = 1
  case usage = 2
  case unreadableInput = 3
}
