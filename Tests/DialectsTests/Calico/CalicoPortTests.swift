import Kubernetes
import Testing

@testable import Dialects

/// SEMANTICS.md §3.2: `ports` and `notPorts`.
@Suite("Calico ports")
struct CalicoPortTests {
  private static let ignored =
    "; the API server accepts this, but Felix ignores the whole policy: traffic stays open"

  private func ports(_ ports: String, protocol text: String? = "TCP") -> CalicoReading {
    CalicoReading.ingress(
      "{action: Allow, destination: {ports: [\(ports)]}\(text.map { ", protocol: \($0)" } ?? "")}")
  }

  @Test(
    "ports are numbers, ranges and names",
    arguments: [
      ("80", "80"), ("\"80\"", "80"), ("1", "1"), ("65535", "65535"), ("\"80:90\"", "80:90"),
      ("80:90", "80:90"),
      ("\"80:80\"", "80"), ("http", "http"), ("8080-a", "8080-a"), ("\"0080\"", "80"),
    ])
  func kinds(_ text: String, _ meaning: String) {
    let reading = ports(text)
    #expect(reading.isAccepted && reading.warnings.isEmpty)
    #expect(reading.rule?.destination.ports.map(\.description) == [meaning])
    #expect(reading.rule?.destination.ports.first?.location.column == 56)
  }

  @Test("both ends have ports and excluded ports")
  func ends() throws {
    let rule = try #require(
      CalicoReading.egress(
        "{action: Deny, protocol: UDP, source: {ports: [1], notPorts: [2]}, destination: {ports: [3, a], notPorts: ['4:5']}}"
      ).rule)
    #expect(rule.source.ports.map(\.description) == ["1"] && rule.source.notPorts.map(\.description) == ["2"])
    #expect(rule.destination.ports.map(\.description) == ["3", "a"])
    #expect(rule.destination.notPorts.map(\.description) == ["4:5"])
  }

  @Test(
    "what is no port is rejected, and Felix ignores a policy with one",
    arguments: [
      ("0", "`spec.ingress[].destination.ports[]` must be 1 to 65535, not 0\(ignored)"),
      ("65536", "`spec.ingress[].destination.ports[]` must be 1 to 65535, not 65536\(ignored)"),
      ("-1", "`spec.ingress[].destination.ports[]` must be 1 to 65535, not -1\(ignored)"),
      ("\"0:80\"", "`spec.ingress[].destination.ports[]` must be 1 to 65535, not `0:80`\(ignored)"),
      ("\"65536\"", "`spec.ingress[].destination.ports[]` must be 1 to 65535, not `65536`\(ignored)"),
      ("\"90:80\"", "the range `90:80` ends before it starts\(ignored)"),
      (
        "\"bad name!\"",
        "the port name `bad name!` must consist of lower-case letters, digits and `-`\(ignored)"
      ),
      ("HTTP", "the port name `HTTP` must consist of lower-case letters, digits and `-`\(ignored)"),
      ("\"\"", "the port name `` must have 1 to 15 characters\(ignored)"),
      ("\"80-90\"", "the port name `80-90` must contain at least one letter\(ignored)"),
      ("\"1:2:3\"", "the port name `1:2:3` must consist of lower-case letters, digits and `-`\(ignored)"),
      (
        "1.5",
        "`spec.ingress[].destination.ports[]` must be a port, a range `80:90` or a name, not the number `1.5`"
      ),
      ("null", "`spec.ingress[].destination.ports[]` must be a port, a range `80:90` or a name, not null"),
      (
        "{port: 80}",
        "`spec.ingress[].destination.ports[]` must be a port, a range `80:90` or a name, not a mapping"
      ),
    ])
  func wrong(_ text: String, _ error: String) {
    let reading = ports(text)
    #expect(reading.rejected == 1 && reading.errors == ["4:56 \(error)"])
  }

  @Test("numbers need a protocol with ports; names do without", arguments: ["ports", "notPorts"])
  func protocols(_ list: String) {
    func read(_ ports: String, _ text: String) -> [String] {
      CalicoReading.ingress("{action: Allow, source: {\(list): [\(ports)]}\(text)}").errors
    }
    let column = 46 + list.utf8.count
    for text in ["TCP", "UDP", "SCTP", "6", "17", "132"] {
      #expect(read("a, 80", ", protocol: \(text)").isEmpty)
    }
    for text in ["ICMP", "UDPLite", "136", "1"] {
      let name = text == "136" ? "UDPLite" : text == "1" ? "ICMP" : text
      #expect(
        read("a", ", protocol: \(text)") == [
          "4:\(column) `source.\(list)` need protocol TCP, UDP or SCTP, not \(name)\(Self.ignored)"
        ])
    }
    #expect(read("a, b", "").isEmpty)
    #expect(
      read("a, 80", "") == [
        "4:\(column + 3) `source.\(list)` with numbers need a `protocol`: TCP, UDP or SCTP\(Self.ignored)"
      ])
    #expect(read("80", ", notProtocol: UDP").count == 1)
  }

  @Test("empty lists are no criterion")
  func empty() {
    let reading = ports("", protocol: "ICMP")
    #expect(reading.isAccepted && reading.rule?.destination.ports.isEmpty == true)
  }

  @Test("more than 50 ports deserve a warning")
  func many() {
    let reading = ports((1...51).map(String.init).joined(separator: ", "))
    #expect(reading.isAccepted)
    #expect(
      reading.warnings == [
        "4:55 `spec.ingress[].destination.ports` has 51 entries: Calico releases after 3.32 take at most 50"
      ])
  }
}
