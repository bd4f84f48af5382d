import CLibFuzzer
import Dialects
import Glibc
import Kubernetes

private let location = SourceLocation(file: SourceFile(path: "selector"), line: 1, column: 1)

/// Any text as a Calico selector: no crash, and what is read means the same when it is written and read again.
func readAnything(_ text: String) {
  guard let expression = try? CalicoSelectorParser.parse(text, location: location, textStart: location) else {
    return
  }
  let again = try? CalicoSelectorParser.parse(
    expression.description, location: location, textStart: location)
  precondition(again == expression, "\(expression) is read as something else")
  _ = CalicoSelector(expression, location: location).matches { $0.isEmpty ? nil : "a" }
}

var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
  LLVMFuzzerRunDriver(&argumentCount, &arguments) { data, count in
    readAnything(String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self))
    return 0
  })
