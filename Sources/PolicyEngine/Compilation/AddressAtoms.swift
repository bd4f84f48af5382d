internal import Kubernetes
internal import PolicyModel

/// The address space cut at every border of every block that rules mention.
///
/// Addresses that no block tells apart form one atom, however many intervals they lie in.
struct AddressAtoms: Sendable {
  /// Starts of intervals, ascending, per family, with the atom of each.
  private let starts: [[UInt128]]
  private let atoms: [[Int32]]
  /// The addresses of each atom.
  let sets: [AddressSet]
  private let blockAtoms: [AddressSet: BitSet]

  var count: Int { sets.count }

  /// O(intervals × blocks).
  init(_ blocks: Set<AddressSet>) {
    // In any order: atoms are numbered as they lie in the address space.
    let ordered = Array(blocks)
    var starts: [[UInt128]] = []
    var signatures: [[BitSet]] = []
    for family in AddressFamily.allCases {
      var borders: Set<UInt128> = [0]
      for interval in ordered.flatMap(\.intervals) where interval.family == family {
        borders.insert(interval.first)
        if interval.last < family.lastBits { borders.insert(interval.last + 1) }
      }
      let sorted = borders.sorted()
      starts.append(sorted)
      signatures.append(
        sorted.map { start in
          var signature = BitSet(size: ordered.count)
          for (index, block) in ordered.enumerated() where block.contains(IPAddress(family, bits: start)) {
            signature.insert(index)
          }
          return signature
        })
    }
    var numbers: [[UInt64]: Int32] = [:]
    var intervals: [[AddressSet.Interval]] = []
    var signatureOfAtom: [BitSet] = []
    var atoms: [[Int32]] = []
    for family in AddressFamily.allCases {
      let place = Int(family.rawValue)
      var own: [Int32] = []
      for (index, start) in starts[place].enumerated() {
        // The families stay apart, so that an atom is an answer for one of them.
        let key = [UInt64(family.rawValue)] + signatures[place][index].words
        let atom = numbers[key] ?? Int32(intervals.count)
        if numbers[key] == nil {
          numbers[key] = atom
          intervals.append([])
          signatureOfAtom.append(signatures[place][index])
        }
        let last = index + 1 < starts[place].count ? starts[place][index + 1] - 1 : family.lastBits
        intervals[Int(atom)].append(.init(family: family, first: start, last: last))
        own.append(atom)
      }
      atoms.append(own)
    }
    self.starts = starts
    self.atoms = atoms
    let sets = intervals.map { AddressSet(unsorted: $0) }
    self.sets = sets
    var blockAtoms: [AddressSet: BitSet] = [:]
    for (index, block) in ordered.enumerated() {
      var members = BitSet(size: sets.count)
      for (atom, signature) in signatureOfAtom.enumerated() where signature.contains(index) {
        members.insert(atom)
      }
      blockAtoms[block] = members
    }
    self.blockAtoms = blockAtoms
  }

  /// The atom of an address. O(log intervals).
  func atom(of address: IPAddress) -> Int32 {
    let starts = starts[Int(address.family.rawValue)]
    var low = 0
    var high = starts.count
    while low + 1 < high {
      let middle = (low + high) / 2
      if starts[middle] <= address.bits { low = middle } else { high = middle }
    }
    return atoms[Int(address.family.rawValue)][low]
  }

  /// The atoms inside a block that was given to ``init(_:)``.
  func atoms(of block: AddressSet) -> BitSet {
    blockAtoms[block] ?? BitSet(size: count)
  }
}
