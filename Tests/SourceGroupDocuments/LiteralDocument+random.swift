extension LiteralDocument {
  /// Those who send in random tests.
  static let senders: [Sender] = [
    Sender(address: .ipv4(10, 1, 2, 3), app: "web"), Sender(address: .ipv4(10, 1, 2, 4), app: "db"),
    Sender(address: .ipv4(10, 1, 9, 9), app: nil), Sender(address: .ipv4(10, 7, 0, 1), app: "web"),
    Sender(address: .ipv4(192, 168, 0, 5), app: nil), Sender(address: .ipv4(192, 168, 0, 6), app: "cache"),
    Sender(address: .ipv4(203, 0, 113, 5), app: nil), Sender(address: .ipv6(0xFD00_0001, 7), app: "web"),
    Sender(address: .ipv6(0xFD00_0002, 7), app: nil), Sender(address: .ipv6(0x2001_0DB8, 7), app: "db"),
  ]

  static let names = ["api.example.com", "a.b.example.com", "example.com", "c.example.com", "other.org"]
  static let zones: [String?] = [nil, "inside", "outside"]

  /// Blocks that contain one another.
  private static let blocks: [Block] = [
    Block(first: .ipv4(10, 0, 0, 0), length: 8), Block(first: .ipv4(10, 1, 0, 0), length: 16),
    Block(first: .ipv4(10, 1, 2, 0), length: 24), Block(first: .ipv4(10, 1, 2, 3), length: 32),
    Block(first: .ipv4(192, 168, 0, 0), length: 16), Block(first: .ipv4(0, 0, 0, 0), length: 0),
    Block(first: .ipv6(0xFD00_0000, 0), length: 8), Block(first: .ipv6(0xFD00_0001, 0), length: 32),
    Block(first: .ipv6(0, 0), length: 0),
  ]

  private static let patterns = ["api.example.com", "*.example.com", "*.b.example.com", "example.com"]

  private static let traffic: [Traffic] = [
    Traffic(name: "any"), Traffic(name: "TCP"), Traffic(name: "TCP", first: 443, last: 443),
    Traffic(name: "TCP", first: 80, last: 443), Traffic(name: "UDP", first: 53, last: 53),
    Traffic(name: "SCTP"), Traffic(name: "ICMP"), Traffic(name: "ICMP", first: 8), Traffic(name: "ICMPv6"),
    Traffic(name: "ICMPv6", first: 128), Traffic(name: "47"),
  ]

  static func random(_ generator: inout SplitMix64) -> LiteralDocument {
    var priorities = Array(1...6).shuffled(using: &generator)
    let groups = (0..<Int.random(in: 1...4, using: &generator)).map { index -> Group in
      let isAudited = oneIn(6, &generator)
      return Group(
        id: "g\(index)", priority: priorities.removeLast(), isAudited: isAudited,
        sources: (0..<Int.random(in: 1...2, using: &generator)).map { _ in
          (
            source(&generator),
            oneIn(6, &generator) ? pick(zones.compactMap { $0 }, &generator) : nil
          )
        },
        rules: (0..<Int.random(in: 0...4, using: &generator)).map { rule("r\($0)", &generator) },
        defaultAction: oneIn(3, &generator) ? action(&generator) : nil)
    }
    return LiteralDocument(defaultPolicy: action(&generator), groups: groups)
  }

  /// The same document with one rule or default changed, or with nothing changed but how it is written.
  func mutated(_ generator: inout SplitMix64) -> LiteralDocument {
    var groups = groups
    let index = Int.random(in: groups.indices, using: &generator)
    let group = groups[index]
    var rules = group.rules
    switch Int.random(in: 0...4, using: &generator) {
    case 0: rules.append(Self.rule("new", &generator))
    case 1 where !rules.isEmpty: rules.remove(at: Int.random(in: rules.indices, using: &generator))
    case 2 where rules.count > 1: rules.swapAt(0, rules.count - 1)
    case 3 where !rules.isEmpty:
      let place = Int.random(in: rules.indices, using: &generator)
      rules[place] = Self.rule(rules[place].id, &generator)
    default:
      groups.shuffle(using: &generator)
      return LiteralDocument(defaultPolicy: defaultPolicy, groups: groups)
    }
    groups[index] = Group(
      id: group.id, priority: group.priority, isAudited: group.isAudited, sources: group.sources,
      rules: rules,
      defaultAction: group.defaultAction)
    return LiteralDocument(defaultPolicy: defaultPolicy, groups: groups)
  }

  private static func source(_ generator: inout SplitMix64) -> Source {
    switch Int.random(in: 0...3, using: &generator) {
    case 0: .pods(apps: nil)
    case 1: .pods(apps: [pick(["web", "db", "cache"], &generator)])
    default: .blocks((0..<Int.random(in: 1...2, using: &generator)).map { _ in pick(blocks, &generator) })
    }
  }

  private static func rule(_ id: String, _ generator: inout SplitMix64) -> Rule {
    var traffic = (0..<Int.random(in: 1...2, using: &generator)).map { _ in pick(Self.traffic, &generator) }
    let ports =
      oneIn(8, &generator) ? 1000...Int.random(in: 1000...2000, using: &generator) : nil
    if ports != nil { traffic = [Traffic(name: "TCP")] }
    let isAnywhere = oneIn(4, &generator)
    let names = isAnywhere || oneIn(2, &generator) ? [] : [pick(patterns, &generator)]
    let blocks = (0..<Int.random(in: names.isEmpty ? 1...2 : 0...1, using: &generator)).map { _ in
      pick(Self.blocks, &generator)
    }
    return Rule(
      id: id, action: action(&generator), isAudited: false, blocks: isAnywhere ? nil : blocks, names: names,
      traffic: traffic, sourcePorts: ports)
  }

  private static func action(_ generator: inout SplitMix64) -> String {
    oneIn(2, &generator) ? "allow" : "deny"
  }

  private static func oneIn(_ count: Int, _ generator: inout SplitMix64) -> Bool {
    Int.random(in: 0..<count, using: &generator) == 0
  }

  private static func pick<Element>(_ elements: [Element], _ generator: inout SplitMix64) -> Element {
    elements[Int.random(in: elements.indices, using: &generator)]
  }
}

extension LiteralDocument.Address {
  static func ipv4(_ a: UInt128, _ b: UInt128, _ c: UInt128, _ d: UInt128) -> LiteralDocument.Address {
    LiteralDocument.Address(isIPv6: false, bits: a << 24 | b << 16 | c << 8 | d)
  }

  /// The first 32 bits, and the last.
  static func ipv6(_ first: UInt128, _ last: UInt128) -> LiteralDocument.Address {
    LiteralDocument.Address(isIPv6: true, bits: first << 96 | last)
  }
}
