internal import Kubernetes
internal import PolicyModel

/// The kinds of addresses that pods and nodes may have, one address of each that policies tell apart.
struct SymbolicAddresses {
  let pods: [IPAddress]
  let nodes: [IPAddress]
  let assumptions: [String]

  init(_ policies: [Policy], _ conditions: SymbolicWorld.Conditions) {
    var blocks: [AddressBlock] = []
    var families: Set<AddressFamily> = []
    for rule in policies.flatMap(\.rules) {
      rule.forEachCondition {
        switch $0 {
        case .addresses(let block): blocks.append(block)
        case .family(let family): families.insert(family)
        case .endpoints, .nodes, .domain, .outside, .apiServer, .special, .all, .any, .not: break
        }
      }
    }
    families.formUnion(blocks.map(\.cidr.family))
    if conditions.assumesIPv4 { families = [] }
    families.formUnion((conditions.podBlocks + conditions.nodeBlocks).map(\.family))
    let isIPv6Only = !conditions.podBlocks.isEmpty && conditions.podBlocks.allSatisfy { $0.family == .ipv6 }
    if !isIPv6Only { families.insert(.ipv4) }
    // A block that is not all of its family is written for addresses outside, unless somebody says where pods are.
    let meantOutside = blocks.filter { $0.cidr.prefixLength > 0 || !$0.excepts.isEmpty }
    var assumptions: Set<String> = []
    if conditions.assumesIPv4, conditions.podBlocks.isEmpty, !blocks.isEmpty {
      assumptions.insert("pods and nodes have IPv4 addresses only")
    }
    func range(_ known: [CIDR], _ holders: String) -> AddressSet {
      if !known.isEmpty { return AddressSet(known) }
      let likely = families.reduce(AddressSet.empty) { $0.union(Self.likely($1)) }
      let free = meantOutside.reduce(likely) { $0.subtracting($1.addresses) }
      // Where such blocks leave no place for pods, they are about pods, too.
      if families.contains(where: { family in !free.intervals.contains { $0.family == family } }) {
        return likely
      }
      for block in meantOutside where !block.addresses.isDisjoint(with: likely) {
        assumptions.insert("no \(holders) has an address in \(block)")
      }
      return free
    }
    let podRange = range(conditions.podBlocks, "pod")
    let nodeRange = range(conditions.nodeBlocks, "node")
    let atoms = AddressAtoms(Set(blocks.map(\.addresses)).union([podRange, nodeRange]))
    func examples(_ range: AddressSet) -> [IPAddress] {
      atoms.sets.compactMap { atom in
        atom.intersection(range).intervals.first.map { IPAddress($0.family, bits: Self.example(of: $0)) }
      }
    }
    pods = examples(podRange)
    nodes = examples(nodeRange)
    self.assumptions = assumptions.sorted()
  }

  /// Where clusters have their pods and nodes, mostly.
  private static func likely(_ family: AddressFamily) -> AddressSet {
    switch family {
    case .ipv4: World.privateIPv4
    // RFC 4193.
    case .ipv6: AddressSet(CIDR(IPAddress(.ipv6, bits: 0xFD << 120), prefixLength: 8))
    }
  }

  /// An address that looks like one, not the first of its block, where there are others.
  private static func example(of interval: AddressSet.Interval) -> UInt128 {
    min(interval.first + 10, interval.last)
  }
}
