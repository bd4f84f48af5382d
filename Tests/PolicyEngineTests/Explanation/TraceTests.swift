import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@Suite("Traces")
struct TraceTests {
  /// Lines are counted in the tests: this comes first in the input.
  private let rules = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      namespace: shop
      name: db
    spec:
      podSelector: {matchLabels: {app: db}}
      ingress:
      - from:
        - podSelector: {matchLabels: {app: webs}}
        - namespaceSelector: {matchLabels: {team: ops}}
          podSelector: {matchExpressions: [{key: tier, operator: Exists}]}
        ports:
        - port: 5432
      - from:
        - ipBlock:
            cidr: 10.1.0.0/16
            except: [10.1.0.0/24]
        - ipBlock: {cidr: 'fd00::/8'}
        - ipBlock: {cidr: 172.16.0.0/12}
      - ports:
        - port: pg
        - port: metrics
        - protocol: UDP
        - port: 8000
          endPort: 8100
    """

  private func world(_ more: String...) -> WorldFixture {
    WorldFixture(
      [
        rules, namespace("shop", "team: shop"), node("n1", "192.168.0.1"),
        pod("shop/web", "app: web", ip: "10.1.0.1", on: "n1"),
        pod(
          "shop/db", "app: db", ip: "10.1.0.2", on: "n1",
          "containers: [{ports: [{name: pg, containerPort: 5432}]}]"),
      ] + more)
  }

  private func trace(_ line: String, in world: WorldFixture) throws -> Trace {
    let verdict = try world.verdict(line)
    #expect(verdict.traces.count == 1)
    return try #require(verdict.traces.first)
  }

  @Test("every rule is tried, and says why it fails, with its line")
  func denied() throws {
    let trace = try trace("shop/web -> shop/db tcp/80", in: world())
    #expect(!trace.isAllowed)
    #expect(trace.egress.text == "egress allowed: noPolicy")
    #expect(
      trace.ingress.text == """
        ingress denied: rules
        NetworkPolicy shop/db at world.yaml:5
          ingress[0]:9 fails: peer:10 pod wants app=webs, has web, \
        peer:11 namespace label team=ops wanted of the namespace, has shop and pod wants tier, has none, port:14 number
          ingress[1]:15 fails: peer:16 insideExcept 10.1.0.0/24, peer:19 otherFamily, peer:20 outsideBlock
          ingress[2]:21 fails: port:22 nameIs([5432]), port:23 nameNotDeclared, port:24 transport, port:25 number
        """)
  }

  @Test("the rule that matches is named, and so are the others")
  func allowed() throws {
    let trace = try trace("shop/web -> shop/db tcp/5432", in: world())
    #expect(trace.isAllowed)
    #expect(trace.ingress.isAllowed)
    let matching = trace.ingress.policies.flatMap(\.rules).filter(\.isMatch)
    #expect(matching.map(\.rule.path) == ["ingress[2]"])
    #expect(trace.ingress.text.contains("ingress[2]:21 matches: port:22 matches, port:23 nameNotDeclared"))
  }

  @Test("a peer that matches does not help a port that does not")
  func peerWithoutPort() throws {
    let open = policy(
      "shop/db",
      "podSelector: {matchLabels: {app: db}}\ningress: [{from: [{podSelector: {}}], ports: [{port: 81}]}]")
    let trace = try trace("shop/web -> shop/db tcp/80", in: WorldFixture.shop(open))
    let rule = try #require(trace.ingress.policies.first?.rules.first)
    #expect(rule.peersMatch)
    #expect(!rule.portsMatch)
    #expect(!rule.isMatch)
  }

  @Test("a selector of the own namespace names it")
  func otherNamespace() throws {
    let world = WorldFixture.shop(
      policy("shop/p", "podSelector: {}\ningress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]"))
    let trace = try trace("data/job -> shop/db tcp/80", in: world)
    #expect(trace.ingress.text.contains("namespace wants name shop and pod wants app=web, has job"))
  }

  @Test("addresses and nodes are no pods")
  func notAPod() throws {
    let trace = try trace("203.0.113.5 -> shop/db tcp/80", in: world())
    #expect(trace.egress.text == "egress allowed: notPoliced")
    #expect(trace.ingress.text.contains("ingress[0]:9 fails: peer:10 notAPod, peer:11 notAPod"))
    #expect(trace.ingress.text.contains("ingress[1]:15 fails: peer:16 outsideBlock"))
  }

  @Test("a named port of an outside address: the destination is no pod")
  func namedPortOutside() throws {
    let world = WorldFixture.shop(
      policy("shop/p", "podSelector: {}\npolicyTypes: [Egress]\negress: [{ports: [{port: http}]}]"))
    let trace = try trace("shop/web -> 203.0.113.5 tcp/80", in: world)
    #expect(trace.egress.text.contains("destinationIsNoPod"))
  }

  @Test("a pod without an address has none for a block")
  func noAddress() throws {
    let waiting = pod("shop/waiting", "app: waiting", status: "phase: Pending")
    let trace = try trace("shop/waiting -> shop/db tcp/80", in: world(waiting))
    #expect(trace.ingress.text.contains("peer:16 noAddress"))
  }

  @Test("what needs no rule says so")
  func bases() throws {
    let world = world(policy("shop/out", "podSelector: {}\npolicyTypes: [Egress]"))
    #expect(try trace("node/n1 -> shop/db tcp/80", in: world).ingress.text == "ingress allowed: ownNode")
    #expect(try trace("shop/db -> self tcp/80", in: world).egress.text == "egress allowed: samePod")
    #expect(try trace("shop/db -> self tcp/80", in: world).ingress.text == "ingress allowed: samePod")
    let closed = try trace("shop/db -> shop/web tcp/80", in: world).egress
    #expect(closed.isDecidedByRules)
    #expect(closed.policies.map(\.policy.identity.description) == ["NetworkPolicy shop/out"])
  }

  @Test("all policies that isolate are listed, in the order of their names")
  func severalPolicies() throws {
    let world = WorldFixture.shop(policy("shop/b", "podSelector: {}"), policy("shop/a", "podSelector: {}"))
    let trace = try trace("shop/web -> shop/db tcp/80", in: world)
    #expect(trace.ingress.policies.map(\.policy.identity.name) == ["a", "b"])
    #expect(trace.ingress.policies.map(\.rules.count) == [0, 0])
  }

  // MARK: - Undefined

  @Test("undefined has a trace that allows and one that denies, each with what it assumes")
  func undefined() throws {
    let world = WorldFixture.shop(policy("shop/p", "podSelector: {}\npolicyTypes: [Egress]"))
    let verdict = try world.verdict("shop/web -> node/n1 tcp/80")
    #expect(verdict.traces.map(\.isAllowed) == [true, false])
    #expect(
      verdict.traces.map(\.situation.assumptions) == [[.ownNode(.exempt)], [.ownNode(.policed)]])
    #expect(verdict.traces[0].egress.text == "egress allowed: ownNode")
  }

  @Test("an unknown address is assumed to be one that decides")
  func assumedAddress() throws {
    let world = WorldFixture.shop(
      workload("Deployment", "shop/api", "app: api"),
      policy(
        "shop/p", "podSelector: {matchLabels: {app: db}}\ningress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]")
    )
    let assumptions = try world.verdict("shop/api -> shop/db tcp/80").traces.map(\.situation.assumptions)
    let inside = try #require(IPAddress("10.0.0.0"))
    let outside = try #require(IPAddress("100.64.0.0"))
    #expect(assumptions == [[.sourceAddress(inside)], [.sourceAddress(outside)]])
  }

  @Test("the replica that decides is named")
  func assumedReplica() throws {
    let world = WorldFixture.shop(
      workload("Deployment", "shop/api", "app: api"),
      pod("shop/api-1", "app: api", ip: "10.1.0.11", owner: "Deployment/api"),
      pod("shop/api-2", "app: api, closed: 'true'", ip: "10.1.0.12", owner: "Deployment/api"),
      policy("shop/p", "podSelector: {matchLabels: {closed: 'true'}}"))
    let names = try world.verdict("shop/web -> shop/api tcp/80").traces.map { trace in
      trace.situation.destination.endpoint.map { world.world.endpoints[$0].name }
    }
    #expect(names == ["api-1", "api-2"])
  }

  @Test("the other readings are named: host network, node, port names, other protocols")
  func assumedReadings() throws {
    let agent = pod("shop/agent", "app: agent", ip: "192.168.0.1", on: "n1", "hostNetwork: true")
    let ports = """
      containers:
      - ports: [{name: http, containerPort: 80}]
      - ports: [{name: http, containerPort: 81}]
      """
    let world = WorldFixture.shop(
      agent, pod("shop/lost", "app: lost", ip: "10.1.0.9", ports),
      policy("shop/p", "podSelector: {}\ningress: [{ports: [{port: http}]}]"))
    func assumptions(_ line: String) throws -> [[Assumption]] {
      try world.verdict(line).traces.map(\.situation.assumptions)
    }
    #expect(
      try assumptions("data/job -> shop/agent tcp/80") == [[.hostNetwork(.asNodes)], [.hostNetwork(.asPods)]])
    #expect(
      try assumptions("node/n1 -> shop/lost tcp/82") == [
        [.sameNode(true), .portNames(.first)], [.sameNode(false), .portNames(.first)],
      ])
    #expect(try assumptions("data/job -> shop/lost tcp/81") == [[.portNames(.all)], [.portNames(.first)]])
    #expect(
      try assumptions("data/job -> shop/web icmp/8") == [
        [.otherProtocols(.open)], [.otherProtocols(.closed)],
      ])
  }

  @Test("a Service: which backend, which port, and what blocks see")
  func service() throws {
    let world = WorldFixture.shop(
      PolicyEngineTests.service(
        "shop/db", "clusterIP: 10.96.0.1\nselector: {app: db}\nports: [{port: 80, targetPort: 5432}]"),
      policy(
        "shop/p",
        "podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress: [{to: [{ipBlock: {cidr: 10.1.0.0/16}}]}]"
      ))
    let traces = try world.verdict("shop/web -> service/shop/db tcp/80").traces
    let backend = try #require(world.world.endpoints.firstIndex { $0.name == "db" })
    let common: [Assumption] = [
      .destinationIs(endpoint: backend), .servicePort(service: 0, from: 80, to: 5432),
    ]
    #expect(
      traces.map(\.situation.assumptions) == [
        common + [.blocksSeeServiceAddress(false)], common + [.blocksSeeServiceAddress(true)],
      ])
    #expect(traces.map(\.situation.traffic) == [.port(.tcp, 5432), .port(.tcp, 5432)])
  }

  @Test("no assumption without a choice")
  func noAssumption() throws {
    let trace = try trace("shop/web -> shop/db tcp/80", in: world())
    #expect(trace.situation.assumptions.isEmpty)
  }
}
