import CLibFuzzer
import Glibc
import Kubernetes
import Review

/// Any bytes as a log of flows: no crash, no hang; whatever is read is counted once, and places lie in the text.
func readLog(_ bytes: [UInt8]) {
  let log = FlowLog([RecordText(ManifestText(path: "flows.jsonl", bytes: bytes))])
  for entry in log.entries {
    precondition(entry.count >= 0)
    precondition(entry.location.line >= 1 && Int(entry.location.line) <= bytes.count + 1)
  }
  for case let place? in log.problems.map(\.location) {
    precondition(place.line >= 1 && Int(place.line) <= bytes.count + 1)
  }
}

var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
  LLVMFuzzerRunDriver(&argumentCount, &arguments) { data, count in
    readLog(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
  })
