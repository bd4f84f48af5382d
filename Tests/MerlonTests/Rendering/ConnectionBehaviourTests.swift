import Merlon
import Testing

/// AUTHORING.md A5, `test/pod.test.ts`, connections: 37 behaviours.
@Suite("Connections, as users of cdk8s-plus expect them")
struct ConnectionBehaviourTests {
  private static let web = Shop.web
  private static let db = Shop.db
  private static let redis = Shop.redis
  private static let stranger = Pods(["app": "stranger"], in: "elsewhere")

  private static func pod(_ name: String, _ namespace: String) -> Pods {
    Pods(["app": name], in: .named([namespace]))
  }

  /// A behaviour of two workloads and what is between them.
  private static func behaviour(
    _ name: String, _ flow: Flow..., objects: Int,
    _ flows: [(any PeerConvertible, any PeerConvertible, PortSet, Bool)], has: [String] = [],
    hasNot: [String] = []
  ) -> Behaviour {
    let intent = Intent {
      web
      db
      redis
      flow
    }
    return Behaviour(
      name: name, intent: intent, flows: flows.map { ($0.0, $0.1, $0.2, $0.3) }, has: has,
      hasNot: hasNot, objects: objects)
  }

  static let allowTo = [
    behaviour(
      "can allow to ip block", allow(web, to: .anyIPv4), objects: 1,
      [
        (web, Peer.cidr("8.8.8.8/32"), [.all(.tcp, .udp, .sctp)], true),
        (web, Peer.cidr("2002::1/128"), .tcp(1), false),
      ],
      has: ["policyTypes:\n- Egress"]),
    behaviour(
      "can allow to managed pod", allow(web, to: db, .tcp(4444)), objects: 2,
      [
        (web, db, .tcp(4444), true), (web, db, .tcp(5432), false), (stranger, db, .tcp(4444), false),
        (web, stranger, .tcp(4444), false),
      ]),
    behaviour(
      "can allow to managed workload resource", allow(web, to: db), objects: 2,
      [(web, db, .tcp(5432), true), (web, db, .udp(5432), false)]),
    behaviour(
      "can allow to pods selected", allow(web, to: pod("worker", "shop"), .any), objects: 2,
      [(web, pod("worker", "shop"), .tcp(1), true), (stranger, pod("worker", "shop"), .tcp(1), false)]),
    behaviour(
      "can allow to pods, namespaces by names",
      allow(web, to: Pods(["app": "worker"], in: ["n1", "n2"]), .any),
      objects: 3,
      [
        (web, pod("worker", "n1"), .tcp(1), true), (web, pod("worker", "n2"), .tcp(1), true),
        (web, pod("worker", "n3"), .tcp(1), false), (stranger, pod("worker", "n1"), .tcp(1), false),
      ],
      // The policies in n1 and n2 name the namespace of who connects.
      has: ["kubernetes.io/metadata.name: shop"]),
    behaviour(
      "can allow to all pods", allow(web, to: Pods.all(in: "shop"), .any), objects: 2,
      [(web, db, .tcp(1), true), (stranger, db, .tcp(1), false)], has: ["podSelector: {}"]),
    behaviour(
      "can allow to managed namespace", allow(web, to: .namespaces("data")), objects: 1,
      // Nothing but the caller is closed.
      [(web, redis, .tcp(1), true), (stranger, redis, .tcp(1), true), (web, db, .tcp(5432), false)]),
    behaviour(
      "can allow to namespaces selected by name", allow(web, to: .namespaces(["data", "n1"])), objects: 1,
      [(web, pod("x", "n1"), .tcp(1), true), (web, pod("x", "n2"), .tcp(1), false)]),
    behaviour(
      "can allow to peer across namespaces", allow(web, to: redis), objects: 2,
      [(web, redis, .tcp(6379), true), (pod("web", "data"), redis, .tcp(6379), false)],
      has: ["kubernetes.io/metadata.name: data", "kubernetes.io/metadata.name: shop"]),
    behaviour(
      "can allow to multiple peers", allow(web, to: redis), allow(web, to: db), objects: 3,
      [(web, redis, .tcp(6379), true), (web, db, .tcp(5432), true), (web, db, .tcp(6379), false)]),
    behaviour(
      "allowing to the same peer twice is allowing it once", allow(web, to: redis), allow(web, to: redis),
      objects: 2,
      [(web, redis, .tcp(6379), true)]),
    behaviour(
      "creates the ingress policy in the namespace of the peer", allow(web, to: redis), objects: 2, [],
      has: ["name: redis\nnamespace: data"]),
    behaviour(
      "peer isolation", allow(web, to: db, isolating: .target), objects: 1,
      [(web, db, .tcp(5432), true), (stranger, db, .tcp(5432), false), (web, stranger, .tcp(1), true)],
      has: ["policyTypes:\n- Ingress"], hasNot: ["- Egress"]),
    behaviour(
      "pod isolation", allow(web, to: db, isolating: .source), objects: 1,
      [(web, db, .tcp(5432), true), (stranger, db, .tcp(5432), true), (web, stranger, .tcp(1), false)],
      has: ["policyTypes:\n- Egress"], hasNot: ["- Ingress"]),
    behaviour(
      "defaults to peer container ports", allow(web, to: redis), objects: 2,
      [(web, redis, .tcp(6379), true), (web, redis, .tcp(6380), false)], has: ["port: 6379"]),
    behaviour(
      "isolates neither end", allow(web, to: db, isolating: .none), objects: 0,
      [(web, db, .tcp(5432), true), (stranger, db, .tcp(1), true)]),
  ]

  @Test("connections to peers", arguments: allowTo)
  func to(_ behaviour: Behaviour) throws { try behaviour.check() }

  static let allowFrom = [
    behaviour(
      "can allow from ip block", allow(from: .anyIPv4, to: web), objects: 1,
      [(Peer.cidr("8.8.8.8/32"), web, .tcp(8080), true), (Peer.cidr("2002::1/128"), web, .tcp(8080), false)],
      has: ["policyTypes:\n- Ingress"]),
    behaviour(
      "can allow from managed pod", allow(db, to: web), objects: 2,
      [(db, web, .tcp(8080), true), (stranger, web, .tcp(8080), false)]),
    behaviour(
      "can allow from managed workload resource", allow(redis, to: web), objects: 2,
      [(redis, web, .tcp(8080), true)]),
    behaviour(
      "can allow from pods selected", allow(pod("worker", "shop"), to: web), objects: 2,
      [(pod("worker", "shop"), web, .tcp(8080), true), (stranger, web, .tcp(8080), false)]),
    behaviour(
      "can allow from pods, namespaces by names", allow(Pods(["app": "worker"], in: ["n1", "n2"]), to: web),
      objects: 3,
      [(pod("worker", "n1"), web, .tcp(8080), true), (pod("worker", "n3"), web, .tcp(8080), false)]),
    behaviour(
      "can allow from all pods", allow(Pods.all(in: "shop"), to: web), objects: 2,
      [(db, web, .tcp(8080), true), (stranger, web, .tcp(8080), false)]),
    behaviour(
      "can allow from managed namespace", allow(from: .namespaces("data"), to: web), objects: 1,
      // Egress of that namespace, its DNS above all, stays open.
      [(redis, web, .tcp(8080), true), (redis, stranger, .udp(53), true), (db, web, .tcp(8080), false)]),
    behaviour(
      "can allow from namespaces by name", allow(from: .namespaces(["data", "n1"]), to: web), objects: 1,
      [(pod("x", "n1"), web, .tcp(8080), true), (pod("x", "n2"), web, .tcp(8080), false)]),
    behaviour(
      "can allow from peer across namespaces", allow(redis, to: web), objects: 2,
      [(redis, web, .tcp(8080), true), (pod("redis", "shop"), web, .tcp(8080), false)]),
    behaviour(
      "can allow from multiple peers", allow(redis, to: web), allow(db, to: web), objects: 3,
      [(redis, web, .tcp(8080), true), (db, web, .tcp(8080), true)]),
    behaviour(
      "allowing from the same peer twice is allowing it once", allow(redis, to: web), allow(redis, to: web),
      objects: 2, [(redis, web, .tcp(8080), true)]),
    behaviour(
      "creates the egress policy in the namespace of the source", allow(redis, to: web), objects: 2, [],
      has: ["name: redis\nnamespace: data"]),
    behaviour(
      "allow from: peer isolation", allow(redis, to: web, isolating: .source), objects: 1,
      [(redis, web, .tcp(8080), true), (stranger, web, .tcp(1), true)]),
    behaviour(
      "allow from: pod isolation", allow(redis, to: web, isolating: .target), objects: 1,
      [(redis, web, .tcp(8080), true), (redis, stranger, .tcp(1), true)]),
    behaviour(
      "allow from defaults to the container ports of who is connected to", allow(redis, to: web), objects: 2,
      [(redis, web, .tcp(8080), true), (redis, web, .tcp(6379), false)]),
  ]

  @Test("connections from peers", arguments: allowFrom)
  func from(_ behaviour: Behaviour) throws { try behaviour.check() }

  static let isolated = [
    ("pod", Workload(manifest: .pod)), ("deployment", Workload(manifest: .owner("apps/v1", "Deployment"))),
    ("stateful set", Workload(manifest: .owner("apps/v1", "StatefulSet"))),
    ("daemon set", Workload(manifest: .owner("apps/v1", "DaemonSet"))),
    ("job", Workload(manifest: .owner("batch/v1", "Job"))), ("cron job", Workload(manifest: .cronJob)),
  ]

  @Test("a pod and every workload can be isolated", arguments: isolated)
  func isolate(_ kind: String, _ workload: Workload) throws {
    let behaviour = Behaviour(
      name: kind,
      intent: Intent {
        workload
        Policy("isolate", for: workload, isolating: .both)
      },
      flows: [(workload, Self.stranger, .udp(53), false), (Self.stranger, workload, .tcp(1), false)],
      has: ["app: x", "policyTypes:\n- Ingress\n- Egress"], objects: 1)
    try behaviour.check()
  }

  static let mistakes = [
    Mistake("cannot allow to namespaces by labels", "lives in one namespace") {
      allow(web, to: Pods(["app": "x"], in: .labelled(["team": "a"])), .any)
    },
    Mistake("cannot allow to pods in all namespaces", "lives in one namespace") {
      allow(web, to: Pods(["app": "x"], in: .all), .any)
    },
    Mistake("cannot allow from namespaces by labels", "lives in one namespace") {
      allow(Pods(["app": "x"], in: .labelled(["team": "a"])), to: web)
    },
    Mistake("cannot allow from all namespaces", "lives in one namespace") {
      allow(Pods.all(in: .all), to: web)
    },
    Mistake("no ports are declared", "declares no ports") { allow(web, to: pod("x", "shop")) },
  ]

  @Test("what a NetworkPolicy cannot say is an error with its place", arguments: mistakes)
  func mistake(_ mistake: Mistake) throws { try mistake.check() }
}

/// Manifests that tests read.
private struct ManifestText {
  let text: String

  static let pod = ManifestText(
    text:
      "apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: shop, labels: {app: x}}\nspec: {containers: [{name: c, ports: [{containerPort: 80}]}]}\n"
  )

  static func owner(_ version: String, _ kind: String) -> ManifestText {
    ManifestText(
      text:
        "apiVersion: \(version)\nkind: \(kind)\nmetadata: {name: x, namespace: shop}\nspec:\n  selector: {matchLabels: {app: x}}\n  template: {metadata: {labels: {app: x, release: r1}}, spec: {containers: [{name: c}]}}\n"
    )
  }

  static let cronJob = ManifestText(
    text:
      "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: x, namespace: shop}\nspec: {jobTemplate: {spec: {template: {metadata: {labels: {app: x}}, spec: {containers: [{name: c}]}}}}}\n"
  )
}

extension Workload {
  /// A workload of a manifest that is known to be one.
  fileprivate init(manifest: ManifestText) {
    do {
      try self.init(manifest: manifest.text)
    } catch {
      Issue.record("\(error)")
      self.init("unreadable", in: "shop", labels: [:])
    }
  }
}
