import Kubernetes
import PolicyModel
import Testing

@testable import Review

@Suite("Rules of lint")
struct LintRuleTests {
  private static let samples = LintSample.selection + LintSample.needs + LintSample.others

  @Test("a rule finds what it says", arguments: samples)
  func triggers(sample: LintSample) {
    let outcome = LintOutcome(
      sample.world + sample.triggers, profile: sample.profile, settings: sample.settings,
      only: [sample.rule, sample.rule == "MRL030" || sample.rule == "MRL031" ? "MRL005" : sample.rule])
    let found = outcome.report.entries.filter { $0.rule.code == sample.rule }
    #expect(
      found.map { "\($0.diagnostic.severity.rawValue) \($0.diagnostic.message)" } == [sample.finding])
    #expect(found.allSatisfy { $0.diagnostic.location != nil })
  }

  @Test("and nothing just beside it", arguments: samples.filter { !$0.doesNot.isEmpty })
  func beside(sample: LintSample) {
    let outcome = LintOutcome(
      sample.world + sample.doesNot, profile: sample.profile, settings: sample.settings)
    #expect(outcome.report.entries.filter { $0.rule.code == sample.rule }.isEmpty)
  }

  @Test("every rule has a sample, a code of its own and a text")
  func registry() {
    #expect(Set(Self.samples.map(\.rule)) == Set(LintRule.all.map(\.code)))
    #expect(Set(LintRule.all.map(\.code)).count == LintRule.all.count)
    #expect(Set(LintRule.all.map(\.name)).count == LintRule.all.count)
    for rule in LintRule.all {
      #expect(rule.code.hasPrefix("MRL") && rule.code.count == 6)
      #expect(!rule.summary.isEmpty && !rule.summary.hasSuffix("."))
      #expect(rule.explanation.remedy.hasSuffix("."), "\(rule.code)")
    }
    #expect(LintRule.named("mrl012")?.name == "backend-cut")
    #expect(LintRule.named("dns-cut")?.code == "MRL007")
  }

  @Test("the example shop has its two mistakes, and what follows from them")
  func shop() async throws {
    let paths = [RepositoryFolder.path("Examples/shop")]
    let input = await ClusterInput.load(paths: paths, options: DeclaredInput.options).assumingDNS()
    let day = try #require(CalendarDay("2026-12-01"))
    let report = LintReport(input, input.cluster(.kubernetes), today: day)
    let found = report.entries.filter { $0.diagnostic.severity > .note }.map { entry in
      "\(entry.rule.code) \(entry.diagnostic.location?.file.path.split(separator: "/").suffix(2).joined(separator: "/") ?? "")"
    }
    #expect(
      found == [
        "MRL027 payments/namespace.yaml", "MRL003 payments/policies.yaml", "MRL003 shop/policies.yaml",
        "MRL014 shop/workloads.yaml",
      ])
  }

  @Test(
    "a managed API server may come through pods of kube-system",
    arguments: [
      ("namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}", true),
      ("namespaceSelector: {}, podSelector: {matchLabels: {k8s-app: konnectivity-agent}}", true),
      ("namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}", false),
    ])
  func tunnel(peer: String, isOpen: Bool) {
    let documents = [
      namespace("shop"), deployment("shop/web", "app: web"),
      service("shop/web", "selector: {app: web}, ports: [{port: 443}]"),
      object(
        "apiregistration.k8s.io/v1", "APIService", "v1.shop", "spec: {service: {namespace: shop, name: web}}"),
      policy("shop/a", "podSelector: {}, ingress: [{from: [{\(peer)}]}]"),
    ]
    #expect(LintOutcome(documents, only: ["MRL010"]).findings.isEmpty == isOpen)
  }

  @Test("of an input that is not whole, what may be missing is a note")
  func incomplete() {
    let kustomization = """
      apiVersion: kustomize.config.k8s.io/v1beta1
      kind: Kustomization
      commonLabels: {app: web}
      """
    let documents = [
      namespace("shop"), deployment("shop/web", "app: web"),
      policy("shop/a", "podSelector: {matchLabels: {app: frontend}}"),
    ]
    #expect(LintOutcome(documents, only: ["MRL001"]).findings.allSatisfy { $0.hasPrefix("warning") })
    let findings = LintOutcome(documents + [kustomization], only: ["MRL001"]).findings
    #expect(findings.count == 1 && findings.allSatisfy { $0.hasPrefix("note") })
  }

  @Test("Documentation/Lint.md is what the rules say")
  func documentation() {
    let path = RepositoryFolder.path("Documentation/Lint.md")
    let text = String(decoding: ManifestReader.readText(path: path).text, as: UTF8.self)
    for rule in LintRule.all { #expect(text.contains(rule.documentation), "\(rule.code) is out of date") }
  }
}
