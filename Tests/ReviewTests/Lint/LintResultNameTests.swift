import Kubernetes
import Testing

@testable import Review

@Suite("Names of findings in reports")
struct LintResultNameTests {
  private static let world = [
    namespace("shop"), deployment("shop/web", "app: web"), deployment("shop/db", "app: db"),
    policy(
      "shop/a",
      "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: db}}}]}]"
    ),
  ]

  private func names(_ documents: [String]) -> [String] {
    LintOutcome(documents).report.report(version: "1").results.map { "\($0.group) \($0.name)" }
  }

  @Test("they stay when text is added above")
  func stable() {
    let names = names(Self.world)
    #expect(names.contains { $0.hasPrefix("dns-cut world.yaml shop/web cannot reach") })
    #expect(names == self.names(["# a comment\n# and another"] + Self.world))
  }

  @Test("no two are the same")
  func unique() {
    let twice = policy("shop/b", "podSelector: {}, ingress: [{from: []}, {from: []}]")
    let names = names(Self.world + [twice, twice])
    #expect(Set(names).count == names.count)
  }
}
