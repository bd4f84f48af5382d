import Glibc
import Testing

@testable import Kubernetes

@Suite("IP addresses")
struct IPAddressTests {
  /// Text and canonical text; each line checked with `inet_pton` and Python's `ipaddress`.
  @Test(
    "valid texts and their canonical form",
    arguments: [
      ("0.0.0.0", "0.0.0.0"),
      ("255.255.255.255", "255.255.255.255"),
      ("192.0.2.1", "192.0.2.1"),
      ("::", "::"),
      ("::1", "::1"),
      ("1::", "1::"),
      ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
      ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
      ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
      ("1::8", "1::8"),
      ("2001:DB8::A", "2001:db8::a"),
      ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
      ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
      ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4"),
      ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
      ("::1.2.3.4", "::102:304"),
      ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
      ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
      ("::ffff:0:1.2.3.4", "::ffff:0:102:304"),
      ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ])
  func valid(_ text: String, _ canonical: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.description == canonical)
    #expect(IPAddress(canonical) == address)
  }

  @Test(
    "an IPv4-mapped text is the IPv4 address",
    arguments: ["::ffff:1.2.3.4", "::FFFF:102:304", "0:0:0:0:0:ffff:1.2.3.4"])
  func mapped(_ text: String) {
    #expect(IPAddress(text)?.description == "1.2.3.4")
  }

  @Test(
    "texts that are no address",
    arguments: [
      "", " ", ".", ":", ":::", "1:::2", "1::2::3", ":1", "1:", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:",
      ":1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "12345::", "g::", "1::-1", "+1::",
      "fe80::1%eth0",
      "1.2.3.4::", "::1.2.3.4:5", "::1.2.3", "::1.2.3.256", "::1.2.3.4.5", "1:2:3:4:5:6:7:1.2.3.4", "1.2.3",
      "1.2.3.4.5",
      "1.2.3.4.", ".1.2.3.4", "1..3.4", "256.0.0.1", "-1.0.0.1", "+1.0.0.1", "1.2.3.4 ", " 1.2.3.4",
      "1.2.3.4/8",
      "0x1.2.3.4", "1.2.3.a", "1,2,3,4", "١.2.3.4", "::١", "01.2.3.4", "1.2.3.00", "::ffff:01.2.3.4",
    ])
  func invalid(_ text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test("IPv4 stands before IPv6, each by number")
  func order() {
    let texts = ["::", "10.0.0.2", "9.255.255.255", "255.255.255.255", "::1"]
    #expect(
      texts.compactMap { IPAddress($0) }.sorted().map(\.description) == [
        "9.255.255.255", "10.0.0.2", "255.255.255.255", "::", "::1",
      ])
  }

  @Test("exactly what inet_pton reads is an address, over texts a step or two beside valid ones")
  func agreesWithSystem() {
    let seeds = [
      "10.0.0.1", "255.255.255.255", "::", "::1", "2001:db8::a:b", "1:2:3:4:5:6:7:8", "::ffff:10.0.0.1",
      "1:2:3:4:5:6:1.2.3.4", "fe80::1:0:0:2",
    ].map { Array($0.utf8) }
    let letters = Array("::..0019aF".utf8)
    var generator = SystemRandomNumberGenerator()
    var valid = 0
    for _ in 0..<20_000 {
      var text = seeds[Int.random(in: 0..<seeds.count, using: &generator)]
      for _ in 0..<Int.random(in: 0...3, using: &generator) {
        let place = Int.random(in: 0...text.count, using: &generator)
        if place < text.count, Bool.random(using: &generator) {
          text.remove(at: place)
        } else {
          text.insert(letters[Int.random(in: 0..<letters.count, using: &generator)], at: place)
        }
      }
      let string = String(decoding: text, as: UTF8.self)
      var bytes = [UInt8](repeating: 0, count: 16)
      let isAddress =
        inet_pton(AF_INET, string, &bytes) == 1 || inet_pton(AF_INET6, string, &bytes) == 1
      #expect((IPAddress(string) != nil) == isAddress, "\(string)")
      valid += isAddress ? 1 : 0
    }
    #expect(valid > 4_000)
  }

  @Test(
    "can be that of one host, or of everybody's",
    arguments: [
      ("10.0.0.1", true), ("1.0.0.0", true), ("223.255.255.255", true), ("240.0.0.1", true),
      ("0.0.0.0", false),
      ("0.1.2.3", false), ("127.0.0.1", false), ("128.0.0.1", true), ("169.254.1.1", false),
      ("169.253.1.1", true), ("224.0.0.1", false), ("239.255.255.250", false), ("255.255.255.255", false),
      ("fd00::1", true), ("2001:db8::1", true), ("::", false), ("::1", false), ("::2", true),
      ("fe80::1", false),
      ("febf::1", false), ("fec0::1", true), ("ff02::1", false),
    ])
  func hosts(text: String, isOfOneHost: Bool) throws {
    #expect(try #require(IPAddress(text)).isOfOneHost == isOfOneHost)
  }
}
