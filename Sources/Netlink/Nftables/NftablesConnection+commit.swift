internal import Glibc

extension NftablesConnection {
  /// Does all operations of a transaction at one moment, or none.
  ///
  /// However many there are, they are one datagram: what nftables does at once must be sent at once.
  ///
  /// - Parameter generation: refuse (``NetlinkError/Reason/changed``) when the rules are of another generation, so that nothing is
  ///   done to rules that somebody changed meanwhile.
  /// - Throws: the first error of an operation, with the element where the kernel names it. Nothing was done then. After
  ///   ``NetlinkError/Reason/overrun`` and ``NetlinkError/Reason/unanswered`` it is not known whether it was done.
  package mutating func commit(
    _ transaction: borrowing TableTransaction, expecting generation: UInt32? = nil
  ) throws(NetlinkError) {
    if transaction.isEmpty { return }
    let begin = generation == nil ? Self.begin : Self.border(ControlType.batchBegin, generation)
    let problem = begin.withBytes { begin in
      Self.end.withBytes { end in
        transaction.messages.withBytes { messages in
          socket.send([begin, messages, end], transaction.operation)
        }
      }
    }
    if let problem { throw problem }
    var isAnswered = false
    var refusal: (sequence: UInt32, answer: Acknowledgement)?
    do {
      try socket.receiveAll(transaction.operation) { message in
        guard message.type == ControlType.error, let answer = Acknowledgement(message) else { return }
        if answer.number != 0, refusal == nil { refusal = (message.sequence, answer) }
        if message.sequence == transaction.lastSequence { isAnswered = true }
      }
    } catch {
      // An error that came through says that nothing was done, whatever was lost beside it.
      if refusal == nil { throw error }
    }
    if let refusal {
      throw transaction.error(refusal.sequence, refusal.answer)
    }
    if !isAnswered { throw NetlinkError(.unanswered, transaction.operation, "the kernel gives no answer") }
  }

  private static let begin = border(ControlType.batchBegin)
  private static let end = border(ControlType.batchEnd)

  /// The message before or after a transaction's messages.
  private static func border(_ type: UInt16, _ generation: UInt32? = nil) -> MessageWriter {
    var writer = MessageWriter(capacity: 32)
    let start = writer.begin(type, MessageFlags.request, sequence: 0)
    writer.netfilterHeader(NetfilterFamily.unspecified, resource: NetfilterSubsystem.nftables >> 8)
    if let generation { writer.attribute(AttributeType.batchGeneration, generation.bigEndian) }
    writer.end(start)
    return writer
  }
}

extension TableTransaction {
  /// What the transaction does, in the words of an error.
  var operation: String { "change table \(table)" }

  /// The error of the message with a number, in words, with the element that was not taken.
  func error(_ sequence: UInt32, _ answer: Acknowledgement) -> NetlinkError {
    messages.withBytes { bytes in
      guard let message = MessageList(bytes).first(where: { $0.sequence == sequence }) else {
        return NetlinkError(operation, number: answer.number, detail: answer.text)
      }
      let list = message.attributes(after: 4)[NftablesAttribute.elements]
      // The kernel says at which byte of the message the attribute begins that it does not take.
      let element = message.bytes.baseAddress.flatMap { base in
        answer.offset.flatMap { offset in
          list?.nested.first { element in
            element.value.baseAddress.map { start in
              (0..<element.value.count).contains(offset + 4 - (start - base))
            } ?? false
          }
        }
      }
      return NetlinkError(
        message.words(table), number: answer.number, detail: answer.text,
        element: element.flatMap(SetElement.init)?.key)
    }
  }
}

extension NetlinkMessage {
  /// What it asks for, in the words of an error.
  fileprivate func words(_ table: String) -> String {
    func name(_ attribute: UInt16) -> String {
      table + " " + (attributes(after: 4)[attribute]?.text ?? "")
    }
    return switch type {
    case NftablesMessage.newTable: "add table \(table)"
    case NftablesMessage.deleteTable: "delete table \(table)"
    case NftablesMessage.newChain: "add chain " + name(NftablesAttribute.chainName)
    case NftablesMessage.deleteChain: "delete chain " + name(NftablesAttribute.chainName)
    case NftablesMessage.newRule: "add a rule to chain " + name(NftablesAttribute.ruleChain)
    case NftablesMessage.deleteRule: "flush chain " + name(NftablesAttribute.ruleChain)
    case NftablesMessage.newSet: "add set " + name(NftablesAttribute.setName)
    case NftablesMessage.deleteSet: "delete set " + name(NftablesAttribute.setName)
    case NftablesMessage.newObject: "add counter " + name(NftablesAttribute.objectName)
    case NftablesMessage.deleteObject: "delete counter " + name(NftablesAttribute.objectName)
    case NftablesMessage.newElements: "add to set " + name(NftablesAttribute.elementsSet)
    case _ where attributes(after: 4)[NftablesAttribute.elements] == nil:
      "flush set " + name(NftablesAttribute.elementsSet)
    default: "delete from set " + name(NftablesAttribute.elementsSet)
    }
  }
}
