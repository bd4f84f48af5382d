import Kubernetes
import Testing

@testable import Dialects

/// SEMANTICS.md §1.2: protocol, port and endPort.
@Suite("NetworkPolicy ports")
struct NetworkPolicyPortTests {
  @Test(
    "protocol is TCP, UDP or SCTP, in capitals", arguments: ["tcp", "Udp", "ANY", "ICMP", "\"\"", "\"TCP \""])
  func protocols(_ name: String) {
    let reading = PolicyReading.port("{protocol: \(name)}")
    #expect(reading.rejected == 1 && reading.errors.count == 1)
    #expect(reading.errors.first?.hasPrefix("4:38 `protocol` must be TCP, UDP or SCTP, not ") == true)
  }

  @Test("a protocol in small letters is recognised")
  func suggestion() {
    #expect(PolicyReading.port("{protocol: tcp}").diagnostics.first?.fix == "write TCP")
  }

  @Test("a numeric port is 1 to 65535", arguments: ["0", "-1", "65536", "4294967376", "0x10000"])
  func numericPorts(_ port: String) {
    let reading = PolicyReading.port("{port: \(port)}")
    #expect(reading.rejected == 1)
    #expect(reading.errors.first?.hasPrefix("4:34 `port` must be 1 to 65535, not ") == true)
  }

  @Test(
    "a port is a number or a name",
    arguments: ["80.0", "80.5", "1e2", "true", "y", "[80]", "{a: b}", "99999999999999999999"])
  func wrongTypes(_ port: String) {
    let reading = PolicyReading.port("{port: \(port)}")
    #expect(reading.rejected == 1 && reading.errors.count == 1)
    #expect(reading.errors.first?.hasPrefix("4:34 `port` must be ") == true)
  }

  @Test(
    "a port name is an IANA service name",
    arguments: ["a", "a1", "1a", "http", "8080-a", "a-b-c", "abcdefghijklmno"])
  func legalNames(_ name: String) {
    #expect(PolicyReading.port("{port: \(name)}").isAccepted)
  }

  @Test(
    "a port name that is none",
    arguments: [
      ("\"80\"", "must contain at least one letter"),
      ("HTTP", "must consist of lower-case letters, digits and `-`"),
      ("\"\"", "must have 1 to 15 characters"), ("abcdefghijklmnop", "must have 1 to 15 characters"),
      ("a--b", "must not contain `--`"), ("-a", "must not start or end with `-`"),
      ("a-", "must not start or end with `-`"),
      ("a_b", "must consist of lower-case letters, digits and `-`"),
      ("a.b", "must consist of lower-case letters, digits and `-`"),
      ("1-2", "must contain at least one letter"),
    ])
  func illegalNames(_ name: String, _ problem: String) {
    let reading = PolicyReading.port("{port: \(name)}")
    #expect(reading.rejected == 1 && reading.errors.count == 1)
    #expect(reading.errors.first?.hasSuffix(problem) == true, "\(reading.errors)")
  }

  @Test("a quoted number is a name, and the author is told")
  func quotedNumber() {
    #expect(
      PolicyReading.port("{port: \"80\"}").diagnostics.first?.fix == "for the number, remove the quotes: 80")
  }

  @Test("a leading zero makes a number octal, as in YAML 1.1, and the author is told")
  func octal() {
    let reading = PolicyReading.port("{port: 0120}")
    #expect(reading.ruleTexts == ["ingress[0]: anyone | TCP 80"])
    #expect(
      reading.warnings == ["4:34 `0120` in `port` is read as 80: YAML 1.1 takes a leading zero for octal"])
  }

  @Test(
    "endPort needs a numeric port, is not less, and is 1 to 65535",
    arguments: [
      ("{endPort: 90}", "4:37 `endPort` needs a `port`"),
      ("{port: null, endPort: 90}", "4:49 `endPort` needs a `port`"),
      ("{port: http, endPort: 90}", "4:49 `endPort` needs a numeric `port`, not a name"),
      ("{port: 80, endPort: 79}", "4:47 `endPort` 79 is less than `port` 80"),
      ("{port: 80, endPort: 0}", "4:47 `endPort` must be 1 to 65535, not 0"),
      ("{port: 80, endPort: 65536}", "4:47 `endPort` must be 1 to 65535, not 65536"),
      ("{port: 80, endPort: \"90\"}", "4:47 `endPort` must be an integer, not the string `90`"),
      ("{port: 80, endPort: 90.5}", "4:47 `endPort` must be an integer, not the number `90.5`"),
    ])
  func endPort(_ port: String, _ error: String) {
    let reading = PolicyReading.port(port)
    #expect(reading.rejected == 1 && reading.errors == [error])
  }

  @Test("the same entry twice is accepted")
  func duplicates() {
    #expect(PolicyReading.port("{port: 80}, {port: 80}").isAccepted)
  }
}
