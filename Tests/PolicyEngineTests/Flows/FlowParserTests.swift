import Kubernetes
import PolicyEngine
import Testing

@Suite("Flow lines")
struct FlowParserTests {
  private let world = WorldFixture.shop(
    workload("Deployment", "shop/api", "app: api"), workload("StatefulSet", "shop/store", "app: store"),
    pod("shop/store-0", "app: store", ip: "10.1.0.20", owner: "StatefulSet/store"),
    pod("shop/store-1", "app: store", ip: "10.1.0.21 fd00::21", owner: "StatefulSet/store"),
    service(
      "shop/api", "clusterIP: 10.96.0.1\nselector: {app: api}\nports: [{port: 80}, {port: 53, protocol: UDP}]"
    ))

  private func end(_ text: String) throws -> FlowEnd { try world.parser.end(text) }

  private func endpoint(_ name: String) throws -> Int {
    try #require(world.world.endpoints.firstIndex { $0.name == name })
  }

  @Test("namespace/name is a pod, else a workload")
  func names() throws {
    let (web, api) = (try endpoint("web"), try endpoint("api"))
    #expect(try end("shop/web") == .endpoint(web))
    #expect(try end("shop/api") == .endpoint(api))
    let store = try #require(world.world.workloads.firstIndex { $0.name == "store" })
    #expect(try end("shop/store") == .workload(store))
  }

  @Test(
    "namespace/kind/name: any case, plural and short names of kinds",
    arguments: [
      "pod/web", "Pod/web", "pods/web", "po/web", "deployment/api", "Deployments/api", "deploy/api",
    ])
  func kinds(_ text: String) throws {
    let expected = try endpoint(text.hasSuffix("web") ? "web" : "api")
    #expect(try end("shop/\(text)") == .endpoint(expected))
  }

  @Test(
    "every kind of workload has its spellings",
    arguments: [
      ("StatefulSet", ["statefulset", "statefulsets", "sts"]),
      ("DaemonSet", ["daemonset", "daemonsets", "ds"]),
      ("ReplicaSet", ["replicaset", "replicasets", "rs"]), ("Job", ["job", "jobs"]),
      ("Deployment", ["deployment", "deployments", "deploy"]),
    ])
  func workloadKinds(_ kind: String, _ spellings: [String]) throws {
    let world = WorldFixture(workload(kind, "shop/thing", "app: thing"))
    for spelling in spellings {
      #expect(try world.parser.end("shop/\(spelling)/thing") == .endpoint(0), "\(spelling)")
    }
  }

  @Test("addresses of known pods, nodes and Services mean those; others stand for themselves")
  func addresses() throws {
    func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
    let ends: [(String, FlowEnd)] = [
      ("10.1.0.1", .endpoint(try endpoint("web"), address: try address("10.1.0.1"))),
      ("::ffff:10.1.0.1", .endpoint(try endpoint("web"), address: try address("10.1.0.1"))),
      ("fd00:0::0021", .endpoint(try endpoint("store-1"), address: try address("fd00::21"))),
      ("192.168.0.2", .node(1, address: try address("192.168.0.2"))),
      ("10.96.0.1", .service(0, address: try address("10.96.0.1"))),
      ("2001:DB8:0::5", .address(try address("2001:db8::5"))),
    ]
    for (text, expected) in ends { #expect(try end(text) == expected, "\(text)") }
  }

  @Test("nodes, Services and self")
  func others() throws {
    #expect(try end("node/n1") == .node(0))
    #expect(try end("service/shop/api") == .service(0))
    #expect(try end("svc/shop/api") == .service(0))
    #expect(try end("self") == .itself)
  }

  @Test("traffic: protocol and port, any case")
  func traffic() throws {
    #expect(try FlowParser.traffic("tcp/80") == .port(.tcp, 80))
    #expect(try FlowParser.traffic("UDP/53") == .port(.udp, 53))
    #expect(try FlowParser.traffic("sctp/65535") == .port(.sctp, 65535))
    #expect(
      try FlowParser.traffic("icmp/8") == .other(OtherTraffic("icmp/8", number: 1, message: .init(type: 8))))
    #expect(
      try FlowParser.traffic("icmp/3/4")
        == .other(OtherTraffic("icmp/3/4", number: 1, message: .init(type: 3, code: 4))))
    #expect(try FlowParser.traffic("ICMPv6") == .other(OtherTraffic("icmpv6", number: 58)))
    #expect(try FlowParser.traffic("gre") == .other(OtherTraffic("gre", number: 47)))
    #expect(try FlowParser.traffic("protocol/99") == .other(OtherTraffic("protocol/99", number: 99)))
  }

  @Test("words may stand apart by any white space")
  func whiteSpace() throws {
    let expected = try world.parser.parse("shop/web -> shop/db tcp/80")
    for line in [
      "  shop/web\t->   shop/db \ttcp/80  ", "shop/web -> shop/db tcp/80\r", "shop/web -> shop/db tcp/80\r\n",
    ] {
      #expect(try world.parser.parse(line) == expected)
    }
    #expect(expected.traffic == .port(.tcp, 80))
    let db = try endpoint("db")
    #expect(expected.destination == .endpoint(db))
  }

  // MARK: - What is no flow

  /// A line, and what the parser answers: the message, then the fix.
  static let badLines: [(String, String)] = [
    ("", form), ("shop/web", form), ("shop/web -> shop/db", form), ("shop/web->shop/db tcp/80", form),
    ("shop/web => shop/db tcp/80", form), ("shop/web -> shop/db tcp/80 please", form),
    ("shop/web -> shop/db tcp 80", form),
    ("shop/web -> shop/db tcp", "`tcp` needs a port from 1 to 65535, such as tcp/80"),
    ("shop/web -> shop/db tcp/", "`tcp/` needs a port from 1 to 65535, such as tcp/80"),
    ("shop/web -> shop/db tcp/0", "`tcp/0` needs a port from 1 to 65535, such as tcp/80"),
    ("shop/web -> shop/db tcp/65536", "`tcp/65536` needs a port from 1 to 65535, such as tcp/80"),
    ("shop/web -> shop/db udp/-1", "`udp/-1` needs a port from 1 to 65535, such as udp/80"),
    ("shop/web -> shop/db udp/+1", "`udp/+1` needs a port from 1 to 65535, such as udp/80"),
    ("shop/web -> shop/db tcp/http", "`tcp/http` needs a port from 1 to 65535, such as tcp/80"),
    ("shop/web -> shop/db tcp/80/81", "`tcp/80/81` needs a port from 1 to 65535, such as tcp/80"),
    ("shop/web -> shop/db http/80", "`http/80` is no protocol and port; \(protocols)"),
    ("shop/web -> shop/db 80", "`80` is no protocol and port; \(protocols)"),
    ("shop/web -> shop/db icmp/echo", "`icmp/echo` is no protocol and port; \(protocols)"),
    ("shop/web -> shop/db icmp/", "`icmp/` is no protocol and port; \(protocols)"),
    ("shop/web -> shop/db icmp/8/0/0", "`icmp/8/0/0` is no protocol and port; \(protocols)"),
    ("web -> shop/db tcp/80", "`web` is no end of a flow; \(ends)"),
    ("shop/web -> a/b/c/d tcp/80", "`a/b/c/d` is no end of a flow; \(ends)"),
    ("shop/web -> 10.0.0.300 tcp/80", "`10.0.0.300` is no end of a flow; \(ends)"),
    ("shop/web -> 10.0.0.0/8 tcp/80", "namespace `10.0.0.0` is not in the input"),
    (
      "shop/wbe -> shop/db tcp/80", "pod or workload `shop/wbe` is not in the input; did you mean `shop/web`?"
    ),
    ("shop/zebra -> shop/db tcp/80", "pod or workload `shop/zebra` is not in the input"),
    ("shpo/web -> shop/db tcp/80", "namespace `shpo` is not in the input; did you mean `shop`?"),
    ("/web -> shop/db tcp/80", "namespace `` is not in the input"),
    ("shop/deploymnt/api -> shop/db tcp/80", "`deploymnt` is no kind of endpoint; \(kinds)"),
    (
      "shop/statefulset/api -> shop/db tcp/80",
      "StatefulSet `shop/api` is not in the input; did you mean `shop/deployment/api`?"
    ),
    (
      "shop/pod/api -> shop/db tcp/80",
      "Pod `shop/api` is not in the input; did you mean `shop/deployment/api`?"
    ),
    ("shop/web -> node/n3 tcp/80", "node `n3` is not in the input; did you mean `n1`?"),
    ("shop/web -> node/elsewhere tcp/80", "node `elsewhere` is not in the input"),
    (
      "shop/web -> service/shop/apo tcp/80",
      "service `shop/apo` is not in the input; did you mean `service/shop/api`?"
    ),
    ("shop/web -> service/api tcp/80", "namespace `service` is not in the input"),
    ("self -> shop/web tcp/80", "`self` can only be the destination"),
    ("node/n1 -> self tcp/80", "`self` needs a pod or workload as source"),
    ("203.0.113.5 -> self tcp/80", "`self` needs a pod or workload as source"),
    ("service/shop/api -> shop/web tcp/80", "a Service cannot be the source; name the pods behind it"),
    ("10.96.0.1 -> shop/web tcp/80", "a Service cannot be the source; name the pods behind it"),
    ("shop/web -> service/shop/api tcp/81", "service/shop/api has no port tcp/81; it has tcp/80, udp/53"),
    ("shop/web -> service/shop/api icmp/8", "service/shop/api answers on ports only"),
  ]
  private static let form =
    "expected SOURCE -> DESTINATION PROTOCOL/PORT, such as shop/web -> shop/db tcp/5432"
  private static let protocols = "write tcp/80, udp/53, sctp/3868, icmp/8 or protocol/47"
  private static let ends =
    "write namespace/name, node/name, service/namespace/name, an address or a domain name"
  private static let kinds =
    "write pod, deployment, statefulset, daemonset, replicaset, replicationcontroller, job or cronjob"

  @Test("a line that is no flow is told what is wrong", arguments: badLines)
  func badLine(_ line: String, _ expected: String) {
    #expect(world.complaint(line) == expected)
  }

  @Test("Services that lead nowhere say why")
  func services() {
    let world = WorldFixture.shop(
      service("shop/empty", "selector: {app: nobody}\nports: [{port: 80}]"),
      service("shop/named", "selector: {app: db}\nports: [{port: 80, targetPort: http}]"),
      service("shop/manual", "ports: [{port: 80}]"),
      service("shop/alias", "type: ExternalName\nexternalName: example.org\nports: [{port: 80}]"),
      service("shop/portless", "selector: {app: db}"))
    func complaint(_ name: String) -> String? { world.complaint("shop/web -> service/shop/\(name) tcp/80") }
    #expect(complaint("empty") == "service/shop/empty has no pod behind port tcp/80")
    #expect(complaint("named") == "service/shop/named has no pod behind port tcp/80")
    #expect(
      complaint("manual")
        == "service/shop/manual has no selector, so its endpoints are not in the input; ask for their addresses"
    )
    #expect(complaint("alias") == "service/shop/alias is only another name for example.org")
    #expect(complaint("portless") == "service/shop/portless has no port tcp/80")
  }
}
