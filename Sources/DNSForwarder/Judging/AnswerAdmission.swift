internal import DomainNames
internal import Kubernetes

/// Why an answer for a guarded name is not passed on.
enum AnswerRefusal: Error, Hashable {
  /// Addresses of a name that neither was asked for nor is another name for it.
  case unrelatedOwner(DomainName)
  /// An address by which a name would lead a client to itself, to its neighbours or to many (DNS rebinding).
  case address(IPAddress)
  /// Hints of addresses.
  case service(DomainName)
}

extension DNSMessage {
  /// The addresses that are to be admitted before a client is told this answer, each once, for the longest of its
  /// lifetimes.
  ///
  /// Those of other sections, as servers add them to what they say of mail or services, are nobody's: a client that
  /// uses them without asking finds no way, and one that asks does.
  ///
  /// - Parameters:
  ///   - minimum: the least lifetime.
  ///   - grace: what is added to each.
  func admission(minimum: Duration, grace: Duration) throws(AnswerRefusal) -> [AnsweredAddress] {
    if let service = answers.first(where: { [.svcb, .https].contains($0.type) }) {
      throw .service(service.owner)
    }
    let found = addresses()
    if let owner = found.unrelatedOwners.first { throw .unrelatedOwner(owner) }
    var lifetimes: [IPAddress: Duration] = [:]
    var order: [IPAddress] = []
    for one in found.ofTheName {
      guard one.address.isAdmissible else { throw .address(one.address) }
      let lifetime = max(one.lifetime, minimum) + grace
      if let known = lifetimes[one.address] {
        lifetimes[one.address] = max(known, lifetime)
      } else {
        lifetimes[one.address] = lifetime
        order.append(one.address)
      }
    }
    return order.map { AnsweredAddress($0, lifetime: lifetimes[$0, default: minimum + grace]) }
  }
}

extension IPAddress {
  /// Whether a name may have the address: it is of one host, and is no IPv4 address in the clothes of IPv6, which a
  /// client would connect to over IPv4 (`::ffff:127.0.0.1`, and `::127.0.0.1` of old).
  var isAdmissible: Bool {
    isOfOneHost && (family == .ipv4 || (bits >> 32 != 0 && bits >> 32 != 0xFFFF))
  }
}
