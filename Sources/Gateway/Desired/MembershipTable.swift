/// All sets of sources that any address has had, by number.
///
/// Few of the many addresses differ in whose members they are, so an address has a number instead of a list.
struct MembershipTable: Sendable {
  /// The number of the set that has no sources.
  static let none = 0

  /// By number; each ascending.
  private var sets: [[SourceNumber]] = [[]]
  private var numbers: [[SourceNumber]: Int] = [[]: none]
  /// By a number and a source, what it becomes with the source.
  private var additions: [UInt64: Int] = [:]

  /// The sources of a number, ascending.
  subscript(number: Int) -> [SourceNumber] { sets[number] }

  /// The number of a set's sources and another one that it does not have. O(1) for what was asked before, O(sources of the
  /// set) otherwise.
  mutating func adding(_ source: SourceNumber, to number: Int) -> Int {
    let step = UInt64(number) << 32 | UInt64(source)
    if let known = additions[step] { return known }
    var sources = sets[number]
    sources.insert(source, at: sources.firstIndex { $0 > source } ?? sources.count)
    let sum = self.number(of: sources)
    additions[step] = sum
    return sum
  }

  /// The number of a set's sources without one of them. O(sources of the set).
  mutating func removing(_ source: SourceNumber, from number: Int) -> Int {
    self.number(of: sets[number].filter { $0 != source })
  }

  private mutating func number(of sources: [SourceNumber]) -> Int {
    if let known = numbers[sources] { return known }
    let number = sets.count
    sets.append(sources)
    numbers[sources] = number
    return number
  }
}
