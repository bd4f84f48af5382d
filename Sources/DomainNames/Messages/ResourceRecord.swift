package import Kubernetes

/// Something that is known about a name.
package struct ResourceRecord: Sendable, Hashable {
  /// What a record says, as far as anyone here must understand it.
  package enum Content: Sendable, Hashable {
    /// Of an A or AAAA record of the Internet.
    case address(IPAddress)
    /// Of a CNAME record of the Internet.
    case canonicalName(DomainName)
    /// Of an OPT record: the options one after the other, unread.
    case options([UInt8])
    /// Of all others: their bytes. Compressed names in them point into the message that they come from.
    case opaque([UInt8])
  }

  package let owner: DomainName
  package let type: RecordType
  /// Of an OPT record, how many bytes of UDP its sender takes.
  package var recordClass: RecordClass
  /// Of an OPT record, flags and more of the response code. ``lifetime`` is what others mean by it.
  package let timeToLive: UInt32
  package let content: Content

  package init(
    _ owner: DomainName, _ type: RecordType, _ recordClass: RecordClass = .internet, timeToLive: UInt32,
    _ content: Content
  ) {
    self.owner = owner
    self.type = type
    self.recordClass = recordClass
    self.timeToLive = timeToLive
    self.content = content
  }

  /// How long the record may be used. None with the highest bit set (RFC 2181 §8).
  package var lifetime: Duration { .seconds(timeToLive >> 31 == 0 ? Int64(timeToLive) : 0) }
}
