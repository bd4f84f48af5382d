import CLibFuzzer
import Glibc
import Kubernetes
import Review

/// Any bytes as expectations, as settings and as rules for changes: no crash, no hang, and what cannot be read is said.
func readExpectations(_ bytes: [UInt8]) {
  let text = ManifestText(path: "tests.yaml", bytes: bytes)
  for problem in TestSuite.read(text).problems {
    precondition(problem.location.map { $0.line >= 1 && Int($0.line) <= bytes.count + 1 } ?? true)
  }
  let settings = SettingsText(text)
  _ = Settings(settings)
  _ = ChangeRules(settings)
}

var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
  LLVMFuzzerRunDriver(&argumentCount, &arguments) { data, count in
    readExpectations(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
  })
