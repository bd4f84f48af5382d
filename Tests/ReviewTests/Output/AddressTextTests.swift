import Kubernetes
import PolicyModel
import Testing

@Suite("Addresses in reports")
struct AddressTextTests {
  @Test(
    "the text of a set of addresses, read back, is the set",
    arguments: [
      "0.0.0.0/0 except 10.0.0.0/8, 192.168.0.0/16", "203.0.113.0/24 except 203.0.113.192/26, 2001:db8::/32",
      "10.0.0.1/32", "0.0.0.0/0", "::/0", "any address", "no address", "2001:db8::/48 except 2001:db8::1/128",
      "10.0.0.0/9, 192.0.2.0/24, 2001:db8::/32",
    ])
  func roundTrip(text: String) throws {
    let set = try parseAddresses(text)
    #expect(try parseAddresses(set.description) == set)
  }

  @Test("for random sets, too", arguments: 0..<40)
  func random(seed: UInt64) throws {
    var set = AddressSet.empty
    var state = seed &* 2_654_435_761 &+ 12345
    for _ in 0..<(2 + seed % 9) {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let bits = UInt128(UInt32(truncatingIfNeeded: state >> 24))
      let cidr = AddressSet(CIDR(IPAddress(.ipv4, bits: bits), prefixLength: Int(state >> 59)))
      set = state & 4 == 0 ? set.subtracting(cidr) : set.union(cidr)
    }
    #expect(try parseAddresses(set.description) == set)
  }
}
