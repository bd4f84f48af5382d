internal import ArgumentParser
internal import Kubernetes
internal import PolicyEngine
internal import Review

/// How much is said, and in which colours.
struct DisplayOptions: ParsableArguments {
  @Flag(name: [.customShort("q"), .long], help: "Say only what matters.")
  var quiet = false

  @Flag(name: [.customShort("v"), .long], help: "Say more: notes, kinds passed over.")
  var verbose = false

  @Flag(name: .long, help: "No colours; so does the environment variable NO_COLOR.")
  var noColor = false

  func validate() throws {
    if quiet, verbose { throw ValidationError("--quiet and --verbose exclude each other") }
  }

  /// Colours on terminals, unless they are unwanted.
  func style(for descriptor: Int32) -> TextStyle {
    let isUnwanted = noColor || !(Terminal.environment("NO_COLOR") ?? "").isEmpty
    if isUnwanted { return .plain }
    if !(Terminal.environment("CLICOLOR_FORCE") ?? "0").allSatisfy({ $0 == "0" }) {
      return TextStyle(usesColor: true)
    }
    return TextStyle(usesColor: Terminal.isTerminal(descriptor) && Terminal.environment("TERM") != "dumb")
  }

  /// Writes problems to standard error: errors always, warnings unless quiet, notes when verbose.
  func report(_ problems: [Diagnostic]) {
    let least: Diagnostic.Severity = quiet ? .error : verbose ? .note : .warning
    let style = style(for: 2)
    for problem in problems where problem.severity >= least {
      Terminal.writeError(problem.text(style) + "\n")
    }
  }

  /// The same for what reading found.
  func report(_ cluster: Cluster) {
    report(cluster.diagnostics)
    for caveat in cluster.caveats { Terminal.writeError("merlon: \(caveat)\n") }
  }

  /// The text of a file; one that cannot be read is reported, and ends the command.
  func text(of file: String) throws(ExitStatus) -> ManifestText {
    do throws(UnreadableInput) {
      return try ManifestText(contentsOf: file)
    } catch {
      report([error.problem])
      throw .unreadableInput
    }
  }
}

extension DisplayOptions {
  /// Writes the errors that reading found to standard error, and all problems when verbose.
  func reportErrors(_ cluster: Cluster) {
    let style = style(for: 2)
    for problem in cluster.diagnostics where verbose || problem.severity == .error {
      Terminal.writeError(problem.text(style) + "\n")
    }
  }
}

extension Cluster {
  /// How a command that only answers should end.
  var exitStatus: ExitStatus {
    isIncomplete ? .unreadableInput : hasErrors ? .findings : .ok
  }

  /// How a command ends that was asked about something it does not know: the name may be misspelled, or stand in
  /// the part that could not be read.
  var statusForUnknownName: ExitStatus { isIncomplete ? .unreadableInput : .usage }

  /// Ends the command when a namespace is wanted that does not exist.
  func requireNamespace(_ name: String?) throws {
    guard let name, !world.namespaces.contains(where: { $0.name == name }) else { return }
    let nearest = Suggestion.nearest(to: name, among: world.namespaces.map(\.name))
    Terminal.writeError(
      "merlon: namespace `\(name)` is not in the input" + (nearest.map { ": did you mean `\($0)`?" } ?? "")
        + "\n")
    throw statusForUnknownName
  }

  /// Ends the command when there is nothing to answer from.
  func requireSomething() throws {
    if isIncomplete, summary.workloads + summary.pods + summary.policies == 0 {
      throw ExitStatus.unreadableInput
    }
  }
}
