internal import Kubernetes
internal import Review

extension FlowLog {
  /// Reads a log, or standard input for `-`, and writes what is wrong with it to standard error.
  static func read(_ path: String, _ display: DisplayOptions) throws -> FlowLog {
    let log: FlowLog
    do throws(UnreadableRecords) {
      log = FlowLog([try RecordText(path: path)])
    } catch {
      Terminal.writeError(error.problem.text(display.style(for: 2)) + "\n")
      throw ExitStatus.unreadableInput
    }
    for problem in log.problems { Terminal.writeError(problem.text(display.style(for: 2)) + "\n") }
    return log
  }
}
