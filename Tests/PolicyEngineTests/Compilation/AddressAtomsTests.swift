import Kubernetes
import PolicyModel
import Testing

@testable import PolicyEngine
@testable import RandomWorlds

@Suite("Address atoms")
struct AddressAtomsTests {
  private func set(_ cidrs: String...) throws -> AddressSet {
    try cidrs.reduce(.empty) { set, text in
      let parts = text.split(separator: "/")
      let address = try #require(IPAddress(String(parts[0])))
      return set.union(AddressSet(CIDR(address, prefixLength: try #require(Int(parts[1])))))
    }
  }

  @Test("addresses in the same sets are one atom, wherever they lie; families stay apart")
  func sameSets() throws {
    let sets = try [
      set("10.0.0.0/8", "2001:db8::/32"), set("10.1.0.0/16", "192.168.0.0/16"), set("0.0.0.0/0"), .empty,
    ]
    let atoms = AddressAtoms(Set(sets))
    #expect(
      atoms.sets.map(\.description) == [
        "0.0.0.0/0 except 10.0.0.0/8, 192.168.0.0/16", "10.0.0.0/8 except 10.1.0.0/16", "10.1.0.0/16",
        "192.168.0.0/16", "::/0 except 2001:db8::/32", "2001:db8::/32",
      ])
  }

  @Test("without sets each family is one atom")
  func none() {
    let atoms = AddressAtoms([])
    #expect(atoms.sets == [.allIPv4, .allIPv6])
  }

  @Test("of numbers, the least of each kind that sets do not tell apart")
  func leastOfEachKind() {
    for seed in 0..<200 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      let sets = (0..<random.int(0...8)).map { _ in
        var set = BitSet(size: 70)
        for number in 0..<70 where random.chance(15) { set.insert(number) }
        return set
      }
      let numbers = (0..<70 as Range<Int32>).filter { _ in random.chance(60) }
      var seen: Set<[Bool]> = []
      let expected = numbers.filter { number in seen.insert(sets.map { $0.contains(Int(number)) }).inserted }
      #expect(numbers.leastOfEachKind(in: sets) == expected)
    }
  }

  @Test("two addresses share an atom when they are of one family and in the same sets, over random sets")
  func definition() {
    for seed in 0..<200 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      let sets = (0..<random.int(0...69)).map { _ in
        AddressSet(unsorted: (0..<(random.int(1...4))).map { _ in interval(&random) })
      }
      let atoms = AddressAtoms(Set(sets))
      let samples = (0..<60).map { _ in
        let interval = interval(&random)
        return IPAddress(interval.family, bits: random.chance(50) ? interval.first : interval.last)
      }
      for sample in samples {
        let atom = atoms.atom(of: sample)
        #expect(atoms.sets[Int(atom)].contains(sample))
        for set in sets { #expect(atoms.atoms(of: set).contains(Int(atom)) == set.contains(sample)) }
        for other in samples {
          let isAlike =
            other.family == sample.family && sets.allSatisfy { $0.contains(other) == $0.contains(sample) }
          #expect((atoms.atom(of: other) == atom) == isAlike)
        }
      }
    }
  }

  /// Near either end of a family, so that borders meet and the ends are reached.
  private func interval(_ random: inout SplitMix64) -> AddressSet.Interval {
    let family: AddressFamily = random.chance(33) ? .ipv6 : .ipv4
    let first = UInt128(random.int(0...39))
    let last = first + UInt128(random.int(0...11))
    if random.chance(50) { return .init(family: family, first: first, last: last) }
    return .init(family: family, first: family.lastBits - last, last: family.lastBits - first)
  }
}
