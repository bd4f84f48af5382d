import Kubernetes
import PolicyModel
import Testing

@testable import Review

@Suite("What a change opens and closes")
struct DiffReportTests {
  private static let world = [
    namespace("shop"), deployment("shop/web", "app: web"), deployment("shop/db", "app: db"),
  ]
  private static let closed = policy("shop/db", "podSelector: {matchLabels: {app: db}}")

  private static func open(_ port: Int) -> String {
    policy(
      "shop/db",
      "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: \(port)}]}]"
    )
  }

  @Test("a rule that is added opens what it allows; both sides are named with file and line")
  func opened() {
    let diff = DiffFixture(Self.world + [Self.closed], Self.world + [Self.open(5432)])
    #expect(diff.lines == ["+ shop/web -> shop/db TCP 5432"])
    #expect(diff.responsible == ["NetworkPolicy shop/db changed (old.yaml:17, now new.yaml:17)"])
    #expect(diff.report.causes.map(\.direction) == [.ingress])
    #expect(
      diff.report.causes.map(\.text) == [
        "ingress now allowed by NetworkPolicy shop/db ingress[0] (new.yaml:18); before denied: no rule matches in NetworkPolicy shop/db (old.yaml:17)"
      ])
    #expect(diff.effects == [.policies])
  }

  @Test("ports that change are opened and closed in one row")
  func ports() {
    let diff = DiffFixture(Self.world + [Self.open(5432)], Self.world + [Self.open(5433)])
    #expect(diff.lines == ["+ shop/web -> shop/db TCP 5433", "- shop/web -> shop/db TCP 5432"])
    #expect(diff.report.rows.count == 1)
  }

  @Test("a policy that is added closes, and its removal opens: rows from everywhere to what it selects")
  func isolation() {
    let added = DiffFixture(Self.world, Self.world + [Self.closed])
    #expect(
      added.lines == [
        "- shop/db -> shop/db all", "- shop/web -> shop/db all", "- any address -> shop/db all",
      ])
    #expect(added.responsible == ["NetworkPolicy shop/db added (new.yaml:17)"])
    let removed = DiffFixture(Self.world + [Self.closed], Self.world)
    #expect(removed.lines == added.lines.map { "+" + $0.dropFirst() })
    #expect(removed.responsible == ["NetworkPolicy shop/db removed (was old.yaml:17)"])
  }

  @Test("of several policies that changed, those that decide are held responsible")
  func responsibility() {
    let other = policy("shop/extra", "podSelector: {matchLabels: {app: db}}")
    let diff = DiffFixture(Self.world + [Self.closed, other], Self.world + [Self.open(80)])
    #expect(diff.lines == ["+ shop/web -> shop/db TCP 80"])
    #expect(diff.report.policyChanges.map(\.text).count == 2)
    #expect(diff.responsible == ["NetworkPolicy shop/db changed (old.yaml:17, now new.yaml:17)"])
  }

  @Test("text that means the same is no change: order, layout, a rule that another one covers")
  func sameMeaning() {
    let redundant = policy(
      "shop/db",
      "podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 80}, {port: 80, endPort: 90}]}]")
    let plain = policy(
      "shop/db",
      "ingress: [{ports: [{protocol: TCP, port: 80, endPort: 90}]}], podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]"
    )
    let diff = DiffFixture(Self.world + [redundant], [plain] + Self.world.reversed())
    #expect(diff.report.isEmpty)
    #expect(
      diff.report.text(.plain)
        == "Nothing changed in effect: the same may flow between all ends, although 1 policy changed\n")
    let moved = DiffFixture(Self.world + [redundant], [redundant] + Self.world)
    #expect(moved.report.text(.plain) == "Nothing changed in effect: the same may flow between all ends\n")
  }

  @Test("a workload whose labels change is told apart from policies that change")
  func objects() {
    let relabelled = [Self.world[0], Self.world[1], deployment("shop/db", "app: database")]
    let diff = DiffFixture(Self.world + [Self.closed], relabelled + [Self.closed])
    #expect(diff.effects == [.objects])
    #expect(diff.responsible.isEmpty)
    #expect(diff.report.groups.map(\.workloads) == [["shop/db"]])
    let both = DiffFixture(Self.world + [Self.closed], relabelled + [Self.open(80)])
    #expect(both.effects == [.objects])
    let policies = DiffFixture(Self.world, relabelled + [policy("shop/p", "podSelector: {}")])
    #expect(policies.effects == [.policies])
  }

  @Test("workloads that are new or gone are told apart from what policies do")
  func appearance() {
    let diff = DiffFixture(
      Self.world + [Self.closed],
      [Self.world[0], Self.world[2], deployment("shop/api", "app: api"), Self.closed])
    #expect(diff.report.appeared == ["shop/api"])
    #expect(diff.report.vanished == ["shop/web"])
    #expect(diff.effects == [.appeared, .vanished])
    #expect(diff.lines.contains("+ shop/api -> any address all"))
    #expect(diff.lines.contains("- shop/web -> any address all"))
    #expect(!diff.lines.contains { $0.contains("shop/db -> shop/db") })
    #expect(diff.report.summary.hasSuffix("1 workload new, 1 workload gone"))
  }

  @Test("pods with other names are the same workload; pods that policies tell apart are compared one by one")
  func pods() {
    let live = [
      namespace("shop"), pod("shop/web-1", "app: web"), pod("shop/web-2", "app: web, canary: 'yes'"),
    ]
    let canary = policy("shop/canary", "podSelector: {matchLabels: {canary: 'yes'}}")
    let diff = DiffFixture(live, live + [canary])
    #expect(
      diff.lines == ["- shop/web-1 -> shop/web-2 all", "- any address -> shop/web-2 all"])
  }

  @Test("addresses: only those to which something else may flow, and whether the internet is among them")
  func addresses() {
    func egress(_ block: String) -> String {
      policy(
        "shop/web",
        "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: \(block)}}]}]"
      )
    }
    let wide = DiffFixture(Self.world + [egress("10.0.0.0/9")], Self.world + [egress("10.0.0.0/8")])
    let outside = wide.report.rows.filter { $0.destination == "10.128.0.0/9" }
    #expect(outside.map(\.touchesInternet) == [false])
    let internet = DiffFixture(Self.world + [egress("10.0.0.0/8")], Self.world + [egress("0.0.0.0/0")])
    #expect(internet.report.rows.contains { $0.touchesInternet && $0.traffic.opens })
  }

  @Test("a domain name that is allowed now")
  func names() {
    func cilium(_ rule: String) -> String {
      """
      apiVersion: cilium.io/v2
      kind: CiliumNetworkPolicy
      metadata: {name: web, namespace: shop}
      spec: {endpointSelector: {matchLabels: {app: web}}, egress: [\(rule)]}
      """
    }
    let diff = DiffFixture(
      Self.world + [cilium("{toEndpoints: [{}]}")],
      Self.world + [cilium("{toEndpoints: [{}]}, {toFQDNs: [{matchName: api.example.com}]}")],
      profile: .cilium)
    #expect(diff.lines == ["+ shop/web -> api.example.com all"])
    #expect(diff.report.rows.map(\.touchesInternet) == [true])
  }

  @Test("an answer that becomes undefined says so")
  func undefined() {
    let node = "apiVersion: v1\nkind: Node\nmetadata: {name: n1}"
    let host = workload("DaemonSet", "shop/agent", "app: agent", "hostNetwork: true, containers: []")
    let world = Self.world + [node, host]
    let diff = DiffFixture(world, world + [Self.closed])
    #expect(diff.lines.contains("- shop/agent -> shop/db all (now undefined)"))
  }

  @Test("a policy that reaches more pods of a workload is a change of policies, whichever pod stands first")
  func partOfWorkload() {
    func world(_ selector: String) -> [String] {
      func member(_ name: String, _ label: String) -> String {
        "apiVersion: v1\nkind: Pod\nmetadata: {name: \(name), namespace: shop, labels: {app: web, i: \(label)}, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: web, uid: u, controller: true}]}\nspec: {containers: []}"
      }
      return [
        namespace("shop"), deployment("shop/db", "app: db"),
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web, namespace: shop, uid: u}\nspec: {template: {metadata: {labels: {app: web}}, spec: {containers: []}}}",
        member("web-0", "zero"), member("web-1", "one"),
        policy(
          "shop/db",
          "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {\(selector)}}}]}]"
        ),
      ]
    }
    for first in ["i: zero", "i: one"] {
      let diff = DiffFixture(world(first), world("app: web"))
      #expect(diff.effects == [.policies], "\(first)")
      #expect(diff.report.groups.map { $0.policies.map(\.identity.name) } == [["db"]], "\(first)")
    }
  }

  @Test(
    "a policy that only moved in its tier is a change, and an added pass is responsible for what it opens")
  func order() {
    let world = Self.world
    let allow = clusterPolicy(
      "allow", priority: 20, "ingress: [{name: a, action: Accept, from: [{namespaces: {}}]}]")
    func deny(_ priority: Int) -> String {
      clusterPolicy(
        "deny", priority: priority, "ingress: [{name: d, action: Deny, from: [{namespaces: {}}]}]")
    }
    let moved = DiffFixture(world + [allow, deny(10)], world + [allow, deny(30)])
    #expect(!moved.lines.isEmpty)
    #expect(Set(moved.report.groups.flatMap { $0.policies.map(\.identity.name) }) == ["allow", "deny"])
    let pass = clusterPolicy(
      "pass", priority: 0, "ingress: [{name: p, action: Pass, from: [{namespaces: {}}]}]")
    let passed = DiffFixture(world + [deny(5)], world + [pass, deny(5)])
    #expect(passed.lines.contains { $0.hasPrefix("+") })
    #expect(Set(passed.report.groups.flatMap { $0.policies.map(\.identity.name) }) == ["pass"])
  }
}
