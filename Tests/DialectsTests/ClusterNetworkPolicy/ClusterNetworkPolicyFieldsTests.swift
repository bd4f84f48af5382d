import Kubernetes
import Testing

@testable import Dialects

/// SEMANTICS.md §2.1 and §2.3: every field, and how v1alpha1 is read as what replaced it.
@Suite("Fields of ClusterNetworkPolicy, AdminNetworkPolicy and BaselineAdminNetworkPolicy")
struct ClusterNetworkPolicyFieldsTests {
  @Test("every field of a ClusterNetworkPolicy")
  func clusterNetworkPolicy() throws {
    let reading = ClusterNetworkPolicyReading(
      """
      apiVersion: policy.networking.k8s.io/v1alpha2
      kind: ClusterNetworkPolicy
      metadata: {name: tenants, labels: {team: a}}
      spec:
        tier: Baseline
        priority: 1000
        subject:
          pods:
            namespaceSelector: {matchLabels: {tenant: a}}
            podSelector: {matchExpressions: [{key: app, operator: In, values: [web, api]}]}
        ingress:
          - name: own
            action: Accept
            from: [{namespaces: {matchLabels: {tenant: a}}}, {pods: {podSelector: {matchLabels: {app: mon}}}}]
            protocols:
              - tcp: {destinationPort: {number: 80}}
              - udp: {destinationPort: {range: {start: 1, end: 65535}}}
              - sctp: {destinationPort: {number: 3868}}
              - destinationNamedPort: http
          - {name: "", action: Deny, from: [{namespaces: {}}]}
        egress:
          - action: Pass
            to:
              - {pods: {namespaceSelector: {}, podSelector: {}}}
              - {networks: [10.0.0.0/8, "FD00::/8"]}
              - {nodes: {matchExpressions: [{key: gpu, operator: Exists}]}}
          - {action: Accept, to: [{domainNames: [example.com, "*.Example.org."]}]}
      status: {conditions: []}
      """)
    let policy = try #require(reading.policies.first)
    #expect(reading.errors.isEmpty)
    #expect(policy.kind == .clusterNetworkPolicy && policy.kind.version == .v1alpha2)
    #expect(policy.meta.name == "tenants" && policy.meta.labels == Labels(["team": "a"]))
    #expect(policy.tier == .baseline && policy.priority?.value == 1000)
    #expect(reading.subjectText == "pods [app in (web,api)] in [tenant=a]")
    #expect(
      reading.ruleTexts == [
        "ingress[0] own accept: namespaces [tenant=a] or pods [app=mon] in every namespace | TCP 80, UDP all ports, SCTP 3868, named http",
        "ingress[1]  deny: namespaces [] | any",
        "egress[0] pass: pods [] in [] or networks 10.0.0.0/8 fd00::/8 or nodes [gpu] | any",
        "egress[1] accept: names example.com *.Example.org. | any",
      ])
  }

  @Test("an AdminNetworkPolicy is the Admin tier; Allow is Accept, ports are protocols, TCP is the default")
  func adminNetworkPolicy() throws {
    let reading = ClusterNetworkPolicyReading(
      """
      apiVersion: policy.networking.k8s.io/v1alpha1
      kind: AdminNetworkPolicy
      metadata: {name: a}
      spec:
        priority: 0
        subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}
        ingress:
          - name: in
            action: Allow
            from: [{pods: {namespaceSelector: {matchLabels: {t: a}}, podSelector: {}}}]
            ports:
              - portNumber: {port: 80}
              - portNumber: {protocol: UDP, port: 53}
              - portRange: {start: 8000, end: 8000}
              - portRange: {protocol: SCTP, start: 1, end: 2}
              - namedPort: http
        egress:
          - {action: Pass, to: [{networks: [0.0.0.0/0]}, {nodes: {}}]}
          - {action: Deny, to: [{namespaces: {}}]}
          - {action: Allow, to: [{domainNames: [example.com]}]}
      """)
    let policy = try #require(reading.policies.first)
    #expect(policy.kind == .adminNetworkPolicy && policy.kind.version == .v1alpha1)
    #expect(policy.tier == .admin && policy.priority?.value == 0)
    #expect(policy.kind.name(of: .accept) == "Allow")
    #expect(reading.subjectText == "pods [app=web] in []")
    #expect(
      reading.ruleTexts == [
        "ingress[0] in accept: pods [] in [t=a] | TCP 80, UDP 53, TCP 8000, SCTP 1-2, named http",
        "egress[0] pass: networks 0.0.0.0/0 or nodes [] | any",
        "egress[1] deny: namespaces [] | any",
        "egress[2] accept: names example.com | any",
      ])
  }

  @Test("a BaselineAdminNetworkPolicy is the Baseline tier and has no priority")
  func baselineAdminNetworkPolicy() throws {
    let reading = ClusterNetworkPolicyReading.spec(
      "spec: {subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}], egress: [{action: Allow, to: [{networks: [10.0.0.0/8]}], ports: [{portNumber: {protocol: TCP, port: 443}}]}]}",
      .baselineAdminNetworkPolicy)
    let policy = try #require(reading.policies.first)
    #expect(policy.tier == .baseline && policy.priority == nil && policy.meta.name == "default")
    #expect(
      reading.ruleTexts == [
        "ingress[0] deny: namespaces [] | any", "egress[0] accept: networks 10.0.0.0/8 | TCP 443",
      ])
  }

  @Test("rules, peers, port entries, selectors, networks and names know where they stand")
  func locations() throws {
    let reading = ClusterNetworkPolicyReading.rules(
      "egress: [\n{action: Accept,\nto: [{networks:\n[10.0.0.0/8,\n10.1.0.0/16]}, {domainNames: [a.b]},\n{nodes: {}}],\nprotocols: [\n{tcp: {destinationPort: {number: 1}}}]}]"
    )
    let policy = try #require(reading.policies.first)
    let rule = try #require(policy.egress.first)
    #expect(policy.subject.location.description == "p.yaml:4:43")
    #expect(policy.priority?.location.description == "p.yaml:4:31")
    #expect(rule.location.line == 6)
    #expect(rule.peers.map(\.location.line) == [7, 9, 10])
    guard case .networks(let networks) = rule.peers[0].kind, case .nodes(let nodes) = rule.peers[2].kind,
      case .domainNames(let names) = rule.peers[1].kind, case .anyOf(let matches) = rule.protocols
    else {
      Issue.record("\(rule)")
      return
    }
    #expect(networks.map(\.location.line) == [8, 9] && nodes.location.line == 10)
    #expect(names.map(\.location.line) == [9] && matches.map(\.location.line) == [12])
  }

  @Test(
    "a direction without rules is left alone: absent, null and empty are the same",
    arguments: ["", ", ingress: null, egress: ", ", ingress: [], egress: []"])
  func noRules(_ rules: String) {
    let reading = ClusterNetworkPolicyReading.spec(
      "spec: {tier: Admin, priority: 5, subject: {namespaces: {}}\(rules)}")
    #expect(reading.isAccepted && reading.ruleTexts.isEmpty && reading.diagnostics.isEmpty)
  }

  @Test("lists of a kind are read as their items")
  func list() {
    let item = "{metadata: {name: %}, spec: {tier: Admin, priority: 1, subject: {namespaces: {}}}}"
    let reading = ClusterNetworkPolicyReading(
      "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicyList\nitems:\n"
        + ["a", "b"].map { "- \(item.split(separator: "%").joined(separator: $0))\n" }.joined())
    #expect(reading.policies.map(\.meta.name) == ["a", "b"] && reading.diagnostics.isEmpty)
  }
}
