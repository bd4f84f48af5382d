internal import Kubernetes
internal import Nftables
internal import NftablesSemantics
internal import PolicyEngine
internal import PolicyModel
internal import Testing

@testable internal import RandomWorlds
@testable internal import Staging

@Suite("Programs of staging networks")
struct StagedPoliciesTests {
  @Test("the source's egress, then the destination's ingress; both must allow")
  func text() {
    let cluster = StagedCluster(
      yaml: Self.shop + """
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: db, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: db}}
          ingress:
            - from: [{podSelector: {matchLabels: {app: web}}}]
              ports: [{port: 5432}, {port: 8000, endPort: 8100, protocol: UDP}]
        """)
    let chain = cluster.policies.program.chains.map(\.name.text).first { $0.hasPrefix("into_") } ?? ""
    #expect(
      cluster.policies.program.text == """
        table inet staging {
          counter allowed {
          }

          counter denied {
          }

          map destinations4 {
            type ipv4_addr : verdict
            elements = { 10.1.0.1 : goto allowed, 10.1.0.2 : goto \(chain), 10.1.0.3 : goto allowed }
          }

          map destinations6 {
            type ipv6_addr : verdict
          }

          map sources4 {
            type ipv4_addr : verdict
            elements = { 10.1.0.1 : goto inbound, 10.1.0.2 : goto inbound, 10.1.0.3 : goto inbound }
          }

          map sources6 {
            type ipv6_addr : verdict
          }

          chain allowed {
            counter name allowed accept
          }

          chain denied {
            counter name denied
            drop
          }

          # tier NetworkPolicy, ingress
          chain \(chain) {
            ip saddr 10.1.0.1 meta l4proto tcp th dport 5432 goto allowed comment "NetworkPolicy shop/db ingress_0_"
            ip saddr 10.1.0.1 meta l4proto udp th dport 8000-8100 goto allowed comment "NetworkPolicy shop/db ingress_0_"
            goto denied
          }

          # what the source may send, now the policies on the destination
          chain inbound {
            ip daddr vmap @destinations4
            ip6 daddr vmap @destinations6
            drop
          }

          # every packet between two pods, first the policies on the source
          chain forward {
            type filter hook forward priority 0; policy drop;
            ct state established,related accept
            ip saddr vmap @sources4
            ip6 saddr vmap @sources6
            drop
          }
        }

        """)
  }

  @Test(
    "nft accepts the programs of random worlds",
    .enabled(if: Nft.obstacle == nil, "nft and network namespaces are needed"),
    arguments: ReferenceWorld.Engine.allCases)
  func accepted(engine: ReferenceWorld.Engine) {
    for seed: UInt64 in 500..<520 {
      let yaml = RandomWorld(seed: seed, engine: engine).world.yaml()
      let cluster = StagedCluster(yaml: yaml, engine.profile, denial: seed % 2 == 0 ? .silent : .told)
      let text = cluster.policies.program.text
      #expect(cluster.policies.program.faults.isEmpty)
      #expect(Nft.refusal(of: text) == nil, "seed \(seed)\n\(text)")
    }
  }

  @Test("pods under the same policies share their chains")
  func sharedChains() {
    let cluster = StagedCluster(
      yaml: Self.shop + """
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: all, namespace: shop}
        spec: {podSelector: {}, ingress: [{from: [{podSelector: {}}]}], policyTypes: [Ingress, Egress]}
        """)
    // The egress of both closes everything, and needs no chain.
    #expect(cluster.policies.program.chains.count { $0.name.text.hasPrefix("into_") } == 1)
    #expect(cluster.policies.program.chains.count { $0.name.text.hasPrefix("out_") } == 0)
    #expect(cluster.policies.program.maps.contains { $0.elements.contains { $0.verdict == .goto("denied") } })
  }

  @Test("a port name in an egress rule is the number of each destination")
  func namedPorts() {
    let cluster = StagedCluster(
      yaml: Self.shop + """
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: web}}
          egress: [{to: [{namespaceSelector: {}}], ports: [{port: data}]}]
          policyTypes: [Egress]
        """)
    #expect(cluster.isAllowed("shop/web", "shop/db", 5432) == true)
    #expect(cluster.isAllowed("shop/web", "shop/db", 6432) == false)
    #expect(cluster.isAllowed("shop/web", "ops/tool", 6432) == true)
    #expect(cluster.isAllowed("shop/web", "ops/tool", 5432) == false)
  }

  @Test("packets of connections follow the first one; addresses of no pod are dropped")
  func followingPackets() throws {
    let cluster = StagedCluster(
      yaml: Self.closedShop)
    let interpreter = ProgramInterpreter(cluster.policies.program)
    let web = try #require(IPAddress("10.1.0.1"))
    let stranger = try #require(IPAddress("203.0.113.1"))
    func isAccepted(_ source: IPAddress, _ destination: IPAddress, _ state: ConnectionState) -> Bool {
      var packet = TracedPacket.opening(
        source, destination, .tcp(sourcePort: 80, destinationPort: 40000, .ack))
      packet.connection?.state = state
      return interpreter.outcome(of: packet, at: .forward).isAccepted
    }
    let tool = try #require(IPAddress("10.1.0.3"))
    #expect(isAccepted(tool, web, .established))
    #expect(isAccepted(tool, web, .related))
    #expect(!isAccepted(tool, web, .new))
    #expect(isAccepted(web, tool, .new))
    #expect(!isAccepted(stranger, tool, .new))
    #expect(!isAccepted(tool, stranger, .new))
  }

  @Test("what no pod can be is reported with its place, and matches no pod")
  func inexpressible() {
    let cluster = StagedCluster(
      yaml: Self.shop + """
        ---
        apiVersion: cilium.io/v2
        kind: CiliumNetworkPolicy
        metadata: {name: web, namespace: shop}
        spec:
          endpointSelector: {matchLabels: {app: web}}
          egress:
            - toEntities: [world]
            - toFQDNs: [{matchName: api.example.com}]
            - toEndpoints: [{matchLabels: {app: db}}]
              toPorts: [{ports: [{port: "5432", protocol: TCP}], rules: {http: [{method: GET}]}}]
        """, .cilium)
    let found = cluster.policies.inexpressible
    #expect(found.map(\.reason).contains(.noSuchEnd("everything outside the cluster")))
    #expect(found.map(\.reason).contains(.noSuchEnd("api.example.com")))
    #expect(
      found.contains {
        if case .looksInsideConnections(let rules) = $0.reason { rules == ["HTTP GET"] } else { false }
      })
    #expect(found.allSatisfy { $0.policy.name == "web" && $0.location.line > 20 && $0.path != nil })
    #expect(found.map(\.location) == found.map(\.location).sorted())
    #expect(cluster.isAllowed("shop/web", "shop/db", 5432) == true)
    #expect(cluster.isAllowed("shop/web", "ops/tool", 5432) == false)
  }

  @Test("refusals tell the sender", arguments: [StagedPolicies.Denial.silent, .told])
  func denial(_ denial: StagedPolicies.Denial) throws {
    let cluster = StagedCluster(
      yaml: Self.closedShop, denial: denial)
    let flow = try #require(cluster.flow("ops/tool", "shop/web", .port(.tcp, 80)))
    let fate = try #require(cluster.outcome(flow)?.fate)
    #expect(fate == (denial == .silent ? .dropped : .rejected(.tcpReset)))
    let datagram = try #require(cluster.flow("ops/tool", "shop/web", .port(.udp, 80)))
    let other = try #require(cluster.outcome(datagram)?.fate)
    #expect(other == (denial == .silent ? .dropped : .rejected(.administrativelyProhibited)))
  }

  /// Nothing may connect to the pods of namespace shop.
  static let closedShop =
    shop + """
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: all, namespace: shop}
      spec: {podSelector: {}}
      """

  static let shop = """
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop, labels: {app: web}}
    spec: {containers: []}
    status: {phase: Running, podIPs: [{ip: 10.1.0.1}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: db, namespace: shop, labels: {app: db}}
    spec: {containers: [{ports: [{name: data, containerPort: 5432}]}]}
    status: {phase: Running, podIPs: [{ip: 10.1.0.2}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: tool, namespace: ops, labels: {app: tool}}
    spec: {containers: [{ports: [{name: data, containerPort: 6432}]}]}
    status: {phase: Running, podIPs: [{ip: 10.1.0.3}]}

    """
}

extension StagedCluster {
  /// By the first address of the first pods of these names.
  func flow(_ source: String, _ destination: String, _ traffic: FlowTraffic) -> StagedFlow? {
    func pod(_ name: String) -> Int? {
      pods.pods.firstIndex { world.qualifiedName(world.endpoints[$0.endpoint]) == name }
    }
    guard let from = pod(source), let to = pod(destination) else { return nil }
    return StagedFlow(from: from, to: to, pods.pods[from].addresses[0].family, traffic)
  }

  /// Whether a TCP connection is let through; nil when there are no such pods.
  func isAllowed(_ source: String, _ destination: String, _ port: UInt16) -> Bool? {
    flow(source, destination, .port(.tcp, port)).flatMap { outcome($0)?.isAccepted }
  }
}
