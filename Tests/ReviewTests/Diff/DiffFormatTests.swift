import Foundation
import Kubernetes
import PolicyModel
import Testing

@testable import Review

@Suite("Forms of the diff")
struct DiffFormatTests {
  private let diff = DiffFixture(
    [
      namespace("shop"), deployment("shop/web", "app: web"), deployment("shop/db", "app: db"),
      policy("shop/db", "podSelector: {matchLabels: {app: db}}"),
    ],
    [
      namespace("shop"), deployment("shop/web", "app: web"), deployment("shop/db", "app: db"),
      policy("shop/db", "podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 80}]}]"),
    ])

  @Test("text: rows under the policies that are responsible, then the summary")
  func text() {
    #expect(
      diff.report.text(.plain) == """
        NetworkPolicy shop/db changed (old.yaml:17, now new.yaml:17)
          ingress now allowed by NetworkPolicy shop/db ingress[0] (new.yaml:18); before denied: no rule matches in NetworkPolicy shop/db (old.yaml:17)
          + shop/db -> shop/db  TCP 80
          + shop/web -> shop/db  TCP 80
          + any address -> shop/db  TCP 80

        3 connections opened

        """)
    #expect(diff.report.text(.plain, isQuiet: true) == "3 connections opened\n")
  }

  @Test("markdown: a table per reason, cut with the number of what is left out")
  func markdown() {
    let text = diff.report.markdown(rowsPerGroup: 1)
    #expect(text.hasPrefix("### Changes in who can talk to whom\n\n3 connections opened.\n"))
    #expect(text.contains("| ➕ | shop/db | shop/db | TCP 80 | ingress now allowed by"))
    #expect(text.contains("\nand 2 more.\n"))
    #expect(text.contains("-> ") == false, "arrows are escaped or not used")
  }

  @Test("json: every row with both outcomes, the ports as data, and the policies")
  func json() throws {
    let data = try #require(
      JSONSerialization.jsonObject(with: Data(diff.report.data().prettyJSON.utf8)) as? [String: Any])
    #expect(data["kind"] as? String == "Diff")
    #expect(data["opened"] as? Int == 3)
    let rows = try #require(data["rows"] as? [[String: Any]])
    #expect(rows.map { $0["source"] as? String } == ["shop/db", "shop/web", "any address"])
    let change = try #require((rows[0]["changes"] as? [[String: Any]])?.first)
    #expect(change["before"] as? String == "denied")
    #expect(change["after"] as? String == "allowed")
    #expect((change["ports"] as? [[String: Any]])?.first?["port"] as? Int == 80)
    let policies = try #require(data["policies"] as? [[String: Any]])
    #expect(policies.map { $0["change"] as? String } == ["changed"])
  }

  @Test("csv: one line per row and outcome")
  func csv() {
    #expect(
      diff.report.csv == """
        change,source,destination,ports,before,after,because,policies
        opened,shop/db,shop/db,TCP 80,denied,allowed,policies,NetworkPolicy shop/db
        opened,shop/web,shop/db,TCP 80,denied,allowed,policies,NetworkPolicy shop/db
        opened,any address,shop/db,TCP 80,denied,allowed,policies,NetworkPolicy shop/db

        """)
  }

  @Test("svg: only what changed, opened edges apart from closed ones")
  func svg() {
    let svg = diff.report.diagram.svg()
    #expect(svg.contains("+ TCP 80"))
    #expect(svg.contains(" opened\">"))
    #expect(!svg.contains(" closed\">"))
  }

  @Test("github: an annotation at the policy, with escaped line feeds")
  func github() {
    let text = diff.report.workflowCommands()
    #expect(text.hasPrefix("::notice file=new.yaml,line=17,col="))
    #expect(text.contains("opens 3 connections%0A+ shop/db -> shop/db TCP 80"))
    #expect(text.split(separator: "\n").count == 1)
  }

  @Test("no change: every form says so, and is no error")
  func empty() {
    let same = DiffFixture([namespace("shop")], [namespace("shop")]).report
    #expect(same.markdown().contains("No change in who can talk to whom"))
    #expect(same.csv == "change,source,destination,ports,before,after,because,policies\n")
    #expect(same.workflowCommands() == "")
    #expect(same.diagram.edges.isEmpty)
  }
}

@Suite("Rules for changes")
struct ChangeRulesTests {
  private func rules(_ text: String) -> ChangeRules {
    ChangeRules(SettingsText(ManifestText(path: "rules.yaml", text)))
  }

  private let report = DiffFixture(
    [namespace("shop"), deployment("shop/web", "app: web"), policy("shop/web", "podSelector: {}")],
    [namespace("shop"), deployment("shop/web", "app: web")]
  ).report

  @Test(
    "a rule forbids rows by what happened, by their ends and by their ports",
    arguments: [
      ("{name: r}", 2), ("{name: r, change: added}", 2), ("{name: r, change: removed}", 0),
      ("{name: r, to: shop/web}", 2), ("{name: r, to: shop/db}", 0), ("{name: r, from: internet}", 1),
      ("{name: r, from: 'shop/*', ports: [tcp/80]}", 1), ("{name: r, from: 20.0.0.0/8}", 1),
    ])
  func forbids(_ rule: String, _ count: Int) {
    let file = rules("rules: [\(rule)]")
    #expect(file.problems.isEmpty)
    #expect(report.broken(file.rules).count == count)
  }

  @Test("every problem of a file is reported with its place, and its rule left out")
  func problems() {
    let file = rules(
      """
      rules:
        - {name: a, change: opened}
        - {change: added}
        - {name: b, form: shop/web}
        - {name: c, to: '/'}
        - {name: d, ports: [tcp/0]}
        - {name: e}
      """)
    #expect(file.rules.map(\.name) == ["e"])
    #expect(file.problems.map { $0.location?.line } == [2, 3, 4, 5, 6])
    #expect(file.problems.allSatisfy { $0.severity == .error })
    #expect(rules("").rules.isEmpty)
    for silent in [
      "rules:", "rules: []", "rules: [{name: a, to: 10.0.0.1/8}]", "rules: [{name: a, from: any pod}]",
      "rules: [{name: a, from: node/n1}]", "rules: [{name: a, to: 'shop/*[app=web]'}]",
      "rules: [{name: a, ports: [icmp/8]}]",
    ] {
      #expect(!rules(silent).problems.isEmpty, "\(silent)")
    }
    #expect(report.unknownEnds(rules("rules: [{name: a, to: shop/nope}]").rules).count == 1)
    #expect(report.unknownEnds(rules("rules: [{name: a, to: shop/web, from: 'shop/x*'}]").rules).isEmpty)
    #expect(!rules("rule: []").problems.isEmpty)
  }
}
