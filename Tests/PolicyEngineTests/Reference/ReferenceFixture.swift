@testable import RandomWorlds

/// A hand-made world for the tests of the reference, and short names for its parts.
///
/// | object | labels | address | node |
/// |---|---|---|---|
/// | shop/web | app: web | 10.1.0.1 | n1 |
/// | shop/db | app: db, tier: back | 10.1.0.2 | n2 |
/// | data/web (namespace team: a) | app: web | 10.1.0.3 | n1 |
/// | nodes n1, n2 | | 192.168.0.1, .2 | |
struct ReferenceFixture {
  var world: ReferenceWorld

  init(_ policies: ReferencePolicy...) {
    world = ReferenceWorld(
      namespaces: [
        ReferenceWorld.Namespace(name: "shop"),
        ReferenceWorld.Namespace(name: "data", labels: ["team": "a"]),
      ],
      pods: [
        Self.pod("shop", "web", ["app": "web"], .v4(10, 1, 0, 1), node: "n1"),
        Self.pod("shop", "db", ["app": "db", "tier": "back"], .v4(10, 1, 0, 2), node: "n2"),
        Self.pod("data", "web", ["app": "web"], .v4(10, 1, 0, 3), node: "n1"),
      ],
      nodes: [
        ReferenceWorld.Node(name: "n1", addresses: [.v4(192, 168, 0, 1)]),
        ReferenceWorld.Node(name: "n2", addresses: [.v4(192, 168, 0, 2)]),
      ],
      policies: policies)
  }

  static func pod(
    _ namespace: String, _ name: String, _ labels: [String: String], _ address: ReferenceAddress?,
    node: String?
  ) -> ReferenceWorld.Pod {
    let status = ReferenceWorld.Status(addresses: address.map { [$0] } ?? [])
    let container = ReferenceWorld.Container(
      name: "main",
      ports: [
        ReferenceWorld.ContainerPort(name: "http", number: 8080),
        ReferenceWorld.ContainerPort(name: "dns", transport: .udp, number: 53),
      ])
    return ReferenceWorld.Pod(
      namespace: namespace, name: name, labels: labels, nodeName: node, containers: [container],
      status: status)
  }

  /// The same world with one of its pods changed.
  func with(
    _ namespace: String, _ name: String, _ change: (inout ReferenceWorld.Pod) -> Void
  ) -> ReferenceFixture {
    var copy = self
    for index in world.pods.indices
    where world.pods[index].namespace == namespace && world.pods[index].name == name {
      change(&copy.world.pods[index])
    }
    return copy
  }

  /// The same world with a Deployment shop/api, `app: api`.
  func withTemplate(hostNetwork: Bool = false) -> ReferenceFixture {
    var copy = self
    copy.world.workloads.append(
      ReferenceWorld.Workload(
        kind: .deployment, namespace: "shop", name: "api", labels: ["app": "api"],
        hostNetwork: hostNetwork, containers: [ReferenceWorld.Container(name: "main")]))
    return copy
  }

  func verdict(
    _ source: ReferenceFlow.End, _ destination: ReferenceFlow.End,
    _ transport: ReferenceProtocol = .tcp, _ port: Int = 80
  ) -> ReferenceVerdict? {
    ReferenceEvaluator(world).verdict(
      source: source, destination: destination, transport: transport, port: port)
  }

  func overall(
    _ source: ReferenceFlow.End, _ destination: ReferenceFlow.End,
    _ transport: ReferenceProtocol = .tcp, _ port: Int = 80
  ) -> ReferenceVerdict.Outcome? {
    verdict(source, destination, transport, port)?.overall
  }
}

extension ReferenceFlow.End {
  static let web = ReferenceFlow.End.pod(namespace: "shop", name: "web")
  static let db = ReferenceFlow.End.pod(namespace: "shop", name: "db")
  static let other = ReferenceFlow.End.pod(namespace: "data", name: "web")
  static let api = ReferenceFlow.End.workload(kind: .deployment, namespace: "shop", name: "api")
  static let n1 = ReferenceFlow.End.node("n1")
  static let n2 = ReferenceFlow.End.node("n2")
  static let outside = ReferenceFlow.End.address(.v4(203, 0, 113, 5))
}

extension ReferencePolicy {
  /// A policy for all pods of `shop`, with these ingress rules.
  static func ingress(_ rules: Rule..., selecting selector: Selector? = nil) -> ReferencePolicy {
    ReferencePolicy(
      namespace: "shop", name: "in", podSelector: selector, policyTypes: [.ingress], ingress: rules)
  }

  /// A policy for all pods of `shop`, with these egress rules.
  static func egress(_ rules: Rule...) -> ReferencePolicy {
    ReferencePolicy(namespace: "shop", name: "out", policyTypes: [.egress], egress: rules)
  }
}

extension ReferencePolicy.Rule {
  static func peers(_ peers: ReferencePolicy.Peer...) -> ReferencePolicy.Rule {
    ReferencePolicy.Rule(peers: peers)
  }

  static func ports(_ ports: ReferencePolicy.Port...) -> ReferencePolicy.Rule {
    ReferencePolicy.Rule(ports: ports)
  }
}

extension ReferencePolicy.Peer {
  static func pods(_ labels: [String: String]) -> ReferencePolicy.Peer {
    ReferencePolicy.Peer(podSelector: ReferencePolicy.Selector(matchLabels: labels))
  }

  static func namespaces(_ labels: [String: String]) -> ReferencePolicy.Peer {
    ReferencePolicy.Peer(namespaceSelector: ReferencePolicy.Selector(matchLabels: labels))
  }

  static func block(
    _ address: ReferenceAddress, _ prefix: Int, except: ReferenceBlock...
  ) -> ReferencePolicy.Peer {
    let cidr = ReferenceBlock(around: address, prefix: prefix)
    return ReferencePolicy.Peer(ipBlock: ReferencePolicy.IPBlock(cidr: cidr, except: except))
  }

  static let anyIPv4 = block(.v4(0, 0, 0, 0), 0)
}
