import Kubernetes
import SourceGroups
import Testing

@Suite("A document of Neuwerk")
struct NeuwerkConversionTests {
  private func convert(_ text: String) -> NeuwerkConversion {
    NeuwerkConversion(ManifestText(path: "neuwerk.yaml", text), name: "egress")
  }

  private func document(_ groups: String...) -> NeuwerkConversion {
    convert("default_policy: deny\nsource_groups: [\(groups.joined(separator: ", "))]")
  }

  private func group(
    _ rules: String = "", id: String = "web", sources: String = "{cidrs: [10.1.0.0/16]}", _ rest: String = ""
  ) -> String {
    "{id: \(id), sources: \(sources), rules: [\(rules)]\(rest.isEmpty ? "" : ", ")\(rest)}"
  }

  private func rule(_ match: String, action: String = "allow", _ rest: String = "") -> String {
    "{id: r, action: \(action), match: \(match)\(rest.isEmpty ? "" : ", ")\(rest)}"
  }

  private func pods(_ rest: String = "match_labels: {app: web}") -> String {
    "{kubernetes: [{integration: prod, pod_selector: {namespace: shop, \(rest)}}]}"
  }

  /// The notes of a kind, which has to have places.
  private func notes(_ conversion: NeuwerkConversion, _ code: Diagnostic.Code) -> [String] {
    #expect(conversion.notes.allSatisfy { $0.location != nil })
    return conversion.notes.filter { $0.code == code }.map(\.message)
  }

  @Test("that is converted at all is a document that can be read", arguments: 0..<4)
  func mutatedTexts(seed: UInt64) throws {
    let text = """
      default_policy: deny
      source_groups:
        - {id: web, priority: 10, mode: audit, default_action: deny, sources: {cidrs: [10.1.0.0/16], ips: [192.0.2.7], \
      kubernetes: [{integration: prod, pod_selector: {namespace: shop, match_labels: {app: payments}}}, \
      {integration: prod, node_selector: {match_labels: {pool: edge}}}]}, rules: \
      [{id: a, priority: 0, action: allow, match: {dst_cidrs: [10.9.0.0/16], proto: tcp, dst_ports: [5432, "6-7"]}}, \
      {id: b, action: deny, mode: enforce, match: {dns_hostname: '^(.*\\.)?example\\.com$|a', src_ports: [1]}}, \
      {id: c, action: allow, match: {proto: icmp, icmp_types: [8], icmp_codes: [0]}}]}
      """
    var texts = MutatedTexts(text, seed: seed)
    var readCount = 0
    for _ in 0..<300 {
      let text = texts.next()
      let conversion = convert(text)
      guard let policy = conversion.policy else { continue }
      readCount += 1
      #expect(Documents.read(policy.data.yaml).policy == policy, "\(text)\n\(policy.data.yaml)")
    }
    #expect(readCount > 10)
  }

  @Test("is written as a document that can be read")
  func example() throws {
    let conversion = convert(
      """
      default_policy: deny
      source_groups:
        - id: payments
          priority: 10
          mode: enforce
          sources:
            cidrs: [10.1.0.0/16]
            ips: [192.0.2.7]
            kubernetes:
              - integration: prod
                pod_selector: {namespace: shop, match_labels: {app: payments}}
          rules:
            - id: db
              priority: 0
              action: allow
              match: {dst_cidrs: [10.9.0.0/16], proto: tcp, dst_ports: [5432, "6000-6010"]}
          default_action: deny
      """)
    let policy = try #require(conversion.policy, "\(conversion.notes)")
    #expect(try Documents.policy(policy.data.yaml) == policy)
    #expect(
      policy.data.yaml == """
        apiVersion: merlon.dev/v1alpha1
        kind: SourceGroupPolicy
        metadata:
          name: egress
        spec:
          defaultPolicy: deny
          sourceGroups:
            - id: payments
              priority: 10
              sources:
                - cidrs:
                    - "10.1.0.0/16"
                  addresses:
                    - "192.0.2.7"
                - kubernetes:
                    integration: prod
                    pods:
                      namespaceSelector:
                        matchLabels:
                          kubernetes.io/metadata.name: shop
                      podSelector:
                        matchLabels:
                          app: payments
                      includeHostNetwork: true
              rules:
                - id: db
                  action: allow
                  to:
                    cidrs:
                      - "10.9.0.0/16"
                  traffic:
                    - protocol: TCP
                      port: 5432
                    - protocol: TCP
                      port: 6000
                      endPort: 6010
              defaultAction: deny

        """)
  }

  @Test("keeps the place of each part")
  func locations() throws {
    let policy = try #require(document(group(rule("{proto: tcp}"))).policy)
    #expect("\(policy.groups[0].location)" == "neuwerk.yaml:2:17")
    #expect("\(policy.groups[0].rules[0].location)" == "neuwerk.yaml:2:68")
  }

  @Test(
    "has fields that have no effect: each is a trap",
    arguments: [
      ("dst_port: [443]", "did you mean `dst_ports`?"), ("matchLabels: {}", "`matchLabels` of `match`"),
    ])
  func unknownFields(field: String, message: String) {
    let conversion = document(group(rule("{proto: tcp, \(field)}")))
    #expect(conversion.policy != nil)
    #expect(notes(conversion, .conversionTrap).contains { $0.contains(message) })
  }

  @Test("that writes matchLabels selects every pod of the namespace, and says so")
  func matchLabels() throws {
    let conversion = document(group(sources: pods("matchLabels: {app: web}")))
    let traps = notes(conversion, .conversionTrap)
    #expect(traps.contains { $0.contains("did you mean `match_labels`?") })
    #expect(traps.contains { $0.contains("selects every pod of `shop`, which is written as `all: true`") })
    let origin = try #require(conversion.policy).groups[0].sources[0].origin
    guard case .cluster("prod", .pods(let pods)) = origin else { throw Unexpected() }
    #expect(pods.pods == .none)
    #expect(pods.namespaces.all == [LabelRequirement(key: "kubernetes.io/metadata.name", .isIn(["shop"]))])
  }

  @Test("has host-network pods and finished pods as members, which is a trap and a change")
  func pods() {
    let conversion = document(group(sources: pods()))
    #expect(
      notes(conversion, .conversionTrap).contains { $0.contains("`includeHostNetwork: true` keeps that") })
    #expect(notes(conversion, .conversionChanged).contains { $0.contains("none of a finished pod") })
  }

  @Test(
    "has host names that are regular expressions: those that are names are kept",
    arguments: [
      ("^api\\.example\\.com$", ["api.example.com"]),
      ("^(.*\\.)?example\\.com$", ["example.com", "*.example.com"]),
      ("^.*\\.example\\.com$", ["*.example.com"]), ("\\.example\\.com$", ["*.example.com"]),
      ("^a\\.example\\.com$|^b\\.example\\.com$", ["a.example.com", "b.example.com"]),
    ])
  func exactNames(pattern: String, names: [String]) throws {
    let conversion = document(group(rule("{dns_hostname: '\(pattern)'}")))
    let policy = try #require(conversion.policy)
    #expect(policy.groups[0].rules[0].destinations.names.map { "\($0.value)" } == names)
    #expect(notes(conversion, .conversionKept).contains { $0.contains("is written as") })
    #expect(notes(conversion, .conversionChanged).isEmpty)
  }

  @Test(
    "has host names that match names of strangers, which are not kept",
    arguments: [
      ("example\\.com$", ["example.com", "*.example.com"], ["as notexample.com"]),
      ("^api\\.example\\.com", ["api.example.com"], ["as api.example.com.example.org"]),
      ("^api.example.com$", ["api.example.com"], ["another character in the place of a dot"]),
      (
        "api.example.com", ["api.example.com", "*.api.example.com"],
        ["as notapi.example.com", "as api.example.com.example.org", "another character"]
      ),
    ])
  func unanchoredNames(pattern: String, names: [String], others: [String]) throws {
    let conversion = document(group(rule("{dns_hostname: '\(pattern)'}")))
    let policy = try #require(conversion.policy)
    #expect(policy.groups[0].rules[0].destinations.names.map { "\($0.value)" } == names)
    let changes = notes(conversion, .conversionChanged)
    for other in others { #expect(changes.contains { $0.contains(other) }, "\(changes)") }
  }

  @Test("has host names that names cannot say: what allows is left out, and what denies is an error")
  func otherNames() throws {
    let allowed = document(group(rule("{dns_hostname: '^api[0-9]+\\.example\\.com$'}")))
    #expect(try #require(allowed.policy).groups[0].rules.isEmpty)
    #expect(notes(allowed, .conversionLost).contains { $0.contains("the rule `r` is left out") })
    let denied = document(group(rule("{dns_hostname: '^api[0-9]+\\.example\\.com$'}", action: "deny")))
    #expect(denied.policy == nil)
    #expect(denied.notes.filter { $0.severity == .error }.count == 1)
  }

  @Test("grants every port to a name, as it did")
  func namesAlone() throws {
    let conversion = document(group(rule("{dns_hostname: '^a\\.example\\.com$'}")))
    #expect(try #require(conversion.policy).groups[0].rules[0].traffic.map(\.value) == [.any])
    #expect(notes(conversion, .conversionTrap).contains { $0.contains("for every protocol and port") })
  }

  @Test("lets a name with a port through to every destination: here to the name only")
  func namesWithPorts() throws {
    let conversion = document(
      group(rule("{dns_hostname: '^a\\.example\\.com$', proto: tcp, dst_ports: [443]}")))
    let rule = try #require(conversion.policy).groups[0].rules[0]
    #expect(rule.destinations.names.map { "\($0.value)" } == ["a.example.com"])
    #expect(rule.traffic.map(\.value) == [.ports(.tcp, 443...443)])
    #expect(
      notes(conversion, .conversionChanged).contains { $0.contains("lets them through to every destination") }
    )
  }

  @Test("denies a name with a port to every destination, and still does: less would open something")
  func deniedNamesWithPorts() throws {
    let conversion = document(
      group(rule("{dns_hostname: '^a\\.example\\.com$', proto: tcp, dst_ports: [443]}", action: "deny")))
    let rule = try #require(conversion.policy).groups[0].rules[0]
    guard case .anywhere = rule.destinations else { throw Unexpected() }
    #expect(
      notes(conversion, .conversionTrap).contains { $0.contains("to every destination and not only to") })
  }

  @Test(
    "has traffic in other words",
    arguments: [
      ("{}", [RuleTraffic.any]), ("{proto: any}", [.any]), ("{proto: TCP}", [.ports(.tcp, nil)]),
      ("{proto: 17, dst_ports: [53]}", [.ports(.udp, 53...53)]),
      ("{dst_ports: [53]}", [.ports(.tcp, 53...53), .ports(.udp, 53...53)]),
      ("{proto: tcp, dst_ports: ['0-7']}", [.ports(.tcp, 1...7)]), ("{proto: 47}", [.other(47)]),
      ("{proto: 58}", [.icmp(.ipv6, type: nil, code: nil)]),
      ("{proto: icmp, icmp_types: [8]}", [.icmp(.ipv4, type: 8, code: nil)]),
      (
        "{icmp_types: [3, 8], icmp_codes: [0, 1]}",
        [
          .icmp(.ipv4, type: 3, code: 0), .icmp(.ipv4, type: 3, code: 1), .icmp(.ipv4, type: 8, code: 0),
          .icmp(.ipv4, type: 8, code: 1),
        ]
      ),
    ])
  func traffic(match: String, traffic: [RuleTraffic]) throws {
    let policy = try #require(document(group(rule(match))).policy)
    #expect(policy.groups[0].rules[0].traffic.map(\.value) == traffic)
  }

  @Test("means some messages by icmp, which is a trap")
  func icmp() throws {
    let conversion = document(group(rule("{proto: icmp}")))
    #expect(try #require(conversion.policy).groups[0].rules[0].traffic.count == 6)
    #expect(notes(conversion, .conversionTrap).contains { $0.contains("means types 0, 3 and 11") })
  }

  @Test(
    "has rules that never match or have no counterpart",
    arguments: [
      ("{proto: icmp, dst_ports: [1]}", true), ("{proto: 47, dst_ports: [1]}", true),
      ("{proto: tcp, dst_ports: [0]}", true), ("{proto: icmp, icmp_codes: [0]}", false),
      ("{tls: {sni: x}}", false),
    ])
  func leftOut(match: String, neverMatches: Bool) throws {
    #expect(try #require(document(group(rule(match))).policy).groups[0].rules.isEmpty)
    let denied = document(group(rule(match, action: "deny")))
    #expect((denied.policy != nil) == neverMatches)
    let audited = document(group(rule(match, action: "deny", "mode: audit")))
    #expect(audited.policy != nil)
  }

  @Test("has a mode for rules that is the group's only where they have none")
  func modes() throws {
    let mixed = try #require(
      document(
        group(rule("{proto: tcp}", "mode: enforce") + ", {id: s, action: deny, match: {}}", "mode: audit")
      )
      .policy)
    #expect(mixed.groups[0].mode == .enforce)
    #expect(mixed.groups[0].rules.map(\.mode) == [.enforce, .audit])
    let audited = try #require(document(group(rule("{proto: tcp}"), "mode: audit")).policy)
    #expect(audited.groups[0].mode == .audit)
  }

  @Test("enforces the default action of a group that is only audited, which is a trap")
  func defaultActionOfAuditedGroups() throws {
    let conversion = document(group(rule("{proto: tcp}"), "mode: audit, default_action: DENY"))
    let policy = try #require(conversion.policy)
    #expect(policy.groups[0].mode == .enforce)
    #expect(policy.groups[0].rules.map(\.mode) == [.audit])
    #expect(policy.groups[0].defaultAction?.value == .deny)
    #expect(
      notes(conversion, .conversionTrap).contains {
        $0.contains("is enforced although the group is only audited")
      })
  }

  @Test("orders groups and rules by priority, and by the text where these are equal or missing")
  func order() throws {
    let conversion = document(
      group(
        "{id: b, priority: 5, action: allow, match: {}}, {id: a, priority: 1, action: allow, match: {}}",
        id: "late", "priority: 7"), group(id: "second", "priority: 3"), group(id: "third", "priority: 3"))
    let policy = try #require(conversion.policy)
    #expect(policy.groups.map(\.id) == ["second", "third", "late"])
    #expect(policy.groups.map(\.priority) == [10, 20, 30])
    #expect(policy.groups[2].rules.map(\.id) == ["a", "b"])
    #expect(notes(conversion, .conversionChanged).contains { $0.contains("3 is there twice") })
  }

  @Test("has an id twice, which is a trap")
  func ids() throws {
    let conversion = document(group(), group(), group(id: "'a b'"))
    #expect(try #require(conversion.policy).groups.map(\.id) == ["web", "web-2", "ga-bg"])
    #expect(notes(conversion, .conversionTrap).contains { $0.contains("the id `web` is there twice") })
  }

  @Test("clears stale members of groups that deny, which opens them: here they stay")
  func staleness() throws {
    let conversion = convert(
      "default_policy: allow\nsource_groups: [\(group(rule("{}", action: "deny"), sources: pods()))]")
    #expect(try #require(conversion.policy).groups[0].sources[0].onStale == .keep)
    #expect(
      notes(conversion, .conversionChanged).contains { $0.contains("which opens what the group denies") })
    #expect(try #require(document(group(sources: pods())).policy).groups[0].sources[0].onStale == .clear)
  }

  @Test("speaks of IPv4 only: what it lets through is not wider here")
  func families() throws {
    let cluster = try #require(
      document(group(rule("{proto: tcp, dst_ports: [443]}"), sources: pods())).policy)
    #expect(cluster.groups[0].rules[0].destinations.blocks.map { "\($0.value)" } == ["0.0.0.0/0"])
    let addresses = try #require(document(group(rule("{proto: tcp, dst_ports: [443]}"))).policy)
    guard case .anywhere = addresses.groups[0].rules[0].destinations else { throw Unexpected() }
  }

  @Test(
    "that Neuwerk refuses is an error",
    arguments: [
      "{id: a, sources: {}}", "{id: a, sources: {cidrs: ['fd00::/8']}}", "{sources: {ips: [10.0.0.1]}}",
      "{id: a, sources: {kubernetes: [{integration: prod}]}}",
      "{id: a, sources: {ips: [10.0.0.1]}, rules: [{id: r, action: maybe, match: {}}]}",
      "{id: a, sources: {ips: [10.0.0.1]}, rules: [{id: r, action: allow}]}",
      "{id: a, sources: {ips: [10.0.0.1]}, rules: [{id: r, action: allow, match: {proto: gopher}}]}",
      "{id: a, sources: {ips: [10.0.0.1]}, rules: [{id: r, action: allow, match: {dst_ports: ['9-8']}}]}",
    ])
  func errors(group: String) {
    let conversion = document(group)
    #expect(conversion.policy == nil)
    #expect(conversion.notes.filter { $0.severity == .error }.count == 1, "\(conversion.notes)")
  }
}
