import Dialects
import Kubernetes
import PolicyModel
import Testing

@Suite("Policies as Calico's")
struct CalicoWriterTests {
  @Test("a policy about a namespace is a NetworkPolicy in it, and what is denied stands before it")
  func normal() {
    let written = Written(
      .calico,
      [
        .web(
          closing: [.ingress], .ingress(from: .app("api"), on: .tcp(8080)), .ingress(.deny, from: .app("job"))
        )
      ])
    #expect(
      written.yaml == """
        apiVersion: projectcalico.org/v3
        kind: NetworkPolicy
        metadata:
          name: web
          namespace: shop
        spec:
          tier: default
          selector: "app == 'web'"
          types:
            - Ingress
          ingress:
            - action: Allow
              protocol: TCP
              source:
                selector: "app == 'api' && projectcalico.org/orchestrator == 'k8s'"
              destination:
                ports:
                  - 8080
        ---
        apiVersion: projectcalico.org/v3
        kind: NetworkPolicy
        metadata:
          name: web-denied
          namespace: shop
        spec:
          tier: default
          order: 100
          selector: "app == 'web'"
          types:
            - Ingress
          ingress:
            - action: Deny
              source:
                selector: "app == 'job' && projectcalico.org/orchestrator == 'k8s'"

        """)
    #expect(written.problems == [])
    #expect(written.losses == [])
  }

  @Test(
    "a subject of no one namespace is a GlobalNetworkPolicy of pods",
    arguments: [
      (
        PlainSelector(namespaces: .all),
        "namespaceSelector: all() selector: projectcalico.org/orchestrator == 'k8s'"
      ),
      (.team("a"), "namespaceSelector: team == 'a' selector: projectcalico.org/orchestrator == 'k8s'"),
      (
        PlainSelector(
          namespaces: .matching([LabelTerm("team", .isNotIn(["a", "b"]))]), pods: [LabelTerm("app", .exists)],
          serviceAccounts: [.init(.isIn(["robot"]))],
          serviceAccountLabels: [LabelTerm("role", .isNotIn(["x"]))]),
        "namespaceSelector: has(projectcalico.org/name) && team not in {'a', 'b'} selector: has(app) && projectcalico.org/orchestrator == 'k8s' serviceAccountSelector: projectcalico.org/name == 'robot' && role != 'x'"
      ),
    ])
  func global(subject: PlainSelector, text: String) {
    let written = Written(.calico, [.web(about: subject, closing: [.egress])])
    #expect(written.spec?.words == "tier: default \(text) types: - Egress")
    #expect(written.names == ["GlobalNetworkPolicy shop-web"])
    #expect(written.problems == [])
  }

  @Test(
    "a rule says its peers and traffic",
    arguments: [
      (PlainRule.anyone(.egress), "- action: Allow"),
      (
        .egress(
          to: .pods(
            PlainSelector(
              namespaces: .all, pods: [LabelTerm("app", .init(.startsWith("we"), isNegated: true))]))),
        "- action: Allow destination: namespaceSelector: all() selector: !(app starts with 'we') && projectcalico.org/orchestrator == 'k8s'"
      ),
      (
        .egress(
          to: .block("10.0.0.0/8", except: "10.1.0.0/16"), .block("192.0.2.0/24"), .block("fd00::/8"),
          on: .udp(53)),
        "- action: Allow protocol: UDP destination: nets: - 10.0.0.0/8 notNets: - 10.1.0.0/16 ports: - 53 - action: Allow protocol: UDP destination: nets: - 192.0.2.0/24 ports: - 53 - action: Allow protocol: UDP destination: nets: - fd00::/8 ports: - 53"
      ),
      (
        .egress(to: .apiServer, on: PlainTraffic(.tcp, 1...65535)),
        "- action: Allow protocol: TCP destination: services: name: kubernetes namespace: default"
      ),
      (
        .anyone(
          .egress, on: PlainTraffic(ports: TrafficSet(.sctp, PortSet(1...9)), names: [.init(.sctp, "x")])),
        "- action: Allow protocol: SCTP destination: ports: - 1:9 - x"
      ),
      (
        .anyone(
          .egress,
          on: PlainTraffic(
            messages: [.init(.ipv4, type: 8), .init(.ipv6, type: 1, code: 2, isNegated: true)],
            protocols: [47])),
        "- action: Allow protocol: ICMP icmp: type: 8 - action: Allow protocol: ICMPv6 notICMP: type: 1 code: 2 - action: Allow protocol: 47"
      ),
      (
        .egress(
          to: .block("fd00::/8"), on: PlainTraffic(messages: [.init(.ipv4, type: 8), .init(.ipv6, type: 1)])),
        "- action: Allow protocol: ICMPv6 icmp: type: 1 destination: nets: - fd00::/8"
      ),
    ])
  func rule(rule: PlainRule, text: String) {
    let written = Written(.calico, [.web(closing: [.egress], rule)])
    #expect(written.spec?.split(separator: "egress:").last?.words == text)
    #expect(written.problems == [])
    #expect(written.losses == [])
  }

  @Test("what is denied to open pods is in a tier that closes nothing")
  func openDenials() {
    let written = Written(.calico, [.web(.egress(.deny, to: .block("169.254.169.254/32")))])
    #expect(written.names == ["Tier merlon-deny", "NetworkPolicy shop/merlon-deny.web-denied"])
    #expect(written.yaml.words.contains("spec: order: 600 defaultAction: Pass"))
    #expect(written.problems == [])
  }

  @Test("ordered stages are tiers before and after all others, in their order")
  func tiers() {
    let written = Written(
      .calico,
      [
        .web(
          name: "a", stage: .admin, rank: 3, .anyone(.ingress, .pass, on: .tcp(1)), .anyone(.ingress, .deny)),
        .web(name: "b", about: .team("a"), stage: .baseline, rank: -1, .egress(.deny, to: .allPods)),
      ])
    #expect(
      written.names == [
        "GlobalNetworkPolicy merlon-admin.shop-a", "GlobalNetworkPolicy merlon-baseline.shop-b",
        "Tier merlon-admin", "Tier merlon-baseline",
      ])
    #expect(written.yaml.words.contains("tier: merlon-admin order: 3"))
    #expect(written.yaml.words.contains("tier: merlon-baseline order: -1"))
    #expect(written.yaml.words.contains("order: 2000000 defaultAction: Pass"))
    #expect(
      written.yaml.words.contains("- action: Pass protocol: TCP destination: ports: - 1 - action: Deny"))
    #expect(written.problems == [])
  }
}
