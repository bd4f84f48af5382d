import Kubernetes
import Testing

@testable import Dialects

/// SEMANTICS.md §3.2: `nets` and `notNets`.
@Suite("Calico nets")
struct CalicoNetTests {
  @Test(
    "nets are blocks of one family, which is the rule's",
    arguments: [
      ("10.0.0.0/8", "10.0.0.0/8"), ("0.0.0.0/0", "0.0.0.0/0"), ("10.0.0.1/32", "10.0.0.1/32"),
      ("fd00::/8", "fd00::/8"), ("FD00:0::/8", "fd00::/8"), ("::/0", "::/0"), ("10.0.0.0/08", "10.0.0.0/8"),
    ])
  func blocks(_ text: String, _ block: String) {
    let reading = CalicoReading.source("nets: [\"\(text)\"]")
    #expect(reading.isAccepted && reading.warnings.isEmpty)
    #expect(reading.rule?.source.nets.map(\.cidr.description) == [block])
    #expect(reading.rule?.addressFamily == (text.contains(":") ? .ipv6 : .ipv4))
    #expect(reading.rule?.source.nets.first?.location.column == 50)
  }

  @Test("an address stands for itself, though some validators want its prefix length")
  func addresses() {
    let reading = CalicoReading.source("notNets: [10.0.0.1]")
    #expect(reading.isAccepted && reading.rule?.source.notNets.map(\.cidr.description) == ["10.0.0.1/32"])
    #expect(
      reading.warnings == [
        "4:53 `10.0.0.1` has no prefix length: some of Calico's validators reject it, Felix reads 10.0.0.1/32"
      ])
    #expect(reading.diagnostics.first?.fix == "write 10.0.0.1/32")
  }

  @Test(
    "what is no block is rejected, and Felix skips it",
    arguments: ["bogus", "10.0.0.0/33", "10.0/8", "010.0.0.0/8", "10.0.0.0/8 ", "::/129", ""])
  func unreadable(_ text: String) {
    let message = "`\(text)` is neither a CIDR such as 10.0.0.0/8 or fd00::/8 nor an address"
    let nets = CalicoReading.source("nets: [\"\(text)\"]")
    #expect(nets.rejected == 1)
    #expect(
      nets.errors == [
        "4:50 \(message); the API server accepts this, but Felix skips this entry, and without another one the rule widens to every address"
      ])
    #expect(
      CalicoReading.source("notNets: [\"\(text)\"]").errors == [
        "4:53 \(message); the API server accepts this, but Felix skips this entry, and the rule widens"
      ])
  }

  @Test(
    "other forms are rejected",
    arguments: [
      ("nets: [10.0.0.1/8]", ["4:50 `10.0.0.1/8` has bits set after its prefix"]),
      ("nets: [\"::ffff:10.0.0.0/104\"]", ["4:50 `::ffff:10.0.0.0/104` is an IPv4 block in IPv6 form"]),
      ("nets: [10.0.0.0/8, 10.0.0.0/8]", ["4:62 `10.0.0.0/8` stands twice in `spec.ingress[].source.nets`"]),
      ("nets: [null]", ["4:50 `spec.ingress[].source.nets[]` must be a string, not null"]),
      ("nets: [10]", ["4:50 `spec.ingress[].source.nets[]` must be a string, not the number `10`"]),
      ("nets: 10.0.0.0/8", ["4:49 `spec.ingress[].source.nets` must be a list, not the string `10.0.0.0/8`"]),
      ("notNets: [0.0.0.0/0]", ["4:53 `notNets` must not exclude every address, as `0.0.0.0/0` does"]),
      ("notNets: [\"::/0\"]", ["4:53 `notNets` must not exclude every address, as `::/0` does"]),
    ])
  func wrong(_ source: String, _ errors: [String]) {
    let reading = CalicoReading.source(source)
    #expect(reading.rejected == 1 && reading.errors == errors)
  }

  @Test(
    "a rule has nets of one address family, in all of its lists, and of its ipVersion",
    arguments: [
      (
        "source: {nets: [10.0.0.0/8, 'fd00::/8']}",
        "`fd00::/8` is IPv6, but the rule's other nets are IPv4; a rule has nets of one address family"
      ),
      (
        "source: {notNets: ['fd00::/8']}, destination: {nets: [10.0.0.0/8]}",
        "`10.0.0.0/8` is IPv4, but the rule's other nets are IPv6; a rule has nets of one address family"
      ),
      ("ipVersion: 6, destination: {notNets: [10.0.0.0/8]}", "`10.0.0.0/8` is IPv4, but ipVersion is 6"),
    ])
  func families(_ criteria: String, _ error: String) {
    let reading = CalicoReading.ingress("{action: Allow, \(criteria)}")
    #expect(reading.rejected == 1)
    #expect(reading.errors.map { String($0.drop { $0 != " " }.dropFirst()) } == [error])
  }

  @Test("one list of both families is as good as two rules; two ends of different families never meet")
  func splitting() {
    func fix(_ criteria: String) -> String? {
      CalicoReading.ingress("{action: Allow, \(criteria)}").diagnostics.first?.fix
    }
    #expect(
      fix("source: {nets: [10.0.0.0/8, 'fd00::/8']}") == "make it two rules, one for each family")
    #expect(fix("source: {nets: [10.0.0.0/8]}, destination: {nets: ['fd00::/8']}") == nil)
  }

  @Test("empty lists are no criterion, and an excluded block repeated is one")
  func lists() {
    #expect(CalicoReading.source("nets: [], notNets: []").rule?.addressFamily == nil)
    #expect(CalicoReading.source("notNets: [10.0.0.0/8, 10.0.0.0/8]").isAccepted)
  }
}
