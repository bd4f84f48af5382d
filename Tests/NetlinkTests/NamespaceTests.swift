import Glibc
import Netlink
import Testing

extension RealNamespaces {
  @Suite("Network namespaces")
  struct NamespaceTests {
    @Test("what runs in a namespace has its own thread: the caller stays where it is")
    func threads() throws {
      let before = identity()
      let namespace = try NetworkNamespace.make()
      let inside = try namespace.run { (_) throws(NetlinkError) in identity() }
      #expect(inside != before)
      #expect(try namespace.run { (_) throws(NetlinkError) in identity() } == inside)
      #expect(identity() == before)
      let both = try NamespaceThread.run { (thread) throws(NetlinkError) in
        let other = try thread.makeNamespace()
        let there = identity()
        try thread.enter(namespace)
        let here = identity()
        try thread.enter(other)
        return [there, here, identity()]
      }
      #expect(both[1] == inside && both[0] == both[2] && both[0] != inside)
    }

    @Test("a link that is not there is missed")
    func missingLink() throws {
      let namespace = try NetworkNamespace.make()
      let problem = try #require(throws: NetlinkError.self) {
        try namespace.run { (_) throws(NetlinkError) in
          var routing = try RoutingConnection()
          try routing.setUp(99)
        }
      }
      #expect(problem.reason == .missing && problem.operation == "set up link 99")
    }

    @Test("links are made, renamed, changed and deleted, with both their ends")
    func links() throws {
      let pair = try NamespacePair()
      let there = pair.second.namespace
      try pair.first.namespace.run { (_) throws(NetlinkError) in
        var routing = try RoutingConnection()
        #expect(Set(try routing.links().map(\.name)) == ["lo", "here"])
        #expect(try routing.link(named: "none") == nil)
        #expect(try routing.link(named: "here")?.index == 5)
        let error = #expect(throws: NetlinkError.self) {
          try routing.addPair(LinkEnd("here"), LinkEnd("again"), in: there)
        }
        #expect(error?.reason == .present)
        try routing.setHardware(HardwareAddress(local: 1, 2), of: 5)
        try routing.rename(5, to: "renamed")
        #expect(try routing.link(named: "renamed")?.index == 5)
        try routing.setRoute(to: .v4(0), prefixLength: 0, via: .v4(0x0A09_0002), on: 5)
        try routing.setRoute(to: .v6(0), prefixLength: 0, via: .v6(0xFE80 << 112 + 1), on: 5)
        try routing.setRoute(to: .v4(0x0A0A_0000), prefixLength: 16, on: 5)
        try routing.setNeighbour(.v4(0x0A09_0003), HardwareAddress(local: 1, 3), on: 5)
        try routing.setNeighbour(.v6(0xFE80 << 112 + 1), HardwareAddress(local: 1, 3), on: 5)
      }
      let shown = try pair.first.namespace.run { (thread) throws(NetlinkError) in
        try ["route", "-6 route", "neigh", "link"].map { (words) throws(NetlinkError) in
          String(
            decoding: try thread.run("ip", words.split(separator: " ").map(String.init)).output, as: UTF8.self
          )
        }
      }
      #expect(shown[0].contains("default via 10.9.0.2 dev renamed proto static onlink"), "\(shown[0])")
      #expect(shown[0].contains("10.10.0.0/16 dev renamed proto static scope link"), "\(shown[0])")
      #expect(shown[1].contains("default via fe80::1 dev renamed"), "\(shown[1])")
      #expect(shown[2].contains("10.9.0.3 dev renamed lladdr 02:01:00:00:00:03 PERMANENT"), "\(shown[2])")
      #expect(shown[3].contains("02:01:00:00:00:02"), "\(shown[3])")
      try pair.first.namespace.run { (_) throws(NetlinkError) in
        var routing = try RoutingConnection()
        try routing.delete(link: 5)
      }
      let left = try there.run { (_) throws(NetlinkError) in
        var routing = try RoutingConnection()
        return try routing.links().map(\.name)
      }
      #expect(left == ["lo"])
    }

    @Test("parameters belong to the namespace")
    func parameters() throws {
      let namespace = try NetworkNamespace.make()
      try namespace.run { (thread) throws(NetlinkError) in
        try thread.setParameter("net/ipv4/ip_forward", "1")
        #expect(
          String(decoding: try thread.run("cat", ["/proc/sys/net/ipv4/ip_forward"]).output, as: UTF8.self)
            == "1\n")
        let error = #expect(throws: NetlinkError.self) { try thread.setParameter("net/ipv4/none", "1") }
        #expect(error?.reason == .missing)
      }
    }

    @Test("a program that takes too long is ended, and one that is not there is missed")
    func programs() throws {
      let namespace = try NetworkNamespace.make()
      try namespace.run { (thread) throws(NetlinkError) in
        let slow = try thread.run("sleep", ["60"], deadline: .milliseconds(50))
        #expect(slow.code == nil)
        let failing = try thread.run("sh", ["-c", "cat; echo no >&2; exit 3"], input: "yes")
        #expect(failing.code == 3 && failing.output == Array("yes".utf8) && failing.errorText == "no\n")
        let error = #expect(throws: NetlinkError.self) { try thread.run("merlon-none", []) }
        #expect(error?.reason == .missing)
      }
    }

    /// Which namespace the thread is in.
    private func identity() -> ino_t {
      var status = stat()
      stat("/proc/thread-self/ns/net", &status)
      return status.st_ino
    }
  }
}
