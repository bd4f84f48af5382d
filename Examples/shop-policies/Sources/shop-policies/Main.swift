import Foundation
import Merlon
import ShopPolicies

/// `shop-policies ENGINE [LOSS…]` prints the shop's policies for an engine, and on standard error what is proved of them.
///
/// What the engine's policies cannot say is an error, unless the name of the loss is given.
@main
struct Main {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    guard let engine = arguments.first.flatMap(Dialect.init) else {
      report("usage: shop-policies \(Dialect.allCases.map(\.rawValue).joined(separator: "|")) [LOSS…]")
      exit(2)
    }
    for problem in Shop.intent.check() where problem.severity < .error { report(problem) }
    do {
      let rendering = try Shop.intent.render(
        engine, accepting: Set(arguments.dropFirst().map { Loss.Name($0) }))
      let certificate = try rendering.prove()
      report(certificate)
      if !certificate.holds { exit(1) }
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
