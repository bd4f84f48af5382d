import CLibFuzzer
import Glibc
import Merlon

/// Any bytes as an intent and as traffic values: no crash, no hang, and a rendering of what is accepted is read back
/// without an error and means what its intent means.
func render(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  if let intent = try? Intent(yaml: text) {
    for dialect in Dialect.allCases { prove(text, dialect) { try intent.render(dialect, accepting: $0) } }
  }
  if let values = try? TrafficValues(yaml: text) {
    for dialect in Dialect.allCases { prove(text, dialect) { try values.render(dialect, accepting: $0) } }
  }
}

func prove(_ text: String, _ dialect: Dialect, _ rendering: (Set<Loss.Name>) throws -> Rendering) {
  guard let rendering = accepted(rendering) else { return }
  // Texts can tell so many kinds of pods apart that a proof takes longer than the fuzzer waits.
  guard let certificate = try? rendering.prove(limit: 60) else { return }
  precondition(certificate.holds || !rendering.passthrough.isEmpty, "\(dialect): \(certificate)\n\(text)")
}

/// The rendering with all that the dialect cannot say; nil when the intent has errors.
func accepted(_ rendering: (Set<Loss.Name>) throws -> Rendering) -> Rendering? {
  do {
    return try rendering([])
  } catch let problems as Problems {
    return try? rendering(Set(problems.all.map { Loss.Name($0.code) }))
  } catch {
    preconditionFailure("\(error)")
  }
}

var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
  LLVMFuzzerRunDriver(&argumentCount, &arguments) { data, count in
    render(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
  })
