import Foundation
import FoundationXML
import Kubernetes
import Testing

@testable import Review

@Suite("Results in the formats that other programs read")
struct ReportTests {
  private static let place = SourceLocation(file: SourceFile(path: "a b/t.yaml"), line: 3, column: 5)
  private let report = Report(
    command: "merlon test", version: "1.0",
    rules: [.init(id: "expectation", name: "expectation", summary: "Not as expected.")],
    results: [
      .init(rule: "expectation", level: .pass, group: "shop", name: "good", message: "good", at: place),
      .init(
        rule: "expectation", level: .error, group: "shop", name: "bad <&>\"#1",
        message: "web is 50% \"open\"",
        details: ["because", "so: there"], at: place,
        related: [.init(message: "the other one", location: place)]),
      .init(
        rule: "expectation", level: .warning, group: "ops", name: "known", message: "m", at: nil,
        suppression: "agreed"),
    ])

  @Test("SARIF: one run, rules and results, no passes, paths as URIs")
  func sarif() throws {
    let whole = try #require(
      JSONSerialization.jsonObject(with: Data(report.sarif.prettyJSON.utf8)) as? [String: Any])
    #expect(whole["version"] as? String == "2.1.0")
    let run = try #require((whole["runs"] as? [[String: Any]])?.first)
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.map { $0["level"] as? String } == ["error", "warning"])
    let physical =
      ((results[0]["locations"] as? [[String: Any]])?.first?["physicalLocation"]) as? [String: Any]
    #expect((physical?["artifactLocation"] as? [String: Any])?["uri"] as? String == "a%20b/t.yaml")
    #expect((physical?["region"] as? [String: Any])?["startLine"] as? Int == 3)
    #expect((results[1]["suppressions"] as? [[String: Any]])?.count == 1)
    #expect(results[0]["ruleIndex"] as? Int == 0)
  }

  private static func run(_ result: String) -> String {
    #"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "m"}}, "results": [\#(result)]}]}"#
  }

  private func problems(_ report: Report) throws -> [String] {
    SARIFSchema.log.problems(try JSONSerialization.jsonObject(with: Data(report.sarif.prettyJSON.utf8)))
  }

  @Test("SARIF is as the schema of version 2.1.0 wants it")
  func sarifSchema() throws {
    #expect(try problems(report) == [])
    #expect(try problems(Report(command: "merlon lint", version: "1", rules: [], results: [])) == [])
  }

  @Test(
    "so are the findings of every rule of lint",
    arguments: LintSample.selection + LintSample.needs + LintSample.others)
  func sarifOfLint(_ sample: LintSample) throws {
    let outcome = LintOutcome(
      sample.world + sample.triggers, profile: sample.profile, settings: sample.settings)
    let report = outcome.report.report(version: "1")
    #expect(!report.results.isEmpty)
    #expect(try problems(report) == [])
  }

  @Test(
    "what the schema does not want is found",
    arguments: [
      (#"{"version": "2.1.0"}"#, "$ lacks runs"),
      (
        #"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "m"}}}]}"#, "$.runs[0] lacks results"
      ),
      (
        #"{"version": "2.1.0", "runs": [{"tool": {"driver": {}}, "results": []}]}"#,
        "$.runs[0].tool.driver lacks name"
      ),
      (
        Self.run(#"{"level": "pass", "message": {"text": ""}}"#),
        #"$.runs[0].results[0].level is none of ["none", "note", "warning", "error"]"#
      ),
      (
        Self.run(
          #"{"message": {"text": ""}, "locations": [{"physicalLocation": {"artifactLocation": {}, "region": {"startLine": 0}}}]}"#
        ),
        "$.runs[0].results[0].locations[0].physicalLocation.region.startLine is no integer from 1 on"
      ),
      (
        Self.run(#"{"message": {"text": ""}, "relatedLocations": [{}, {}]}"#),
        "$.runs[0].results[0].relatedLocations has an element twice"
      ),
      (#"{"version": "2.1.0", "runs": [], "made": "up"}"#, "$.made is not in the schema"),
    ])
  func sarifProblems(_ text: String, _ problem: String) throws {
    #expect(SARIFSchema.log.problems(try JSONSerialization.jsonObject(with: Data(text.utf8))) == [problem])
  }

  @Test("SARIF without findings has empty results, which is not the same as none")
  func emptySarif() throws {
    let empty = Report(command: "merlon test", version: "1", rules: [], results: [])
    let whole = try #require(
      JSONSerialization.jsonObject(with: Data(empty.sarif.json.utf8)) as? [String: Any])
    let run = try #require((whole["runs"] as? [[String: Any]])?.first)
    #expect((run["results"] as? [Any])?.isEmpty == true)
  }

  @Test("JUnit is XML with the counts that CI systems add up")
  func junit() throws {
    let document = try XMLDocument(xmlString: report.junit)
    let root = try #require(document.rootElement())
    #expect(root.attribute(forName: "tests")?.stringValue == "3")
    #expect(root.attribute(forName: "failures")?.stringValue == "1")
    #expect(root.attribute(forName: "skipped")?.stringValue == "1")
    #expect(
      root.elements(forName: "testsuite").map { $0.attribute(forName: "name")?.stringValue } == [
        "shop", "ops",
      ])
    let cases = root.elements(forName: "testsuite")[0].elements(forName: "testcase")
    #expect(cases[1].attribute(forName: "name")?.stringValue == "bad <&>\"#1")
    #expect(cases[1].elements(forName: "failure")[0].stringValue?.contains("so: there") == true)
  }

  @Test("TAP: a plan, one line per result, details as YAML")
  func tap() {
    #expect(
      report.tap == """
        TAP version 13
        1..3
        ok 1 - shop: good
        not ok 2 - shop: bad <&>"\\#1
          ---
          message: "web is 50% \\"open\\""
          severity: error
          at: "a b/t.yaml:3:5"
          details:
            - because
            - "so: there"
          ...
        ok 3 - ops: known # SKIP agreed
          ---
          message: m
          severity: warning
          ...

        """)
  }

  @Test("GitHub: an annotation per finding; per cent signs, colons and line feeds are escaped")
  func github() {
    #expect(
      report.workflowCommands
        == "::error file=a b/t.yaml,line=3,col=5,title=merlon test expectation::web is 50%25 \"open\"%0Abecause%0Aso: there\n"
    )
  }
}
