internal import ArgumentParser
internal import Review

/// `merlon completion`
struct CompletionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion",
    abstract: "Prints the completion script of a shell.",
    discussion: """
      EXAMPLES
        merlon completion bash > /etc/bash_completion.d/merlon
        merlon completion zsh > "${fpath[1]}/_merlon"
        merlon completion fish > ~/.config/fish/completions/merlon.fish
      """)

  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash
    case zsh
    case fish

    var parserShell: CompletionShell {
      switch self {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    }
  }

  @Argument(help: "bash, zsh or fish.")
  var shell: Shell

  func run() throws {
    let output = Terminal.standardOutput
    output.write(Merlon.completionScript(for: shell.parserShell))
    output.flush()
  }
}
