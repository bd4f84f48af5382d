internal import Kubernetes
internal import PolicyModel

/// The address space cut at every border of every set of addresses that some rule matches.
///
/// Addresses that no set tells apart form one atom, however many intervals they lie in.
struct AddressAtoms: Sendable {
  /// Starts of intervals, ascending, per family, with the atom of each.
  private var starts: [[UInt128]] = []
  private var atoms: [[Int32]] = []
  /// The addresses of each atom, all of one family. Atoms are numbered by their lowest addresses.
  let sets: [AddressSet]
  /// Ascending.
  private var atomsOfSet: [AddressSet: [Int32]] = [:]

  var count: Int { sets.count }

  /// Sweeps the borders in order. O(intervals × (log intervals + sets/64)).
  init(_ sets: Set<AddressSet>) {
    // In any order: atoms are numbered as they lie in the address space.
    let sets = Array(sets)
    var sweep = Sweep(sets)
    for family in AddressFamily.allCases {
      let (starts, atoms) = sweep.run(family)
      self.starts.append(starts)
      self.atoms.append(atoms)
    }
    self.sets = sweep.intervals.map { AddressSet(unsorted: $0) }
    for (set, atoms) in zip(sets, sweep.atomsOfSet) { atomsOfSet[set] = atoms }
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

  /// The atoms inside a set that was given to ``init(_:)``.
  func atoms(of set: AddressSet) -> BitSet {
    var members = BitSet(size: count)
    for atom in atomsOfSet[set] ?? [] { members.insert(Int(atom)) }
    return members
  }
}

extension [Int32] {
  /// Of ascending numbers, the least of each kind that some sets do not tell apart. O(count × sets).
  func leastOfEachKind(in sets: [BitSet]) -> [Int32] {
    guard let first else { return [] }
    var kinds = [Int](repeating: 0, count: count)
    var least = [first]
    // By kind, that of its members which are not in the set as its least one is, or not out of it as that is.
    var others: [Int] = []
    for set in sets where least.count < count {
      others.removeAll(keepingCapacity: true)
      others.append(contentsOf: repeatElement(-1, count: least.count))
      for (place, number) in enumerated() {
        let kind = kinds[place]
        if set.contains(Int(number)) == set.contains(Int(least[kind])) { continue }
        if others[kind] < 0 {
          others[kind] = least.count
          least.append(number)
        }
        kinds[place] = others[kind]
      }
    }
    return least.sorted()
  }
}

/// Goes through the address space from border to border, with the sets that the addresses between two are in.
private struct Sweep {
  private struct Border {
    let address: UInt128
    /// The set that begins or ends here.
    let set: Int
  }

  private let setCount: Int
  private var borders: [[Border]]
  /// What was found: the intervals of each atom, and the atoms of each set.
  private(set) var intervals: [[AddressSet.Interval]] = []
  private(set) var atomsOfSet: [[Int32]]

  init(_ sets: [AddressSet]) {
    setCount = sets.count
    atomsOfSet = [[Int32]](repeating: [], count: sets.count)
    borders = AddressFamily.allCases.map { _ in [] }
    for (number, set) in sets.enumerated() {
      for interval in set.intervals {
        let family = Int(interval.family.rawValue)
        borders[family].append(Border(address: interval.first, set: number))
        if interval.last < interval.family.lastBits {
          borders[family].append(Border(address: interval.last + 1, set: number))
        }
      }
    }
    for family in borders.indices { borders[family].sort { $0.address < $1.address } }
  }

  /// The starts of the intervals of a family, ascending, with the atom of each. Families stay apart, so that an
  /// atom is an answer for one of them.
  mutating func run(_ family: AddressFamily) -> (starts: [UInt128], atoms: [Int32]) {
    let borders = borders[Int(family.rawValue)]
    var starts: [UInt128] = []
    var atoms: [Int32] = []
    var inside = BitSet(size: setCount)
    var numbers: [BitSet: Int32] = [:]
    var start: UInt128 = 0
    var next = 0
    while true {
      // Intervals of a set do not touch, so that at a border it either begins or ends.
      while next < borders.count, borders[next].address == start {
        inside.toggle(borders[next].set)
        next += 1
      }
      let last = next < borders.count ? borders[next].address - 1 : family.lastBits
      let atom = numbers[inside] ?? makeAtom(inside)
      numbers[inside] = atom
      intervals[Int(atom)].append(.init(family: family, first: start, last: last))
      starts.append(start)
      atoms.append(atom)
      if next == borders.count { return (starts, atoms) }
      start = borders[next].address
    }
  }

  private mutating func makeAtom(_ inside: BitSet) -> Int32 {
    let atom = Int32(intervals.count)
    intervals.append([])
    inside.forEach { atomsOfSet[$0].append(atom) }
    return atom
  }
}
