import Gateway
import Kubernetes
import Nftables
import NftablesSemantics
import SourceGroups
import Testing

@testable import SourceGroupDocuments

@Suite("A gateway that is changed is one that was made so from the start")
struct UpdateAgreementTests {
  @Test("after any changes of members, freshness and documents", arguments: 0..<8 as Range<UInt64>)
  func programs(seed: UInt64) throws {
    var generator = SplitMix64(seed: 5000 + seed)
    for _ in 0..<10 {
      var state = try RandomState(.random(&generator), &generator)
      var gateway = state.gateway
      var elements = KernelElements(gateway)
      for _ in 0..<20 {
        for update in try Self.step(&state, &gateway, &generator) { elements.apply(update, gateway) }
        #expect(elements.problems == [])
        #expect(elements.content == KernelElements(gateway).content)
        var swept = gateway
        _ = swept.sweep()
        #expect(swept.program.text == state.gateway.program.text)
        #expect(swept.marker == state.gateway.marker)
      }
    }
  }

  @Test(
    "and the kernel has it, by the texts and commands of the changes alone",
    .enabled(if: Nft.obstacle == nil, "nft and network namespaces are needed"),
    arguments: 0..<3 as Range<UInt64>)
  func kernel(seed: UInt64) throws {
    var generator = SplitMix64(seed: 6000 + seed)
    var state = try RandomState(.random(&generator), &generator)
    var gateway = state.gateway
    var texts = [gateway.replacement(state.leases)]
    for _ in 0..<25 {
      texts += try Self.step(&state, &gateway, &generator).map(\.nft)
    }
    texts.append(gateway.sweep().nft)
    let listed = Nft.listing(afterLoading: texts.filter { !$0.isEmpty })
    #expect(!listed.isEmpty)
    #expect(
      Self.blocks(listed) == Self.blocks(Nft.listing(afterLoading: [state.gateway.replacement(state.leases)]))
    )
  }

  /// Changes something, and tells the gateway.
  static func step(
    _ state: inout RandomState, _ gateway: inout Gateway, _ generator: inout SplitMix64
  ) throws -> [GatewayUpdate] {
    let old = state
    switch Int.random(in: 0..<9, using: &generator) {
    case 0 where !state.literal.groups.contains { $0.rules.contains { $0.id == "new" } }:
      state = try state.with(state.literal.mutated(&generator), &generator)
      return [gateway.follow(state.policy, state.identities, leases: state.leases)]
    case 1:
      state = try state.withOtherRules(&generator)
      return [
        gateway.edit(state.policy) ?? gateway.follow(state.policy, state.identities, leases: state.leases)
      ]
    case 0, 2:
      state = try RandomState(.random(&generator), &generator)
      return [gateway.follow(state.policy, state.identities, leases: state.leases)]
    default:
      for _ in 0..<Int.random(in: 1...3, using: &generator) { state.change(&generator) }
      return [gateway.update(state.changes(from: old)), gateway.renew(state.leases)]
    }
  }

  /// The parts of a listing, whatever their order, without times that run and counts.
  private static func blocks(_ listing: String) -> Set<String> {
    var blocks: Set<String> = []
    var block: [Substring] = []
    for line in listing.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("\t"), !line.hasPrefix("\t\t"), line != "\t}" {
        blocks.insert(block.joined(separator: "\n"))
        block = []
      }
      if line.hasPrefix("\t") { block.append(line) }
    }
    blocks.insert(block.joined(separator: "\n"))
    return Set(
      blocks.map { block in
        // `timeout 5m expires 4m59s996ms`
        block.split(separator: " ").filter { !$0.contains("ms") && $0 != "expires" }.joined(separator: " ")
      })
  }
}

/// The elements that a kernel has, changed as it changes them.
struct KernelElements {
  private(set) var content: [String: Set<String>] = [:]
  private(set) var problems: [String] = []

  init(_ gateway: Gateway) {
    let program = gateway.program
    for map in program.maps { content[map.name.text] = Set(map.elements.map { "\($0.key) \($0.verdict)" }) }
    for set in program.sets { content[set.name.text] = Set(set.elements.map { "\($0.key) -" }) }
  }

  /// - Parameter gateway: after the update.
  mutating func apply(_ update: GatewayUpdate, _ gateway: Gateway) {
    if update.structure != nil {
      if !update.elements.isEmpty { problems.append("elements beside a structure") }
      self = KernelElements(gateway)
    }
    for command in update.elements {
      switch command {
      case .map(let element, let map): add(element.key, "\(element.verdict)", to: map.text, isExclusive: true)
      case .unmap(let key, let map): remove(key, from: map.text)
      case .add(let element, let set): add(element.key, "-", to: set.text, isExclusive: false)
      case .remove(let key, let set): remove(key, from: set.text)
      }
    }
  }

  private mutating func add(_ key: [Interval], _ value: String, to name: String, isExclusive: Bool) {
    if isExclusive, content[name]?.contains(where: { $0.hasPrefix("\(key) ") }) ?? true {
      problems.append("\(key) is in \(name) already")
    }
    content[name]?.insert("\(key) \(value)")
  }

  private mutating func remove(_ key: [Interval], from name: String) {
    guard let known = content[name]?.first(where: { $0.hasPrefix("\(key) ") }) else {
      problems.append("\(key) is not in \(name)")
      return
    }
    content[name]?.remove(known)
  }
}

extension GatewayUpdate {
  /// For `nft -f`, whichever way it would go.
  fileprivate var nft: String { structure?.text ?? elements.map { $0.text + "\n" }.joined() }
}
