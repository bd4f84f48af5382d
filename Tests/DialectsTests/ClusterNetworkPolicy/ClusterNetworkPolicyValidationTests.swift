import Kubernetes
import Testing

@testable import Dialects

/// SEMANTICS.md §2.1 and §2.3, the parts that are not peers or ports.
@Suite("Validation of cluster-wide policies")
struct ClusterNetworkPolicyValidationTests {
  typealias Reading = ClusterNetworkPolicyReading
  typealias Kind = ClusterNetworkPolicy.Kind

  @Test(
    "each kind has one version",
    arguments: [
      ("v1alpha1", "ClusterNetworkPolicy", "v1alpha2"), ("v1", "ClusterNetworkPolicy", "v1alpha2"),
      ("v1alpha2", "AdminNetworkPolicy", "v1alpha1"), ("v1alpha2", "BaselineAdminNetworkPolicy", "v1alpha1"),
    ])
  func versions(_ version: String, _ kind: String, _ served: String) {
    let reading = Reading(
      "apiVersion: policy.networking.k8s.io/\(version)\nkind: \(kind)\nmetadata: {name: default}\nspec: {\(kind == "ClusterNetworkPolicy" ? "tier: Admin, " : "")\(kind.hasPrefix("Base") ? "" : "priority: 1, ")subject: {namespaces: {}}}\n"
    )
    #expect(reading.policies.isEmpty)
    #expect(reading.errors == ["1:13 only policy.networking.k8s.io/\(served) has the kind \(kind)"])
    #expect(reading.fixes == ["write apiVersion: policy.networking.k8s.io/\(served)"])
  }

  @Test(
    "spec, tier, priority and subject are required where the kind has them",
    arguments: [
      ("status: {}", .clusterNetworkPolicy, ["3:18 ClusterNetworkPolicy without `spec`"]),
      ("spec: null", .adminNetworkPolicy, ["3:18 AdminNetworkPolicy without `spec`"]),
      (
        "spec: {}", .clusterNetworkPolicy,
        [
          "4:7 ClusterNetworkPolicy without `spec.tier`: Admin or Baseline",
          "4:7 ClusterNetworkPolicy without `spec.priority`: 0 to 1000",
          "4:7 ClusterNetworkPolicy without `spec.subject`",
        ]
      ),
      (
        "spec: {subject: null}", .adminNetworkPolicy,
        [
          "4:7 AdminNetworkPolicy without `spec.priority`: 0 to 1000",
          "4:7 AdminNetworkPolicy without `spec.subject`",
        ]
      ),
      (
        "spec: {}", .baselineAdminNetworkPolicy, ["4:7 BaselineAdminNetworkPolicy without `spec.subject`"]
      ),
    ] as [(String, Kind, [String])])
  func required(_ spec: String, _ kind: Kind, _ errors: [String]) {
    let reading = Reading.spec(spec, kind)
    #expect(reading.policies.isEmpty && reading.errors == errors)
  }

  @Test(
    "tier is Admin or Baseline, in this case of letters",
    arguments: [("admin", "did you mean `Admin`?"), ("Base", nil), ("\"\"", nil), ("NetworkPolicy", nil)])
  func tiers(_ tier: String, _ fix: String?) {
    let reading = Reading.spec("spec: {tier: \(tier), priority: 1, subject: {namespaces: {}}}")
    let text = tier == "\"\"" ? "" : tier
    #expect(reading.errors == ["4:14 `tier` must be Admin or Baseline, not `\(text)`"])
    #expect(reading.fixes == [fix])
  }

  @Test("priority is 0 to 1000 in both tiers", arguments: ["Admin", "Baseline"])
  func priorities(_ tier: String) {
    func reading(_ priority: String) -> Reading {
      Reading.spec("spec: {tier: \(tier), subject: {namespaces: {}},\n priority: \(priority)}")
    }
    for priority in ["0", "1000"] { #expect(reading(priority).isAccepted) }
    for priority in ["-1", "1001", "2000"] {
      #expect(reading(priority).errors == ["5:12 `priority` must be 0 to 1000, not \(priority)"])
    }
    #expect(
      reading("\"5\"").errors == ["5:12 `spec.priority` must be an integer, not the string `5`"])
  }

  @Test(
    "actions are the kind's own, in this case of letters",
    arguments: [
      (.clusterNetworkPolicy, "Allow", "Accept, Deny or Pass", "write Accept"),
      (.clusterNetworkPolicy, "accept", "Accept, Deny or Pass", "write Accept"),
      (.clusterNetworkPolicy, "deny", "Accept, Deny or Pass", "write Deny"),
      (.clusterNetworkPolicy, "Log", "Accept, Deny or Pass", nil),
      (.adminNetworkPolicy, "Accept", "Allow, Deny or Pass", "write Allow"),
      (.adminNetworkPolicy, "pass", "Allow, Deny or Pass", "write Pass"),
      (.baselineAdminNetworkPolicy, "Pass", "Allow or Deny", nil),
      (.baselineAdminNetworkPolicy, "Accept", "Allow or Deny", "write Allow"),
    ] as [(Kind, String, String, String?)])
  func actions(_ kind: Kind, _ action: String, _ wanted: String, _ fix: String?) {
    let reading = Reading.peer("{namespaces: {}}", action: action, kind)
    #expect(reading.errors == ["5:20 `action` of \(kind.rawValue) must be \(wanted), not `\(action)`"])
    #expect(reading.fixes == [fix] && reading.policies.isEmpty)
  }

  @Test("Pass is legal in the Baseline tier")
  func passInBaseline() {
    #expect(
      Reading.spec(
        "spec: {tier: Baseline, priority: 1, subject: {namespaces: {}}, ingress: [{action: Pass, from: [{namespaces: {}}]}]}"
      ).isAccepted)
  }

  @Test("action and peers are required; there is no form for any peer")
  func requiredOfRules() {
    #expect(
      Reading.rules("egress: [{to: [{namespaces: {}}]}]").errors == [
        "5:11 a rule without `action`: Accept, Deny or Pass"
      ])
    #expect(Reading.rules("egress: [{action: Deny}]").errors == ["5:11 a rule without `to`"])
    #expect(Reading.rules("ingress: [{action: Deny, from: null}]").errors == ["5:12 a rule without `from`"])
    #expect(
      Reading.rules("ingress: [{action: Deny, from: []}]").errors == [
        "5:33 `spec.ingress[].from` must have at least one entry"
      ])
    #expect(
      Reading.rules("ingress: [{action: Deny}]").fixes == [
        "there is no form for any peer; for all pods write `from: [{namespaces: {}}]`"
      ])
  }

  @Test("a rule's name has at most 100 characters and may be empty")
  func names() {
    func named(_ name: String) -> Reading {
      Reading.rules("egress: [{action: Deny, name: \"\(name)\", to: [{namespaces: {}}]}]")
    }
    for name in ["", String(repeating: "a", count: 100), String(repeating: "é", count: 100)] {
      #expect(named(name).isAccepted)
    }
    #expect(
      named(String(repeating: "a", count: 101)).errors == [
        "5:32 `name` may have at most 100 characters, not 101"
      ])
  }

  @Test(
    "lists have at most 25 entries in v1alpha2 and 100 in v1alpha1",
    arguments: [
      (Kind.clusterNetworkPolicy, 25), (.adminNetworkPolicy, 100), (.baselineAdminNetworkPolicy, 100),
    ])
  func limits(_ kind: Kind, _ limit: Int) {
    func many(_ text: String, _ count: Int) -> String {
      [String](repeating: text, count: count).joined(separator: ",\n ")
    }
    func rule(_ end: String, _ peers: String = "{namespaces: {}}", _ more: String = "") -> String {
      "{action: Deny, \(end): [\(peers)]\(more)}"
    }
    let peer = "{namespaces: {}}"
    let entry =
      kind.version == .v1alpha2 ? "{tcp: {destinationPort: {number: 1}}}" : "{portNumber: {port: 1}}"
    func readings(_ count: Int) -> [(String, Reading)] {
      [
        ("spec.egress", Reading.rules("egress: [\(many(rule("to"), count))]", kind)),
        ("spec.ingress", Reading.rules("ingress: [\(many(rule("from"), count))]", kind)),
        ("spec.egress[].to", Reading.peer(many(peer, count), action: "Deny", kind)),
        (
          "spec.ingress[].from",
          Reading.rules("ingress: [\(rule("from", many(peer, count)))]", kind)
        ),
        ("spec.ingress[].\(kind.protocolsField)", Reading.port(many(entry, count), kind)),
        (
          "spec.egress[].\(kind.protocolsField)",
          Reading.rules(
            "egress: [\(rule("to", peer, ", \(kind.protocolsField): [\(many(entry, count))]"))]", kind)
        ),
      ]
    }
    for (_, reading) in readings(limit) { #expect(reading.isAccepted) }
    for (field, reading) in readings(limit + 1) {
      #expect(reading.errors.count == 1)
      #expect(
        reading.errors.first?.hasSuffix("`\(field)` may have at most \(limit) entries, not \(limit + 1)")
          == true)
    }
  }

  @Test("the one BaselineAdminNetworkPolicy is named default")
  func baselineName() {
    let reading = Reading(
      "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: BaselineAdminNetworkPolicy\nmetadata: {name: base}\nspec: {subject: {namespaces: {}}}\n"
    )
    #expect(
      reading.errors == [
        "3:18 the one BaselineAdminNetworkPolicy of a cluster has the name `default`, not `base`"
      ])
  }

  @Test("a namespace in metadata is dropped, and the author is told")
  func namespace() {
    let reading = Reading(
      "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: a, namespace: shop}\nspec: {tier: Admin, priority: 1, subject: {namespaces: {}}}\n"
    )
    #expect(
      reading.isAccepted
        && reading.warnings == [
          "3:32 ClusterNetworkPolicy belongs to no namespace: the server drops `metadata.namespace`, and the policy is the whole cluster's"
        ])
  }

  @Test(
    "unknown fields are errors; dropping them would widen",
    arguments: [
      (
        .clusterNetworkPolicy, "ingress: [{action: Accept, from: [{namespaces: {}}], ports: []}]",
        "5:55 unknown field `ports` in ClusterNetworkPolicyIngressRule: v1alpha1 has `ports`, v1alpha2 has `protocols` (a server that drops it lets the rule match all traffic)"
      ),
      (
        .adminNetworkPolicy, "egress: [{action: Allow, to: [{namespaces: {}}], protocols: []}]",
        "5:51 unknown field `protocols` in AdminNetworkPolicyEgressRule: v1alpha2 has `protocols`, v1alpha1 has `ports` (a server that drops it lets the rule match all traffic)"
      ),
      (
        .clusterNetworkPolicy, "ingress: [{action: Accept, from: [{namespaces: {}}], protocol: []}]",
        "5:55 unknown field `protocol` in ClusterNetworkPolicyIngressRule: did you mean `protocols`? (a server that drops it lets the rule match all traffic)"
      ),
      (
        .clusterNetworkPolicy,
        "egress: [{action: Deny, nam: x, to: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 1}}}]}]",
        "5:26 unknown field `nam` in ClusterNetworkPolicyEgressRule: did you mean `name`?"
      ),
      (
        .clusterNetworkPolicy, "egres: []",
        "5:2 unknown field `egres` in ClusterNetworkPolicySpec: did you mean `egress`?"
      ),
      (
        .adminNetworkPolicy, "tier: Admin",
        "5:2 unknown field `tier` in AdminNetworkPolicySpec: the kind says the tier; ClusterNetworkPolicy has the field"
      ),
      (
        .baselineAdminNetworkPolicy, "priority: 1",
        "5:2 unknown field `priority` in BaselineAdminNetworkPolicySpec: a BaselineAdminNetworkPolicy has none, it is the only one"
      ),
      (
        .clusterNetworkPolicy, "policyTypes: [Ingress]",
        "5:2 unknown field `policyTypes` in ClusterNetworkPolicySpec: rules say what they police"
      ),
    ] as [(Kind, String, String)])
  func unknownFields(_ kind: Kind, _ rules: String, _ error: String) {
    let reading = Reading.rules(rules, kind)
    #expect(reading.policies.isEmpty && reading.errors == [error])
  }

  @Test(
    "subject is exactly one of namespaces and pods",
    arguments: [
      ("{}", "5:11 `spec.subject` needs exactly one of `namespaces`, `pods`"),
      ("{namespaces: null}", "5:11 `spec.subject` needs exactly one of `namespaces`, `pods`"),
      (
        "{namespaces: {}, pods: {podSelector: {}}}",
        "5:11 `spec.subject` must not have `namespaces` and `pods` at once"
      ),
      (
        "{podSelector: {}}",
        "5:12 unknown field `podSelector` in ClusterNetworkPolicySubject: it stands in `pods`"
      ),
      (
        "{pods: {namespaceSelector: {}}}", "5:18 `spec.subject.pods` without `podSelector`"
      ),
      ("[]", "5:11 `spec.subject` must be a mapping, not a list"),
    ])
  func subjects(_ subject: String, _ error: String) {
    let reading = Reading.spec("spec: {tier: Admin, priority: 1,\n subject: \(subject)}")
    #expect(reading.policies.isEmpty && reading.errors == [error])
  }

  @Test("pods need both selectors in v1alpha1; in v1alpha2 no namespaceSelector means every namespace")
  func namespaceSelectors() {
    let pods = "{pods: {podSelector: {}}}"
    for kind in [Kind.adminNetworkPolicy, .baselineAdminNetworkPolicy] {
      #expect(
        Reading.peer(pods, action: "Deny", kind).errors == [
          "5:38 `spec.egress[].to[].pods` without `namespaceSelector`, which \(kind.rawValue) needs"
        ])
    }
    #expect(Reading.peer(pods).ruleTexts == ["egress[0] accept: pods [] in every namespace | any"])
  }

  @Test(
    "wrong types, null among list elements included",
    arguments: [
      ("ingress: {}", "5:11 `spec.ingress` must be a list, not a mapping"),
      ("ingress: [null]", "5:12 `spec.ingress[]` must be a mapping, not null"),
      ("egress: [a]", "5:11 `spec.egress[]` must be a mapping, not the string `a`"),
      ("egress: [{action: Deny, to: [null]}]", "5:31 `spec.egress[].to[]` must be a mapping, not null"),
      ("egress: [{action: Deny, to: {}}]", "5:30 `spec.egress[].to` must be a list, not a mapping"),
      ("egress: [{action: 1, to: [{namespaces: {}}]}]", "5:20 `action` must be a string, not the number `1`"),
      (
        "egress: [{action: Deny, name: 1, to: [{namespaces: {}}]}]",
        "5:32 `spec.egress[].name` must be a string, not the number `1`"
      ),
    ])
  func wrongTypes(_ rules: String, _ error: String) {
    let reading = Reading.rules(rules)
    #expect(reading.policies.isEmpty && reading.errors == [error])
  }

  @Test("a status from a cluster is no problem; its fields are still looked at")
  func status() {
    let spec = "spec: {tier: Admin, priority: 1, subject: {namespaces: {}}}\n"
    let condition =
      "{type: A, status: \"True\", reason: R, message: m, lastTransitionTime: t, observedGeneration: 1}"
    #expect(Reading.spec(spec + "status: {conditions: [\(condition)]}").diagnostics.isEmpty)
    #expect(
      Reading.spec(spec + "status: {conditions: [{tpe: A}], x: 1}").errors == [
        "5:34 unknown field `x` in ClusterNetworkPolicyStatus",
        "5:24 unknown field `tpe` in Condition: did you mean `type`?",
      ])
  }

  @Test("metadata is read as strictly as everywhere")
  func metadata() {
    let reading = Reading(
      "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: A, label: {}}\nspec: {tier: Admin, priority: 1, subject: {namespaces: {}}}\n"
    )
    #expect(reading.policies.isEmpty && reading.errors.count == 2)
  }

  @Test("a policy with a key twice is rejected, and a template is recognised")
  func textProblems() {
    #expect(Reading.rules("egress: [], egress: []").policies.isEmpty)
    #expect(
      Reading.peer("{networks: [\"{{ .Values.cidr }}\"]}").errors == [
        "1:1 this is a Helm template, not a manifest"
      ])
  }

  @Test("all problems of one policy are reported in one run")
  func allProblems() {
    let reading = Reading.spec(
      "spec:\n  tier: admin\n  priority: 2000\n  subject: {}\n  ingress:\n    - action: Allow\n      from: [{}]\n      protocols: [{tcp: {}}]\n  egress:\n    - {}"
    )
    #expect(
      reading.errors.map { String($0.prefix { $0 != " " }) } == [
        "5:9", "6:13", "7:12", "9:15", "10:14", "11:25", "13:7", "13:7",
      ])
  }
}
