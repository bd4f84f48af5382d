import Dialects
import Kubernetes
import Testing

/// SEMANTICS.md §4.2: `icmps`.
@Suite("Cilium ICMP")
struct CiliumICMPTests {
  private func field(_ field: String) -> CiliumReading { .ingress("{icmps: [{fields: [\(field)]}]}") }

  @Test(
    "types by number and by name, of IPv4 unless a family is written",
    arguments: [
      ("{type: 8}", "ICMPv4 8"), ("{type: \"8\"}", "ICMPv4 8"), ("{type: 0}", "ICMPv4 0"),
      ("{type: 255, family: IPv6}", "ICMPv6 255"), ("{type: EchoRequest}", "ICMPv4 EchoRequest"),
      ("{type: EchoRequest, family: IPv6}", "ICMPv6 EchoRequest"),
      ("{type: Echo, family: null}", "ICMPv4 Echo"),
    ])
  func types(_ entry: String, _ text: String) {
    let reading = field(entry)
    #expect(reading.isAccepted && reading.rule?.traffic.text == "icmps [[\(text)]]", "\(reading.errors)")
  }

  @Test(
    "a name is a number of its family",
    arguments: [("IPv4", 8), ("IPv6", 128)] as [(String, UInt8)])
  func numbers(_ family: String, _ number: UInt8) throws {
    guard case .icmps(let rules)? = field("{type: EchoRequest, family: \(family)}").rule?.traffic else {
      Issue.record("no ICMP")
      return
    }
    #expect(rules.first?.fields.first?.value.type == number)
  }

  @Test(
    "an entry without fields allows nothing; no entry means any traffic", arguments: ["{}", "{fields: []}"])
  func empty(_ entry: String) {
    let reading = CiliumReading.ingress("{fromEntities: [all], icmps: [\(entry)]}")
    #expect(reading.isAccepted && reading.rule?.traffic.text == "icmps [[]]")
    #expect(CiliumReading.ingress("{fromEntities: [all], icmps: []}").rule?.traffic.text == "unwritten")
  }

  @Test("icmps and toPorts are two rules")
  func withPorts() {
    let reading = CiliumReading.ingress("{toPorts: [{}], icmps: [{fields: [{type: 8}]}]}")
    #expect(reading.isIgnored("4:63 `icmps` cannot stand beside `toPorts`"))
    #expect(CiliumReading.ingress("{toPorts: [], icmps: [{fields: [{type: 8}]}]}").isAccepted)
    #expect(CiliumReading.spec("egressDeny: [{toPorts: [{}], icmps: [{}]}]").ignored.count == 1)
  }

  @Test(
    "what the server refuses",
    arguments: [
      ("{}", "4:59 an ICMP field needs a `type`"),
      ("{type: \"256\"}", "4:66 `256` is not an ICMP type"),
      ("{type: \"08\"}", "4:66 `08` is not an ICMP type"),
      ("{type: Pong}", "4:66 `Pong` is not an ICMP type"),
      ("{type: ExtendedEchoReply}", "4:66 the name `ExtendedEchoReply` is not in the schema of Cilium 1.20"),
      ("{type: 8, family: ipv6}", "4:77 `fields[].family` must be IPv4, IPv6, not `ipv6`"),
      ("null", "4:59 an entry of `fields` must not be null"),
    ])
  func refused(_ entry: String, _ error: String) {
    let reading = field(entry)
    #expect(reading.isRefused(error), "\(reading.errors)")
  }

  @Test(
    "what only the agent knows",
    arguments: [
      ("{type: PacketTooBig}", "ICMP for IPv4 has no type `PacketTooBig`", "add family: IPv6"),
      ("{type: Photuris, family: IPv6}", "ICMP for IPv6 has no type `Photuris`", "add family: IPv4"),
      ("{type: ExtendedEcho Reply}", "ICMP for IPv4 has no type `ExtendedEcho Reply`", nil),
    ] as [(String, String, String?)])
  func ignored(_ entry: String, _ error: String, _ fix: String?) {
    let reading = field(entry)
    #expect(reading.isIgnored("4:66 \(error)") && reading.diagnostics.first?.fix == fix, "\(reading.errors)")
  }

  @Test("numbers outside 0 to 255 are of no message", arguments: [-1, 256])
  func numbersOutside(_ number: Int) {
    let reading = field("{type: \(number)}")
    #expect(reading.rejected == 1)
    #expect(reading.errors == ["4:66 no ICMP message has the type \(number); types are 0 to 255"])
  }

  @Test("fields and types")
  func fields() {
    #expect(field("{typ: 8}").errors.first == "4:60 unknown field `typ` in ICMPField: did you mean `type`?")
    #expect(field("{type: []}").errors == ["4:66 `fields[].type` must be a number or a name, not a list"])
    #expect(field("{type: 1.5}").errors == ["4:66 `fields[].type` must be an integer, not the number `1.5`"])
  }

  @Test("at most 40 fields")
  func limit() {
    let fields = Array(repeating: "{type: 8}", count: 41)
    #expect(field(fields.dropLast().joined(separator: ", ")).isAccepted)
    #expect(
      field(fields.joined(separator: ", ")).refused.map { $0.drop { $0 != " " } } == [
        " `fields` may have at most 40 entries"
      ])
  }
}
