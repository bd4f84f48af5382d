import Dialects
import Kubernetes
import Testing

/// SEMANTICS.md §4.1: ports and protocols.
@Suite("Cilium ports")
struct CiliumPortTests {
  private func port(_ entry: String) -> CiliumReading { .ingressPorts("{ports: [\(entry)]}") }

  @Test(
    "ports and what they mean",
    arguments: [
      ("port: \"80\", protocol: TCP", "TCP 80"), ("port: \"65535\", protocol: UDP", "UDP 65535"),
      ("port: \"8000\", endPort: 9000, protocol: SCTP", "SCTP 8000-9000"),
      ("port: http", "ANY http"), ("port: HTTP-8080", "ANY http-8080"), ("port: \"0x10\"", "ANY 0x10"),
      ("port: http, endPort: 90", "ANY http-90"),
      ("port: \"0\", endPort: 65535", "ANY all ports"), ("port: \"0\", endPort: 10", "ANY 1-10"),
    ])
  func ports(_ entry: String, _ meaning: String) {
    let reading = port("{\(entry)}")
    #expect(reading.isAccepted && reading.warnings.isEmpty)
    #expect(reading.portRule?.ports.map(\.description) == [meaning])
    #expect(reading.portRule?.ports.first?.location.column == 60)
  }

  @Test("a leading zero makes a port octal", arguments: [("010", "8"), ("00", "0"), ("1_0", "10")])
  func octal(_ text: String, _ number: String) {
    let reading = port("{port: \"\(text)\", protocol: TCP}")
    #expect(reading.isAccepted && reading.warnings == ["4:67 the port `\(text)` is read as \(number)"])
  }

  @Test(
    "protocols without ports need an option",
    arguments: ["VRRP", "IGMP", "GRE", "IPIP", "IPV6", "ESP", "AH"])
  func portless(_ name: String) {
    for entry in ["{protocol: \(name)}", "{protocol: \(name), port: \"0\"}"] {
      let reading = port(entry)
      #expect(reading.isAccepted && reading.portRule?.ports.map(\.description) == ["\(name) all ports"])
      #expect(
        reading.warnings == [
          "4:71 \(name) is matched only when Cilium runs with enable-extended-ip-protocols"
        ])
    }
    #expect(
      port("{protocol: \(name), port: \"80\"}").ignored.first?.hasSuffix("\(name) has no ports") == true)
  }

  @Test(
    "what the server refuses",
    arguments: [
      ("{port: 80}", "4:67 `ports[].port` must be a string, not the number `80`"),
      (
        "{port: \"-1\"}",
        "4:67 `-1` is neither a port number, 0 to 65535, nor a port name; the API server rejects this"
      ),
      (
        "{port: \"\"}",
        "4:67 `` is neither a port number, 0 to 65535, nor a port name; the API server rejects this"
      ),
      (
        "{port: a-}",
        "4:67 `a-` is neither a port number, 0 to 65535, nor a port name; the API server rejects this"
      ),
      (
        "{port: _1}",
        "4:67 `_1` is neither a port number, 0 to 65535, nor a port name; the API server rejects this"
      ),
      (
        "{port: \"1\", endPort: -1}", "4:81 `endPort` must be 0 to 65535, not -1; the API server rejects this"
      ),
      (
        "{port: \"1\", endPort: 65536}",
        "4:81 `endPort` must be 0 to 65535, not 65536; the API server rejects this"
      ),
      ("{port: \"1\", endPort: \"2\"}", "4:81 `ports[].endPort` must be an integer, not the string `2`"),
      (
        "{port: \"1\", protocol: tcp}",
        "4:82 `ports[].protocol` must be ANY, TCP, UDP, SCTP, VRRP, IGMP, GRE, IPIP, IPV6, ESP, AH, not `tcp`; the API server rejects this"
      ),
      (
        "{port: \"1\", protocol: \"\"}",
        "4:82 `ports[].protocol` must be ANY, TCP, UDP, SCTP, VRRP, IGMP, GRE, IPIP, IPV6, ESP, AH, not ``; the API server rejects this"
      ),
      (
        "{port: \"1\", protocol: ICMP}",
        "4:82 `ports[].protocol` must not be `ICMP`; the API server rejects this"
      ),
      (
        "{port: \"1\", endport: 2}",
        "4:72 unknown field `endport` in PortProtocol: did you mean `endPort`? (a server that drops it changes which ports are meant)"
      ),
      ("null", "4:60 an entry of `ports` must not be null; the API server rejects this"),
      ("80", "4:60 `ports[]` must be a mapping, not the number `80`"),
    ])
  func refused(_ entry: String, _ error: String) {
    let reading = port(entry)
    #expect(reading.rejected == 1 && reading.errors == [error])
  }

  @Test(
    "what only the agent knows",
    arguments: [
      ("{}", "4:60 an entry of `ports` needs a `port`"),
      ("{protocol: TCP}", "4:60 an entry of `ports` needs a `port`"),
      ("{port: \"65536\"}", "4:67 `65536` is neither a port number, 0 to 65535, nor a port name"),
      ("{port: a_b}", "4:67 `a_b` is neither a port number, 0 to 65535, nor a port name"),
      ("{port: \"08\"}", "4:67 `08` is neither a port number, 0 to 65535, nor a port name"),
      ("{port: \"80 \"}", "4:67 `80 ` is neither a port number, 0 to 65535, nor a port name"),
      ("{port: \"8-\"}", "4:67 `8-` is neither a port number, 0 to 65535, nor a port name"),
      ("{port: a--b}", "4:67 `a--b` is neither a port number, 0 to 65535, nor a port name"),
      ("{port: sixteen-letters-}", nil),
      (
        "{port: sixteen--letters}",
        "4:67 `sixteen--letters` is neither a port number, 0 to 65535, nor a port name"
      ),
      (
        "{port: sixteen-letterss}",
        "4:67 `sixteen-letterss` is neither a port number, 0 to 65535, nor a port name"
      ),
    ] as [(String, String?)])
  func ignored(_ entry: String, _ error: String?) {
    let reading = port(entry)
    #expect(reading.rejected == 1 && reading.errors.count == 1)
    #expect(reading.ignored == (error.map { [$0] } ?? []), "\(reading.errors)")
  }

  @Test("at most 40 ports: the schema counts those of allow rules, the agent those of deny rules")
  func limit() {
    func ports(_ count: Int) -> String {
      (1...count).map { "{port: \"\($0)\"}" }.joined(separator: ", ")
    }
    #expect(port(ports(40)).isAccepted)
    #expect(port(ports(41)).refused.map { $0.drop { $0 != " " } } == [" `ports` may have at most 40 entries"])
    let deny = CiliumReading.spec("egressDeny: [{toPorts: [{ports: [\(ports(41))]}]}]")
    #expect(deny.ignored.map { $0.drop { $0 != " " } } == [" `ports` may have at most 40 entries"])
    #expect(CiliumReading.spec("egressDeny: [{toPorts: [{ports: [\(ports(40))]}]}]").isAccepted)
  }

  @Test(
    "deny rules have ports only",
    arguments: [
      "rules: {http: []}", "serverNames: [a]", "listener: {}", "terminatingTLS: {}", "originatingTLS: {}",
    ])
  func deny(_ field: String) {
    let reading = CiliumReading.spec("ingressDeny: [{toPorts: [{ports: [{port: \"1\"}], \(field)}]}]")
    #expect(reading.rejected == 1 && reading.errors.count == 1)
    #expect(reading.errors.first?.hasSuffix("in PortDenyRule (a server that drops it denies more)") == true)
  }
}
