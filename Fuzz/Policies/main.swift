import CLibFuzzer
import Dialects
import Glibc
import Kubernetes
import PolicyModel

/// Any bytes as policies of every dialect, lowered for every engine: no crash, no hang, and every place is inside
/// the text.
func lowerAnything(_ bytes: [UInt8]) {
  let options = PolicySet.readerOptions(defaultNamespace: "default")
  let manifests = ManifestReader(options: options).readSequentially([
    ManifestText(path: "input.yaml", bytes: bytes)
  ])
  let policies = PolicySet(manifests, defaultNamespace: "default")
  var problems = manifests.diagnostics + policies.diagnostics
  for enforcer in EngineProfile.Enforcer.allCases {
    let stack = policies.stack(.of(enforcer), enforcesStaged: true)
    problems += stack.diagnostics
    for policy in stack.tiers.flatMap(\.policies) {
      _ = policy.subject.description
      for rule in policy.rules { _ = rule.traffic.description }
    }
  }
  for case let place? in problems.map(\.location) {
    precondition(place.line >= 1 && place.column >= 1 && Int(place.line) <= bytes.count + 1)
  }
}

var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
  LLVMFuzzerRunDriver(&argumentCount, &arguments) { data, count in
    lowerAnything(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
  })
