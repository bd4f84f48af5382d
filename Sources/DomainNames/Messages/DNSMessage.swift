/// A message of the domain name system with exactly one question (RFC 1035 §4), a query or an answer to one.
///
/// Messages are read as a whole or not at all; there are no messages with fewer or more questions, which resolvers
/// treat differently from one another. A value can be written again, but names inside of opaque records would then
/// point to other places: only messages without any, queries and refusals, are for that.
package struct DNSMessage: Sendable, Hashable {
  package var header: DNSHeader
  package let question: DNSQuestion
  package var answers: [ResourceRecord] = []
  package var authorities: [ResourceRecord] = []
  /// With the OPT record, if there is one.
  package var additional: [ResourceRecord] = []

  /// In bytes; what the two bytes of its length can say when it goes over TCP.
  package static let longest = 65_535

  package init(_ header: DNSHeader, _ question: DNSQuestion) {
    self.header = header
    self.question = question
  }

  /// The OPT record.
  package var options: ResourceRecord? { additional.first { $0.type == .opt } }
}
