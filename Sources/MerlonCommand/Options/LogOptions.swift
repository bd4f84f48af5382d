internal import ArgumentParser
internal import Kubernetes
internal import Review

/// What commands read that hold a log against manifests.
struct LogOptions: ParsableArguments {
  @Argument(help: "The log.", completion: .file())
  var flows: String

  @OptionGroup(title: "Input") var manifests: InputOptions

  func validate() throws {
    if flows == "-", manifests.paths.contains("-") {
      throw ValidationError("standard input cannot be both flows and manifests")
    }
  }

  /// Reads the log, and writes what is wrong with it to standard error.
  func read(_ display: DisplayOptions) throws -> FlowLog {
    let log: FlowLog
    do throws(UnreadableRecords) {
      log = FlowLog([try RecordText(path: flows)])
    } catch {
      Terminal.writeError(error.problem.text(display.style(for: 2)) + "\n")
      throw ExitStatus.unreadableInput
    }
    for problem in log.problems { Terminal.writeError(problem.text(display.style(for: 2)) + "\n") }
    return log
  }
}
