import Kubernetes
import PolicyModel
import Testing

@Suite("AddressSet")
struct AddressSetTests {
  private func set(_ cidrs: String...) throws -> AddressSet {
    try cidrs.reduce(AddressSet.empty) { $0.union(AddressSet(try cidr($1))) }
  }

  private func cidr(_ text: String) throws -> CIDR { try #require(ParsedCIDR(text)).cidr }

  private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

  private func texts(_ set: AddressSet) -> [String] { set.cidrs.map(\.description) }

  @Test("a CIDR holds its first and last address and nothing beside them")
  func cidrBounds() throws {
    let set = try set("10.1.0.0/16")
    for (text, isInside) in [
      ("10.0.255.255", false), ("10.1.0.0", true), ("10.1.255.255", true), ("10.2.0.0", false), ("::", false),
    ] {
      #expect(set.contains(try address(text)) == isInside, "\(text)")
    }
  }

  @Test("the families never mix")
  func families() throws {
    let four = try set("0.0.0.0/0")
    let six = try set("::/0")
    #expect(four == .allIPv4)
    #expect(six == .allIPv6)
    #expect(four.isDisjoint(with: six))
    #expect(four.union(six) == .all)
    #expect(four.complement == six)
    #expect(AddressSet.all.complement == .empty)
    #expect(AddressSet.empty.complement == .all)
    // The same number in the other family.
    let one = AddressSet(try address("0.0.0.1"))
    #expect(!one.contains(try address("::1")))
  }

  @Test("neighbours become one interval, also at the edges")
  func neighbours() throws {
    #expect(try set("10.0.0.0/25", "10.0.0.128/25").intervals.count == 1)
    #expect(try set("0.0.0.0/1", "128.0.0.0/1") == .allIPv4)
    #expect(try set("8000::/1", "::/1") == .allIPv6)
    #expect(try set("255.255.255.255/32", "::/128").intervals.count == 2)
    #expect(try set("10.0.0.0/32", "10.0.0.2/32").intervals.count == 2)
  }

  @Test("cidrs is the smallest list")
  func cidrs() throws {
    #expect(texts(.empty).isEmpty)
    #expect(texts(.all) == ["0.0.0.0/0", "::/0"])
    #expect(texts(try set("10.0.0.0/25", "10.0.0.128/25")) == ["10.0.0.0/24"])
    let first = try address("10.0.0.1").bits
    let range = AddressSet(unsorted: [.init(family: .ipv4, first: first, last: first + 5)])
    #expect(texts(range) == ["10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/31", "10.0.0.6/32"])
    #expect(texts(try set("0.0.0.0/0").subtracting(set("0.0.0.0/32"))).count == 32)
    #expect(
      texts(try set("::/0").subtracting(set("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"))).count == 128)
  }

  @Test("the description is the shortest of CIDRs and what is missing")
  func description() throws {
    #expect(AddressSet.empty.description == "no address")
    #expect(AddressSet.all.description == "any address")
    #expect(AddressSet.allIPv4.description == "0.0.0.0/0")
    #expect(AddressSet.allIPv6.description == "::/0")
    #expect(try set("10.0.0.0/8", "172.16.0.0/12").description == "10.0.0.0/8, 172.16.0.0/12")
    let internet = try AddressSet.allIPv4.subtracting(set("10.0.0.0/8", "192.168.0.0/16"))
    #expect(internet.description == "0.0.0.0/0 except 10.0.0.0/8, 192.168.0.0/16")
    #expect(
      try internet.union(set("fd00::/8")).description
        == "0.0.0.0/0 except 10.0.0.0/8, 192.168.0.0/16, fd00::/8")
    #expect(
      try AddressSet.all.subtracting(set("10.0.0.0/8")).description == "0.0.0.0/0 except 10.0.0.0/8, ::/0")
    #expect(try AddressSet.allIPv4.subtracting(set("128.0.0.0/1")).description == "0.0.0.0/1")
  }

  @Test("blocks cover exactly the set, in at most as many CIDRs as without exceptions, over random sets")
  func blocks() {
    for seed in 0..<300 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      let set = AddressSet(
        unsorted: (0..<Int.random(in: 1...12, using: &random)).map { _ in
          let start = UInt128.random(in: 0...60, using: &random) << UInt128.random(in: 0...26, using: &random)
          let length =
            UInt128.random(in: 0...4095, using: &random) << UInt128.random(in: 0...20, using: &random)
          return .init(
            family: Int.random(in: 0...4, using: &random) == 0 ? .ipv6 : .ipv4, first: start,
            last: min(start + length, 0xffff_ffff))
        })
      let blocks = set.blocks
      #expect(blocks.reduce(AddressSet.empty) { $0.union($1.addresses) } == set)
      #expect(blocks.reduce(0) { $0 + 1 + $1.excepts.count } <= set.cidrs.count)
    }
  }

  @Test("a block with holes is its cidr without its excepts; the text keeps both")
  func block() throws {
    let block = AddressBlock(
      cidr: try cidr("10.0.0.0/8"), excepts: [try cidr("10.1.0.0/16"), try cidr("10.1.2.0/24")])
    #expect(block.addresses == (try set("10.0.0.0/8").subtracting(set("10.1.0.0/16"))))
    #expect(block.description == "10.0.0.0/8 except 10.1.0.0/16, 10.1.2.0/24")
    let whole = AddressBlock(
      cidr: try cidr("0.0.0.0/0"), excepts: [try cidr("0.0.0.0/1"), try cidr("128.0.0.0/1")])
    #expect(whole.addresses.isEmpty)
  }

  // MARK: - Against a naive model

  /// Addresses close to both edges of both families, so that a model can list them.
  private static let universe: [IPAddress] = AddressFamily.allCases.flatMap { family in
    (0..<40).map { IPAddress(family, bits: $0) }
      + (0..<40).map { IPAddress(family, bits: family.lastBits - $0) }
  }

  private static func random(_ random: inout SplitMix64) -> (AddressSet, Set<IPAddress>) {
    var intervals: [AddressSet.Interval] = []
    var model: Set<IPAddress> = []
    for _ in 0..<Int.random(in: 0...5, using: &random) {
      let family = AddressFamily.allCases[Int.random(in: 0...1, using: &random)]
      let isHigh = Bool.random(using: &random)
      let start = Int.random(in: 0..<40, using: &random)
      let end = Int.random(in: start..<40, using: &random)
      let (low, high) = (UInt128(start), UInt128(end))
      let interval =
        isHigh
        ? AddressSet.Interval(family: family, first: family.lastBits - high, last: family.lastBits - low)
        : AddressSet.Interval(family: family, first: low, last: high)
      intervals.append(interval)
      model.formUnion(
        universe.filter { $0.family == family && interval.first <= $0.bits && $0.bits <= interval.last })
    }
    return (AddressSet(unsorted: intervals), model)
  }

  private func members(_ set: AddressSet) -> Set<IPAddress> { Set(Self.universe.filter(set.contains)) }

  @Test("operations agree with sets of addresses", arguments: 0..<200)
  func model(_ seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    for _ in 0..<10 {
      let (a, modelA) = Self.random(&random)
      let (b, modelB) = Self.random(&random)
      #expect(members(a) == modelA)
      #expect(members(a.union(b)) == modelA.union(modelB))
      #expect(members(a.intersection(b)) == modelA.intersection(modelB))
      #expect(members(a.subtracting(b)) == modelA.subtracting(modelB))
      #expect(members(a.complement) == Set(Self.universe).subtracting(modelA))
      #expect(a.isSubset(of: b) == modelA.isSubset(of: modelB))
      #expect(a.isDisjoint(with: b) == modelA.isDisjoint(with: modelB))
      #expect(a.isEmpty == modelA.isEmpty)
      #expect((a == b) == (modelA == modelB))
      #expect(a.complement.complement == a)
      checkForm(a.union(b))
      checkForm(a.complement)
      checkCIDRs(a)
      checkCIDRs(a.complement)
    }
  }

  /// Sorted, disjoint and not adjacent.
  private func checkForm(_ set: AddressSet) {
    for (interval, next) in zip(set.intervals, set.intervals.dropFirst()) where interval.family == next.family
    {
      #expect(interval.last < next.first && interval.last + 1 < next.first)
    }
    #expect(set.intervals.map(\.family.rawValue) == set.intervals.map(\.family.rawValue).sorted())
  }

  /// They cover exactly the set, are ascending, and no two of them could be one.
  private func checkCIDRs(_ set: AddressSet) {
    let cidrs = set.cidrs
    #expect(
      AddressSet(unsorted: cidrs.map { .init(family: $0.family, first: $0.first.bits, last: $0.last.bits) })
        == set)
    #expect(cidrs.map(\.first) == cidrs.map(\.first).sorted())
    for (left, right) in zip(cidrs, cidrs.dropFirst())
    where left.family == right.family && left.prefixLength == right.prefixLength && left.prefixLength > 0 {
      let parent = CIDR(left.first, prefixLength: left.prefixLength - 1)
      #expect(!parent.contains(right), "\(left) and \(right) are \(parent)")
    }
  }
}
