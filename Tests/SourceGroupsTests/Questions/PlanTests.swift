import Kubernetes
import PolicyEngine
import SourceGroups
import Testing

@Suite("A plan")
struct PlanTests {
  private func plan(_ old: String, _ new: String) throws -> SourceGroupPlan {
    try SourceGroupPlan(from: Documents.policy(old), to: Documents.policy(new))
  }

  private func group(_ rules: String..., sources: String = "[{cidrs: [10.1.0.0/16]}]", rest: String = "")
    -> String
  {
    Documents.text(Documents.group(sources: sources, rules: "[\(rules.joined(separator: ", "))]", rest))
  }

  private func pods(_ labels: String, in integration: String = "prod") -> String {
    "[{kubernetes: {integration: \(integration), pods: {namespaceSelector: {all: true}, podSelector: \(labels)}}}]"
  }

  @Test("of a document that only moved words changes nothing")
  func identical() throws {
    let plan = try plan(
      Documents.text(Documents.group(), Documents.group(id: "b", priority: 2)),
      Documents.text(Documents.group(id: "b", priority: 2, "mode: enforce"), Documents.group()))
    #expect(plan.effect == .identical)
  }

  @Test("of a document that says the same in other words names no difference")
  func equivalent() throws {
    let plan = try plan(
      group(Documents.rule(to: "{cidrs: [10.0.0.0/8]}")),
      group(
        Documents.rule(id: "a", to: "{cidrs: [10.0.0.0/9]}"),
        Documents.rule(id: "b", to: "{cidrs: [10.128.0.0/9]}")))
    #expect(plan.effect == .equivalent)
    #expect(plan.differences.isEmpty)
  }

  @Test("names who, where to, the old and the new verdict, and the rules that give them")
  func difference() throws {
    let plan = try plan(
      group(Documents.rule(to: "{cidrs: [10.9.0.0/16]}"), sources: pods("{matchLabels: {app: web}}")),
      group(
        Documents.rule(to: "{cidrs: [10.9.0.0/16]}", traffic: "[{protocol: TCP, port: 443, endPort: 444}]"),
        sources: pods("{matchLabels: {app: web}}")))
    #expect(plan.effect == .different)
    let difference = try #require(plan.differences.first)
    #expect(difference.source == "a pod of prod with app=web")
    #expect(difference.destination.hasPrefix("10.9."))
    #expect(difference.traffic == "tcp/444")
    #expect((difference.old.outcome, difference.new.outcome) == (.denied, .allowed))
    #expect(difference.opens)
    #expect(difference.old.rule == "SourceGroupPolicy egress defaultPolicy")
    #expect(difference.new.rule == "SourceGroup web rule r")
    #expect("\(difference.new.location)" == "policy.yaml:7:164")
  }

  @Test("tells senders of different clusters, labels, zones and addresses apart")
  func senders() throws {
    let rule = Documents.rule()
    let old = group(rule, sources: pods("{matchLabels: {app: web}}"))
    for other in [
      pods("{matchLabels: {app: db}}"), pods("{matchLabels: {app: web}}", in: "dev"), pods("{all: true}"),
      pods("{matchLabels: {app: web}, matchExpressions: [{key: canary, operator: DoesNotExist}]}"),
      pods("{matchLabels: {app: web}}").replacing("}}}]", with: "}}, zone: inside}]"),
      "[{kubernetes: {integration: prod, nodes: {nodeSelector: {matchLabels: {app: web}}}}}]",
      "[{kubernetes: {integration: prod, serviceEndpoints: {namespace: shop, name: web}}}]",
      "[{cidrs: [10.1.0.0/16]}]",
    ] {
      let plan = try plan(old, group(rule, sources: other))
      #expect(plan.effect == .different, "\(other)")
    }
  }

  @Test("knows that sources which together are everybody leave nobody out")
  func exhaustiveSources() throws {
    let everybody = "[{cidrs: [0.0.0.0/1, 128.0.0.0/1, '::/0']}]"
    let plan = try plan(
      group(sources: everybody, rest: "defaultAction: allow"),
      Documents.text(defaultPolicy: "allow"))
    #expect(plan.effect == .equivalent)
  }

  @Test("tells apart which addresses of a name are meant")
  func namesAtAddresses() throws {
    func text(_ block: String) -> String {
      group(
        Documents.rule(id: "deny", action: "deny", to: "{cidrs: [\(block)]}"),
        Documents.rule(id: "name", to: "{domainNames: [api.example.com]}"))
    }
    let plan = try plan(text("10.8.0.0/16"), text("10.9.0.0/16"))
    #expect(plan.effect == .different)
    #expect(
      Set(plan.differences.map(\.destination)) == [
        "api.example.com at 10.8.0.0/16", "api.example.com at 10.9.0.0/16",
      ])
    #expect(plan.assumptions.contains("an address is the answer for one name at a time"))
  }

  @Test("goes through documents of many groups with names and blocks")
  func size() throws {
    func text(_ port: Int) -> String {
      let groups = (0..<20).map { index in
        let rules = (0..<3).map { Documents.rule(id: "r\($0)", to: "{cidrs: [10.\(index).\($0).0/24]}") }
        let name = Documents.rule(
          id: "name", to: "{domainNames: [a\(index).example.com]}",
          traffic: "[{protocol: TCP, port: \(index == 7 ? port : 443)}]")
        return "    - "
          + Documents.group(
            id: "g\(index)", priority: index, sources: pods("{matchLabels: {app: a\(index)}}"),
            rules: "[\((rules + [name]).joined(separator: ", "))]")
      }
      return Documents.text() + groups.joined(separator: "\n")
    }
    let plan = try plan(text(443), text(8443))
    #expect(plan.effect == .different)
    #expect(
      plan.differences.allSatisfy {
        $0.source.contains("app=a7") && $0.destination.contains("a7.example.com")
      })
    #expect(!plan.assumptions.contains { $0.contains("more than") })
  }

  @Test("tells source ports apart")
  func sourcePorts() throws {
    let plan = try plan(
      group(Documents.rule("sourcePorts: [{port: 1000, endPort: 1500}]")),
      group(Documents.rule("sourcePorts: [{port: 1000, endPort: 1600}]")))
    #expect(plan.effect == .different)
    #expect(plan.differences.contains { $0.opens && $0.source.hasSuffix("from port 1501-1600") })
    let other = try self.plan(
      group(Documents.rule("sourcePorts: [{port: 1000, endPort: 1500}]")),
      group(Documents.rule("sourcePorts: [{port: 1000, endPort: 1200}, {port: 1201, endPort: 1500}]")))
    #expect(other.effect == .equivalent)
  }

  @Test("has findings about the new document")
  func findings() throws {
    let plan = try plan(group(Documents.rule()), group(Documents.rule(traffic: "[{protocol: any}]")))
    #expect(plan.findings.map(\.code.rawValue) == ["over-broad-rule"])
  }
}
