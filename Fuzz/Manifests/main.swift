import CLibFuzzer
import Dialects
import Glibc
import Kubernetes

/// Any bytes, read as YAML and as JSON and decoded into policies: no crash, no hang, bounded memory.
func readAnything(_ bytes: [UInt8]) {
  let options = PolicySet.readerOptions(defaultNamespace: "default")
  for path in ["input.yaml", "input.json"] {
    let set = ManifestReader(options: options).readSequentially([ManifestText(path: path, bytes: bytes)])
    let policies = PolicySet(set, defaultNamespace: "default")
    for case let place? in (set.diagnostics + policies.diagnostics).map(\.location) {
      // A place outside the input means that positions are computed wrongly.
      precondition(place.line >= 1 && place.column >= 1 && Int(place.line) <= bytes.count + 1)
    }
  }
}

var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
  LLVMFuzzerRunDriver(&argumentCount, &arguments) { data, count in
    readAnything(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
  })
