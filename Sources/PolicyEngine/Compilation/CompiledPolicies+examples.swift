package import Kubernetes
package import PolicyModel

extension CompiledPolicies {
  /// One address of each kind that policies tell apart, as far as a set has some. What holds for these holds for all of
  /// the set. O(atoms).
  package func examples(of addresses: AddressSet) -> [IPAddress] {
    atoms.sets.compactMap { atom in
      atom.intersection(addresses).intervals.first.map { IPAddress($0.family, bits: $0.first) }
    }
  }

  /// The ports from 1 on at which some row's traffic begins or ends: what holds for one holds up to the next.
  package func portBorders(_ transport: TransportProtocol) -> [UInt16] {
    var borders: Set<UInt16> = [1]
    for pair in table.pairs {
      for range in pair.certain[transport].ranges + pair.possible[transport].ranges {
        borders.insert(max(1, range.lowerBound))
        if range.upperBound < .max { borders.insert(range.upperBound + 1) }
      }
    }
    return borders.sorted()
  }
}
