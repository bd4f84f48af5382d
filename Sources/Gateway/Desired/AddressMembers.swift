internal import Kubernetes

/// Which sources have which addresses of clusters.
struct AddressMembers: Sendable {
  /// A source that has an address.
  private struct Holding: Sendable, Hashable {
    let address: IPAddress
    let source: SourceNumber
  }

  private var table = MembershipTable()
  /// The number of the set of sources that have an address.
  private var numbers: [IPAddress: Int] = [:]
  /// Where several members of a source have one address: how many there are besides one.
  private var others: [Holding: Int] = [:]

  /// Every address that any source has, with the number of the set of its sources.
  var memberships: [IPAddress: Int] { numbers }

  /// The sources of a number, ascending.
  func sources(_ number: Int) -> [SourceNumber] { table[number] }

  /// The number of the set of sources that have an address; nil for none.
  func number(of address: IPAddress) -> Int? { numbers[address] }

  /// Makes room for so many addresses.
  mutating func reserveCapacity(_ addresses: Int) { numbers.reserveCapacity(addresses) }

  /// Lets some more members of a source have an address. O(sources that have it).
  mutating func join(_ address: IPAddress, _ source: SourceNumber, count: Int = 1) {
    if count <= 0 { return }
    let isNew = Self.add(source, to: &numbers[address, default: MembershipTable.none], &table)
    let more = isNew ? count - 1 : count
    if more > 0 { others[Holding(address: address, source: source), default: 0] += more }
  }

  /// - Returns: whether the source is a new one.
  private static func add(_ source: SourceNumber, to number: inout Int, _ table: inout MembershipTable)
    -> Bool
  {
    if table[number].contains(source) { return false }
    number = table.adding(source, to: number)
    return true
  }

  /// Lets a member less of a source have an address; nothing when none has. O(sources that have it).
  mutating func leave(_ address: IPAddress, _ source: SourceNumber) {
    guard let number = numbers[address], table[number].contains(source) else { return }
    let holding = Holding(address: address, source: source)
    if let more = others[holding] {
      others[holding] = more > 1 ? more - 1 : nil
    } else {
      let rest = table.removing(source, from: number)
      numbers[address] = rest == MembershipTable.none ? nil : rest
    }
  }
}
