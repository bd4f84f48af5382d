/// What a message asks for.
package struct DNSQuestion: Sendable, Hashable {
  package let name: DomainName
  package let type: RecordType
  package let recordClass: RecordClass

  package init(_ name: DomainName, _ type: RecordType, _ recordClass: RecordClass = .internet) {
    self.name = name
    self.type = type
    self.recordClass = recordClass
  }

  /// Whether another question is this one in every byte, as that of an answer must be.
  package func isRepeated(in other: DNSQuestion) -> Bool {
    name.isWrittenAs(other.name) && type == other.type && recordClass == other.recordClass
  }
}
