import Foundation
import Merlon
import Policies

@main
struct Main {
  static func main() {
    guard let engine = CommandLine.arguments.dropFirst().first.flatMap(Dialect.init) else {
      report("usage: write-policies \(Dialect.allCases.map(\.rawValue).joined(separator: "|"))")
      exit(2)
    }
    for problem in Shop.intent.check() where problem.severity < .error { report(problem) }
    do {
      let rendering = try Shop.intent.render(engine)
      print(rendering.yaml, terminator: "")
    } catch {
      report(error)
      exit(1)
    }
  }

  private static func report(_ message: Any) {
    FileHandle.standardError.write(Data("\(message)\n".utf8))
  }
}
