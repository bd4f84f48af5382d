import CLibFuzzer
import Glibc
import Kubernetes
import PolicyEngine

/// Any bytes as one line, parsed against a small world: no crash, and what was parsed has a verdict.
func parseAnything(_ line: String) {
  if let flow = try? FuzzWorld.parser.parse(line) { _ = FuzzWorld.evaluator.verdict(flow) }
}

var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
  LLVMFuzzerRunDriver(&argumentCount, &arguments) { data, count in
    parseAnything(String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self))
    return 0
  })
