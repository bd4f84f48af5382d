internal import Kubernetes
internal import Nftables
internal import NftablesSemantics
internal import Testing

@Suite("Texts of statements")
struct StatementTextTests {
  @Test("each statement has its text", arguments: StatementSamples.all)
  func text(_ sample: StatementSamples.Sample) {
    #expect(Rule(sample.statements).text == sample.text)
  }

  @Test(
    "nft accepts all of them",
    .enabled(if: Nft.obstacle == nil, "nft and network namespaces are needed"))
  func accepted() {
    #expect(Nft.refusal(of: StatementSamples.program.text) == nil)
  }
}
