import Testing

/// SEMANTICS.md §3.2, §3.3: what policies and rules are in the neutral model.
@Suite("Calico: lowering")
struct CalicoLoweringTests {
  private func subject(_ kind: String, _ spec: String) -> [String] {
    let name = kind == "NetworkPolicy" ? "shop/p" : "p"
    return CalicoStackReading(calico(kind, name, spec)).subjects
  }

  private func ingress(_ rule: String, in kind: String = "NetworkPolicy", _ others: String...) -> [String] {
    let name = kind == "NetworkPolicy" ? "shop/p" : "p"
    let policy = calico(kind, name, "{ingress: [\(rule)]}")
    return CalicoStackReading(([policy] + others).joined(separator: "\n---\n")).rules
  }

  @Test(
    "subjects",
    arguments: [
      ("NetworkPolicy", "{types: [Ingress]}", "all pods in namespace shop; closes ingress"),
      (
        "NetworkPolicy", "{selector: app == 'web', types: [Ingress, Egress]}",
        "pods with app=web in namespace shop; closes ingress and egress"
      ),
      ("GlobalNetworkPolicy", "{types: [Egress]}", "all pods in all namespaces; closes egress"),
      (
        "GlobalNetworkPolicy", "{selector: has(app) || tier != 'x', namespaceSelector: \"team in {'a'}\"}",
        "pods with app or tier!=x in namespaces with team=a; closes ingress"
      ),
      (
        "GlobalNetworkPolicy",
        "{selector: \"!has(app) && !(a contains 'b')\", serviceAccountSelector: r == 's'}",
        "pods with !app,not (a contains \"b\"),service account label r=s in all namespaces; closes ingress"
      ),
      (
        "GlobalNetworkPolicy",
        "{selector: projectcalico.org/orchestrator == 'k8s', namespaceSelector: all()}",
        "all pods in all namespaces; closes ingress"
      ),
      (
        "GlobalNetworkPolicy", "{selector: projectcalico.org/namespace == 'a' && pcns.team == 'b'}",
        "pods with namespace=a,namespace label team=b in all namespaces; closes ingress"
      ),
      (
        "GlobalNetworkPolicy", "{selector: projectcalico.org/orchestrator == 'openstack' || has(app)}",
        "pods with app in all namespaces; closes ingress"
      ),
    ])
  func subjects(_ kind: String, _ spec: String, _ text: String) {
    #expect(subject(kind, spec) == [text])
  }

  @Test(
    "rules",
    arguments: [
      ("{action: Allow}", "ingress[0] allow: anyone | all ports"),
      ("{action: Deny, protocol: TCP}", "ingress[0] deny: anyone | TCP all ports"),
      ("{action: Pass, protocol: ICMP}", "ingress[0] pass: anyone | ICMP"),
      ("{action: Log, protocol: 47}", "ingress[0] log: anyone | protocol 47"),
      (
        "{action: Allow, notProtocol: UDP}",
        "ingress[0] allow: anyone | TCP all ports, SCTP all ports, other protocols"
      ),
      (
        "{action: Allow, protocol: ICMPv6, icmp: {type: 128}}", "ingress[0] allow: anyone | ICMPv6 type 128"
      ),
      (
        "{action: Allow, protocol: ICMP, notICMP: {type: 3, code: 1}}",
        "ingress[0] allow: anyone | ICMP but type 3 code 1"
      ),
      (
        "{action: Allow, protocol: TCP, destination: {ports: [80, '90:91', http], notPorts: [90]}}",
        "ingress[0] allow: anyone | TCP 80 except 90, TCP 90-91 except 90, TCP http except 90"
      ),
      (
        "{action: Allow, destination: {ports: [http]}}",
        "ingress[0] allow: anyone | TCP http, UDP http, SCTP http"
      ),
      (
        "{action: Allow, protocol: UDP, source: {ports: [53]}, destination: {ports: [54]}}",
        "ingress[0] allow: anyone | UDP 54 | from UDP 53"
      ),
      ("{action: Allow, ipVersion: 6}", "ingress[0] allow: any IPv6 address | all ports"),
      ("{action: Allow, source: {nets: [10.0.0.0/8]}}", "ingress[0] allow: 10.0.0.0/8 | all ports"),
      (
        "{action: Allow, source: {nets: [10.0.0.0/8], notNets: [10.1.0.0/16]}}",
        "ingress[0] allow: 10.0.0.0/8 except 10.1.0.0/16 | all ports"
      ),
      (
        "{action: Allow, source: {notNets: [10.1.0.0/16]}}",
        "ingress[0] allow: not 10.1.0.0/16 and any IPv4 address | all ports"
      ),
      (
        "{action: Allow, source: {selector: app == 'a'}}",
        "ingress[0] allow: pods with app=a in namespace shop | all ports"
      ),
      (
        "{action: Allow, source: {selector: app == 'a', nets: [10.0.0.0/8]}}",
        "ingress[0] allow: pods with app=a in namespace shop and 10.0.0.0/8 | all ports"
      ),
      (
        "{action: Allow, source: {notSelector: app == 'a'}}",
        "ingress[0] allow: all pods in namespace shop and not pods with app=a in all namespaces | all ports"
      ),
      (
        "{action: Allow, source: {namespaceSelector: projectcalico.org/name == 'a'}}",
        "ingress[0] allow: all pods in namespace a | all ports"
      ),
      ("{action: Allow, source: {namespaceSelector: global()}}", "ingress[0] allow: nobody | all ports"),
      (
        "{action: Allow, source: {serviceAccounts: {names: [a, b]}}}",
        "ingress[0] allow: pods with service account in (a,b) in namespace shop | all ports"
      ),
      (
        "{action: Allow, destination: {selector: app == 'a'}}",
        "ingress[0] allow: anyone | all ports | subject pods with app=a in namespace shop"
      ),
      (
        "{action: Allow, protocol: TCP, http: {methods: [GET, HEAD], paths: [{exact: /a}, {prefix: /b}]}}",
        "ingress[0] allow: anyone | TCP all ports | HTTP GET or HEAD /a or /b*"
      ),
    ])
  func rules(_ rule: String, _ text: String) {
    #expect(ingress(rule) == [text])
  }

  @Test("source ports that are excluded need a rule of their own for protocols without ports")
  func excludedSourcePorts() {
    #expect(
      ingress("{action: Allow, source: {notPorts: [http]}}") == [
        "ingress[0] allow: anyone | all ports | from TCP all ports except http, UDP all ports except http, SCTP all ports except http",
        "ingress[0] allow: anyone | other protocols",
      ])
  }

  @Test("a global rule with only a notSelector means everything else")
  func globalNotSelector() {
    #expect(
      ingress("{action: Allow, source: {notSelector: app == 'a'}}", in: "GlobalNetworkPolicy") == [
        "ingress[0] allow: not pods with app=a in all namespaces | all ports"
      ])
  }

  @Test("network sets are their nets, host endpoints their expected addresses")
  func sets() {
    let others = [
      calico("NetworkSet", "shop/s", labels: "app: a", "{nets: [192.0.2.0/24]}"),
      calico("GlobalNetworkSet", "g", labels: "app: a", "{nets: ['2001:db8::/32', 192.0.2.1]}"),
      calico(
        "HostEndpoint", "h", labels: "app: a",
        "{node: n1, interfaceName: '*', expectedIPs: [192.168.0.1], profiles: [projectcalico-default-allow]}"),
    ].joined(separator: "\n---\n")
    let source = "{action: Allow, source: {selector: app == 'a'}}"
    #expect(
      ingress(source, others).filter { $0.hasPrefix("ingress[0]") } == [
        "ingress[0] allow: pods with app=a in namespace shop or 192.0.2.0/24 | all ports"
      ])
    #expect(
      ingress(source, in: "GlobalNetworkPolicy", others).filter { $0.hasPrefix("ingress[0]") } == [
        "ingress[0] allow: pods with app=a in all namespaces or 192.0.2.0/24 or 2001:db8::/32 or 192.0.2.1/32 or 192.168.0.1/32 | all ports"
      ])
  }
}
