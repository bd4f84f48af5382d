import Glibc
import Netlink
import Testing

@Suite("Keys, addresses and errors are values")
struct ValueTests {
  @Test("a concatenation gives each field whole registers")
  func concatenation() {
    let key = SetKey.ipv4(0x0A00_0001).then(.byte(6)).then(.port(443))
    #expect(key.byteCount == 12)
    #expect("\(key)" == "0a000001 . 06000000 . 01bb0000")
    #expect(SetKey.ipv6(1).then(.ipv6(2)).then(.byte(6)).then(.port(443)).byteCount == 40)
    #expect("\(SetKey.byte(2))" == "02" && "\(SetKey.port(80))" == "0050")
  }

  @Test("keys are equal when their bytes are")
  func equality() {
    #expect(SetKey.ipv4(1) != SetKey.ipv4(2))
    #expect(SetKey.byte(6) != SetKey.byte(6).then(.byte(0)))
    #expect(SetKey.byte(6).then(.port(80)) == SetKey.byte(6).then(.port(80)))
    #expect(Set([SetKey.ipv4(1), .ipv4(1), .ipv6(1)]).count == 2)
    #expect(SetKey.address(.v4(7)) == .ipv4(7) && SetKey.address(.v6(7)) == .ipv6(7))
  }

  @Test(
    "addresses are read and written",
    arguments: ["10.0.0.1", "0.0.0.0", "255.255.255.255", "::", "2001:db8::1", "fd00:64::ffff"])
  func addresses(text: String) throws {
    #expect(try #require(NetworkAddress(text)).description == text)
  }

  @Test("what is no address is none", arguments: ["", "10.0.0", "10.0.0.256", "2001:db8::g", "fe80::1%eth0"])
  func noAddresses(text: String) {
    #expect(NetworkAddress(text) == nil)
  }

  @Test("an error says what was to be done, why it was not, and what helps")
  func errors() {
    #expect(
      NetlinkError("add to set gate v4", number: EPERM).description
        == "cannot add to set gate v4: Operation not permitted; "
        + "run as root, with CAP_NET_ADMIN, or in a user namespace of one's own")
    #expect(
      NetlinkError("delete from set gate v4", number: ENOENT, element: .ipv4(1)).description
        == "cannot delete from set gate v4, element 00000001: No such file or directory")
    #expect(
      NetlinkError("set up link 3", number: EINVAL, detail: "no such link").description
        == "cannot set up link 3: Invalid argument (no such link)")
    #expect(NetlinkError("x", number: ENOBUFS).reason == .overrun)
    #expect(NetlinkError("x", number: EMSGSIZE).reason == .tooLarge)
    #expect(NetlinkError("x", number: ERESTART).reason == .changed)
  }
}
