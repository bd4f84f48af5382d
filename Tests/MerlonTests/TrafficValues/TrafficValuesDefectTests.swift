import Merlon
import Testing

/// AUTHORING.md B4: where a chart that renders one list for four engines gets it wrong, and what is right.
@Suite("Defects of a chart with four engines")
struct TrafficValuesDefectTests {
  typealias Values = ControllerValues
  private static let deny = "defaultDeny: {enabled: true, order: 2000}"

  @Test("B4-1: every priority of a ClusterNetworkPolicy is one, and the closing comes after what allows")
  func priorities() throws {
    let values = try Values.read(Self.deny)
    let rendering = try Values.render(values, .clusterNetworkPolicy)
    #expect(!rendering.yaml.contains("2000"))
    let warning = try #require(values.check(.clusterNetworkPolicy).first { $0.code == "unused-knob" })
    #expect(warning.severity == .warning)
    #expect(warning.location == "values.yaml:14:39")
    #expect(warning.message.contains("priority is 0 to 1000, and 2000 would be refused"))
    #expect(try rendering.prove().holds)
  }

  @Test("B4-1: numbers that could be, and that nothing depends on, are noted", arguments: [500, 1000])
  func possiblePriorities(_ number: Int) throws {
    let values = try Values.read("clusterNetworkPolicy: {priority: \(number)}")
    let note = try #require(values.check(.clusterNetworkPolicy).first { $0.code == "unused-knob" })
    #expect(note.severity == .note)
    #expect(!values.check(.kubernetes).contains { $0.code == "unused-knob" })
  }

  @Test("B4-2, B4-4: default deny denies in every engine", arguments: Dialect.allCases)
  func defaultDeny(_ dialect: Dialect) throws {
    let rendering = try Values.render(try Values.read(Self.deny), dialect)
    #expect(try rendering.prove().holds, "\(rendering.yaml)")
    let cluster = try rendering.evaluate()
    let neighbour = Pods(["app": "neighbour"], in: Namespaces(stringLiteral: Values.namespace))
    #expect(cluster.denies(Values.anybody, to: neighbour, .tcp(80)), "\(rendering.yaml)")
    #expect(cluster.allows(neighbour, to: Values.anybody, .tcp(80)))
    if dialect == .cilium { #expect(rendering.yaml.contains("ingress:\n    - {}")) }
  }

  @Test("B4-3: the list alone closes the workload for all else", arguments: Dialect.allCases)
  func closing(_ dialect: Dialect) throws {
    let rendering = try Values.render(try Values.read("metrics: {from: []}"), dialect)
    let cluster = try rendering.evaluate()
    #expect(cluster.denies(Values.anybody, to: Values.controller, .tcp(1234)), "\(rendering.yaml)")
    #expect(cluster.allows(Values.anybody, to: Values.controller, .tcp(9443)))
    #expect(try rendering.prove().holds)
  }

  @Test("B4-4: what a ClusterNetworkPolicy cannot deny is an error, until it is accepted by its name")
  func outside() throws {
    let values = try Values.read(Self.deny)
    let problems = #expect(throws: Problems.self) { try values.render(.clusterNetworkPolicy) }
    #expect(problems?.all.map(\.code).contains("outside-ingress") ?? false)
    #expect(problems?.all.first?.message.contains("from nodes and from outside the cluster") ?? false)
    let rendering = try Values.render(values, .clusterNetworkPolicy)
    #expect(rendering.losses.allSatisfy { $0.name == "outside-ingress" && $0.widens })
    let egress = try Values.read("egress: {enabled: true, dns: false}")
    let closed = try Values.render(egress, .clusterNetworkPolicy).evaluate()
    #expect(closed.denies(Values.controller, to: .cidr("203.0.113.9/32"), .tcp(443)))
  }

  @Test("B4-5: a rule of one engine that narrows nothing, and one that widens, are said to")
  func passthrough() throws {
    let inert = try Values.read(
      """
      cilium:
        ingress:
          - fromEndpoints: [{matchLabels: {app: flagger}}]
            toPorts: [{ports: [{port: "8082", protocol: TCP}]}]
      """)
    #expect(try inert.render(.cilium).passthrough.map(\.effect) == [.none])
    let wide = try Values.read("cilium: {ingress: [{fromEndpoints: [{matchLabels: {app: flagger}}]}]}")
    let rendering = try wide.render(.cilium)
    #expect(rendering.passthrough.map(\.effect) == [.widens])
    #expect(rendering.passthrough[0].description.hasPrefix("networkPolicy.cilium.ingress[0] widens: stages/"))
    #expect(rendering.yaml.contains("app: flagger"))
    let certificate = try rendering.prove()
    #expect(certificate.holds, "\(certificate)")
    #expect(certificate.description.contains("but for   passthrough: networkPolicy.cilium.ingress[0] widens"))
  }

  @Test("B4-6: `from` counts in every engine", arguments: Dialect.allCases)
  func from(_ dialect: Dialect) throws {
    let values = try Values.read(
      """
      metrics:
        from:
          - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}
            podSelector: {matchLabels: {app: prometheus}}
      """)
    let rendering = try Values.render(values, dialect)
    let cluster = try rendering.evaluate()
    #expect(cluster.allows(Values.prometheus, to: Values.controller, .tcp(8080)))
    #expect(cluster.denies(Values.anybody, to: Values.controller, .tcp(8080)), "\(rendering.yaml)")
    #expect(try rendering.prove().holds)
  }

  @Test("B4-6: `egress.to` counts in every engine", arguments: Dialect.allCases)
  func egress(_ dialect: Dialect) throws {
    let values = try Values.read(
      """
      egress:
        enabled: true
        to:
          - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: flux-system}}}]
            ports: [{port: 80}]
          - to: [{ipBlock: {cidr: 203.0.113.0/24}}]
            ports: [{port: 443}]
      """, settings: "merlon: {cluster: {podCIDRs: [10.0.0.0/8], nodeCIDRs: [192.168.0.0/16]}}")
    let rendering = try Values.render(values, dialect)
    let cluster = try rendering.evaluate()
    #expect(cluster.allows(Values.controller, to: Pods(["a": "b"], in: "flux-system"), .tcp(80)))
    #expect(cluster.allows(Values.controller, to: .cidr("203.0.113.9/32"), .tcp(443)), "\(rendering.yaml)")
    #expect(cluster.denies(Values.controller, to: .cidr("203.0.113.9/32"), .tcp(80)))
    #expect(cluster.denies(Values.controller, to: Values.anybody, .tcp(80)))
    #expect(try rendering.prove().holds)
  }

  @Test("B4-6: `additionalIngress` counts in every engine, and what one cannot say is refused")
  func additionalIngress() throws {
    let pods = try Values.read(
      "additionalIngress: [{from: [{podSelector: {matchLabels: {app: neighbour}}}], ports: [{port: 1234}]}]")
    for dialect in Dialect.allCases {
      let cluster = try Values.render(pods, dialect).evaluate()
      let neighbour = Pods(["app": "neighbour"], in: Namespaces(stringLiteral: Values.namespace))
      #expect(cluster.allows(neighbour, to: Values.controller, .tcp(1234)), "\(dialect)")
      #expect(cluster.denies(Values.anybody, to: Values.controller, .tcp(1234)), "\(dialect)")
    }
    let block = try Values.read("additionalIngress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}]")
    let problems = #expect(throws: Problems.self) { try Values.render(block, .clusterNetworkPolicy) }
    #expect(problems?.all.map(\.code) == ["ingress-blocks"])
    #expect(problems?.all.first?.location?.hasPrefix("values.yaml:14:") ?? false)
  }

  @Test("B4-7: in Calico nothing that closes stands before what allows, and no order is needed")
  func calicoOrder() throws {
    let values = try Values.read(Self.deny)
    let rendering = try values.render(.calico)
    #expect(!rendering.yaml.contains("order:"))
    #expect(!rendering.yaml.contains("Deny"))
    #expect(try rendering.evaluate().allows(Values.anybody, to: Values.controller, .tcp(9443)))
    let note = try #require(values.check(.calico).first { $0.code == "unused-knob" })
    #expect(note.severity == .note)
    #expect(note.message.contains("which policy must come before which is computed"))
  }

  @Test("B4-8: egress without any rule is closed in every engine", arguments: Dialect.allCases)
  func closedEgress(_ dialect: Dialect) throws {
    let rendering = try Values.render(try Values.read("egress: {enabled: true, dns: false}"), dialect)
    let cluster = try rendering.evaluate()
    for peer in [Peer.cidr("203.0.113.9/32"), .pods(Values.anybody), .pods(Values.resolver)] {
      #expect(cluster.denies(Values.controller, to: peer, .udp(53)), "\(peer)\n\(rendering.yaml)")
    }
    #expect(!rendering.yaml.contains("null"))
    #expect(try rendering.prove().holds)
  }

  @Test("B4-9: DNS means the same in every engine", arguments: Dialect.allCases)
  func dns(_ dialect: Dialect) throws {
    let rendering = try Values.render(
      try Values.read("egress: {enabled: true, dnsNamespace: names}"), dialect)
    let cluster = try rendering.evaluate()
    let resolver = Pods(["k8s-app": "whatever"], in: "names")
    #expect(cluster.allows(Values.controller, to: resolver, [.udp(53), .tcp(53)]), "\(rendering.yaml)")
    #expect(cluster.denies(Values.controller, to: resolver, .tcp(80)))
    #expect(cluster.denies(Values.controller, to: Values.resolver, .udp(53)))
    #expect(cluster.denies(Values.controller, to: .cidr("203.0.113.9/32"), .udp(53)))
    #expect(!rendering.yaml.contains("matchPattern"))
  }

  @Test("B4-9: how far the DNS rule reaches is said, until the values say what answers")
  func dnsReach() throws {
    let wide = try Values.read("egress: {enabled: true, apiServer: true}")
    #expect(wide.check().summaries.contains("warning values.yaml:14:11 dns-reach"))
    let exact = try Values.read(
      "egress: {enabled: true, apiServer: true}", settings: "merlon: {cluster: {dns: kube-dns}}")
    #expect(!exact.check().contains { $0.code == "dns-reach" })
    let cluster = try exact.intent.evaluate()
    #expect(cluster.allows(Values.controller, to: Values.resolver, .udp(53)))
    #expect(cluster.denies(Values.controller, to: Pods(["a": "b"], in: "kube-system"), .udp(53)))
  }

  @Test("B4-10: a rule for the API server on its Service's port is no rule for it")
  func apiServerPort() throws {
    func check(_ port: Int, _ cluster: String, _ dialect: Dialect = .kubernetes) throws -> [Problem] {
      try Values.read(
        """
        egress:
          enabled: true
          to: [{to: [{ipBlock: {cidr: 10.0.0.5/32}}], ports: [{port: \(port)}]}]
        """, settings: cluster
      ).check(dialect).filter { $0.code == "cuts-need" }
    }
    let known = "merlon: {cluster: {apiServer: [\"10.0.0.5:6443\"]}}"
    let wrong = try check(443, known)
    #expect(wrong.map(\.location) == ["values.yaml:15:14"])
    #expect(wrong.first?.message.contains("answers at 10.0.0.5:6443 behind its Service") ?? false)
    #expect(try check(6443, known).isEmpty)
    #expect(try check(6443, known, .cilium).first?.fix == "write apiServer: true in `networkPolicy.egress`")
    #expect(try check(443, "").first?.message.contains("is not known") ?? false)
  }

  @Test("B4-10: the API server by its name, in every engine", arguments: Dialect.allCases)
  func apiServer(_ dialect: Dialect) throws {
    let values = try Values.read(
      "egress: {enabled: true, apiServer: true}",
      settings: "merlon: {cluster: {apiServer: [\"192.168.0.5:6443\"], nodeCIDRs: [192.168.0.0/16]}}")
    #expect(!values.check(dialect).contains { $0.code == "cuts-need" })
    let rendering = try Values.render(values, dialect)
    #expect(try rendering.evaluate().allows(Values.controller, to: .apiServer, .tcp(6443)))
    #expect(try rendering.prove().holds)
    if dialect == .cilium { #expect(rendering.yaml.contains("kube-apiserver")) }
  }

  @Test("B4-11: what only probes need is open to nobody else, unless the values say so")
  func health() throws {
    let closed = try Values.read("metrics: {from: []}")
    #expect(closed.check().contains { $0.code == "probe-port" && $0.severity == .note })
    for dialect in Dialect.allCases {
      let cluster = try Values.render(closed, dialect).evaluate()
      #expect(cluster.denies(Values.anybody, to: Values.controller, .tcp(8081)), "\(dialect)")
    }
    let open = try Values.read("health: {from: []}")
    #expect(!open.check().contains { $0.code == "probe-port" })
    #expect(try open.intent.evaluate().allows(Values.anybody, to: Values.controller, .tcp(8081)))
  }

  @Test("B4-12: that a NetworkPolicy would be asked first is in the certificate")
  func otherPolicies() throws {
    let values = try Values.read("metrics: {from: []}")
    let certificate = try Values.render(values, .clusterNetworkPolicy).prove()
    #expect(certificate.description.contains("no NetworkPolicy selects the pods of these policies"))
  }
}
