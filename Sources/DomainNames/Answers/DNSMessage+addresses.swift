package import Kubernetes

/// The addresses of an answer.
package struct AddressesFound: Sendable, Hashable {
  /// An address, and how long it may be used.
  package struct Found: Sendable, Hashable {
    package let address: IPAddress
    package let lifetime: Duration
  }

  /// Those of the name that was asked for, in the order of the records.
  package var ofTheName: [Found] = []
  /// Owners of others, which nobody asked for.
  package var unrelatedOwners: [DomainName] = []
}

extension DNSMessage {
  /// The addresses in the answer section. O(records), in any order of them.
  ///
  /// Of the name are those whose owner is the name that was asked for or one that CNAME records of the same section
  /// lead to from there. Records of a loop of them are seen once.
  package func addresses() -> AddressesFound {
    var targets: [DomainName: [DomainName]] = [:]
    for record in answers {
      guard case .canonicalName(let target) = record.content else { continue }
      targets[record.owner, default: []].append(target)
    }
    var names: Set = [question.name]
    var pending = [question.name]
    while let name = pending.popLast() {
      for target in targets[name] ?? [] where names.insert(target).inserted { pending.append(target) }
    }
    var found = AddressesFound()
    for record in answers {
      guard case .address(let address) = record.content else { continue }
      if names.contains(record.owner) {
        found.ofTheName.append(.init(address: address, lifetime: record.lifetime))
      } else {
        found.unrelatedOwners.append(record.owner)
      }
    }
    return found
  }
}
