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
        for update in try Self.step(&state, &gateway, &generator) { elements.apply(update) }
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
    var texts = [gateway.replacement(state.leases).text]
    for _ in 0..<25 {
      texts += try Self.step(&state, &gateway, &generator).flatMap(\.texts)
    }
    texts += gateway.sweep().texts
    let listed = Nft.listing(afterLoading: texts.filter { !$0.isEmpty })
    #expect(!listed.isEmpty)
    #expect(
      Self.blocks(listed)
        == Self.blocks(Nft.listing(afterLoading: [state.gateway.replacement(state.leases).text]))
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
  static func blocks(_ listing: String) -> Set<String> {
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

extension GatewayUpdate {
  /// For `nft -f`, one after the other, whichever way it would go.
  fileprivate var texts: [String] {
    [
      preparation.map { $0.text + "\n" }.joined(), structure?.text ?? "",
      elements.map { $0.text + "\n" }.joined(),
    ]
  }
}
