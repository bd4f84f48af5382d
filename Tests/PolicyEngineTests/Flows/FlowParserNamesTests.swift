import Kubernetes
import PolicyEngine
import Testing

@Suite("Flow lines: domain names, entities and other protocols")
struct FlowParserNamesTests {
  private let world = WorldFixture.shop()

  @Test(
    "a word with a dot that is no address is a domain name",
    arguments: ["api.example.com", "API.example.com.", "_dmarc.example.com", "a.b"])
  func domains(_ name: String) throws {
    #expect(try world.parser.end(name) == .domain(name))
  }

  @Test("entities have a name and no object")
  func entities() throws {
    #expect(try world.parser.end("entity/kube-apiserver") == .entity(.apiServer))
    #expect(try world.parser.end("entity/world") == .entity(.world))
    #expect(try world.parser.end("entity/health") == .entity(.special("health")))
  }

  @Test("protocols without ports: a name, a number, an ICMP type and code")
  func withoutPorts() throws {
    func number(_ text: String) throws -> (UInt8, OtherTraffic.Message?)? {
      guard case .other(let traffic) = try FlowParser.traffic(text) else { return nil }
      return (traffic.number, traffic.message)
    }
    for (text, expected) in [("igmp", 2), ("esp", 50), ("ah", 51), ("protocol/0", 0), ("protocol/255", 255)] {
      #expect(try number(text)?.0 == UInt8(expected), "\(text)")
    }
    #expect(try number("icmp")?.1 == nil)
    #expect(try number("icmpv6/128")?.1 == .init(type: 128))
    #expect(try number("icmp/255/255")?.1 == .init(type: 255, code: 255))
  }

  @Test(
    "what is no end or no protocol is told what is wrong",
    arguments: [
      ("api.example.com -> shop/web tcp/80", "a domain name can only be the destination; name an address"),
      (
        "shop/web -> entity/host tcp/80",
        "`entity/host` depends on the pod it is seen from; write node/NAME"
      ),
      (
        "shop/web -> entity/remote-node tcp/80",
        "`entity/remote-node` depends on the pod it is seen from; write node/NAME"
      ),
      ("shop/web -> entity/all tcp/80", "`entity/all` is no single end; name a pod, a node or an address"),
      ("shop/web -> entity/wrld tcp/80", "`entity/wrld` is not known; did you mean `entity/world`?"),
      (
        "shop/web -> entity/qqqqqqqq tcp/80",
        "`entity/qqqqqqqq` is not known; known are kube-apiserver, world, health, ingress, init, unmanaged"
      ),
      ("shop/web -> example..com tcp/80", "`example..com` is no end of a flow; \(ends)"),
      ("shop/web -> 10.0.0.300 tcp/80", "`10.0.0.300` is no end of a flow; \(ends)"),
      ("shop/web -> *.example.com tcp/80", "`*.example.com` is no end of a flow; \(ends)"),
      ("shop/web -> shop/db protocol/6", "`protocol/6` is no protocol and port; \(protocols)"),
      ("shop/web -> shop/db protocol/256", "`protocol/256` is no protocol and port; \(protocols)"),
      ("shop/web -> shop/db protocol", "`protocol` is no protocol and port; \(protocols)"),
      ("shop/web -> shop/db icmp/256", "`icmp/256` is no protocol and port; \(protocols)"),
      ("shop/web -> shop/db gre/1", "`gre/1` is no protocol and port; \(protocols)"),
    ])
  func badLines(_ line: String, _ expected: String) {
    #expect(world.complaint(line) == expected)
  }

  fileprivate static let ends: String =
    "write namespace/name, node/name, service/namespace/name, an address or a domain name"
  fileprivate static let protocols: String = "write tcp/80, udp/53, sctp/3868, icmp/8 or protocol/47"
}
