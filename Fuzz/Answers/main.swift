import CLibFuzzer
import DomainNames
import Glibc
import Kubernetes

/// Any bytes as a message of the domain name system: no crash, no hang, and what was read is written, reads as the same
/// message and is written the same.
func readAnything(_ bytes: [UInt8]) {
  _ = try? DNSMessage(readingQuestionOf: bytes)
  guard let message = try? DNSMessage(reading: bytes) else { return }
  let name = message.question.name
  precondition(DomainName(name.description)?.isWrittenAs(name) == true, "\(name) reads as another name")
  let found = message.addresses()
  precondition(found.ofTheName.count + found.unrelatedOwners.count <= message.answers.count)
  for short in [message.refusal(.refused, payloadSize: 1232), message.truncated(id: 1)] {
    precondition(
      (try? DNSMessage(reading: short))?.question == message.question, "what is short is no message")
  }
  // Names that are written in full may be too long for a message together.
  guard let written = try? message.written() else { return }
  let again = try? DNSMessage(reading: written)
  precondition(again == message, "what was written reads as another message")
  precondition((try? again?.written()) == written, "what was read is written in another way")
  precondition(again?.addresses() == found, "what was written has other addresses")
}

var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
  LLVMFuzzerRunDriver(&argumentCount, &arguments) { data, count in
    readAnything(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
  })
