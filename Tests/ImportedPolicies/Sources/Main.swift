import Foundation
import Merlon

/// `imported-policies ENGINE NAME` proves that an intent means the policies on standard input, and that its rendering does.
@main
struct Main {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let engine = Dialect(rawValue: arguments[1]),
      let intent = imported[arguments[2]]
    else { exit(2) }
    let manifests = String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
    let rendering = try intent.render(engine)
    for text in [manifests, rendering.yaml] {
      let certificate = try rendering.prove(text)
      if !certificate.holds {
        print(certificate)
        exit(1)
      }
    }
  }
}
