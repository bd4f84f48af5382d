import CLibFuzzer
import Glibc
import PolicyModel

/// Any two words as a domain pattern and a name: no crash, no hang, and a pattern matches its own example.
func matchAnything(_ text: String) {
  let words = text.split(separator: " ", maxSplits: 1).map(String.init)
  guard let first = words.first else { return }
  let patterns = [
    DomainPattern(ciliumMatchName: first), DomainPattern(ciliumMatchPattern: first),
    DomainPattern(networkPolicyAPI: first),
  ]
  for case let pattern? in patterns {
    _ = pattern.matches(words.count > 1 ? words[1] : first)
    precondition(
      pattern.isEverything || pattern.matches(pattern.example), "\(pattern) does not match its example")
  }
}

var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
  LLVMFuzzerRunDriver(&argumentCount, &arguments) { data, count in
    matchAnything(String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self))
    return 0
  })
