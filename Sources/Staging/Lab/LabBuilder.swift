internal import Netlink

/// Makes the namespaces of a ``Lab``, and what connects them.
///
/// An end has its addresses, without a network around them, on `eth0`, and routes everything to a gateway. The router has a link for
/// each end, and a route to each address. Who has which hardware address is said beforehand: nobody asks, nothing expires.
enum LabBuilder {
  private static let gateways: [NetworkAddress] = [.v4(0xA9FE_0101), .v6(0xFE80 << 112 + 1)]
  private static let gatewayHardware = HardwareAddress(local: 0, 1)
  /// The first link of the router to an end.
  private static let firstLink: Int32 = 16

  static func build(
    _ endpoints: [Endpoint]
  ) throws(NetlinkError) -> (router: NetworkNamespace, ends: [NetworkNamespace]) {
    try NamespaceThread.run { (thread) throws(NetlinkError) in
      let hasIPv6 = endpoints.contains { $0.addresses.contains { !$0.isIPv4 } }
      let router = try thread.makeNamespace()
      try quieten(thread, hasIPv6: hasIPv6)
      try forward(thread, hasIPv6: hasIPv6)
      var routing = try RoutingConnection()
      try routing.setUp(1)
      var ends: [NetworkNamespace] = []
      ends.reserveCapacity(endpoints.count)
      for (number, endpoint) in endpoints.enumerated() {
        ends.append(try thread.makeNamespace())
        try quieten(thread, hasIPv6: hasIPv6)
        try connect(endpoint, number, to: router)
        try connect(&routing, to: endpoint, number)
      }
      for end in ends {
        try thread.enter(end)
        try awaitLink(named: "eth0")
      }
      return (router, ends)
    }
  }

  /// The end's side of its link; the calling thread is in its namespace.
  private static func connect(
    _ endpoint: Endpoint, _ number: Int, to router: NetworkNamespace
  ) throws(NetlinkError) {
    var routing = try RoutingConnection()
    try routing.addPair(
      LinkEnd("eth0", index: 2, hardware: hardware(number)),
      LinkEnd("end\(number)", index: firstLink + Int32(number), hardware: gatewayHardware), in: router)
    try routing.setUp(1)
    for address in endpoint.addresses {
      try routing.addAddress(address, prefixLength: address.bitWidth, to: 2)
    }
    try routing.setUp(2)
    for gateway in gateways where endpoint.addresses.contains(where: { $0.isIPv4 == gateway.isIPv4 }) {
      try routing.setNeighbour(gateway, gatewayHardware, on: 2)
      try routing.setRoute(to: gateway.isIPv4 ? .v4(0) : .v6(0), prefixLength: 0, via: gateway, on: 2)
    }
  }

  /// The router's side of an end's link.
  private static func connect(
    _ routing: inout RoutingConnection, to endpoint: Endpoint, _ number: Int
  ) throws(NetlinkError) {
    let link = firstLink + Int32(number)
    for gateway in gateways where endpoint.addresses.contains(where: { $0.isIPv4 == gateway.isIPv4 }) {
      try routing.addAddress(gateway, prefixLength: gateway.bitWidth, to: link)
    }
    try routing.setUp(link)
    for address in endpoint.addresses {
      try routing.setNeighbour(address, hardware(number), on: link)
      try routing.setRoute(to: address, prefixLength: address.bitWidth, on: link)
    }
  }

  /// Waits until packets can flow: the kernel tells the end that was up first a moment later.
  static func awaitLink(named name: String) throws(NetlinkError) {
    var routing = try RoutingConnection()
    let clock = ContinuousClock()
    let start = clock.now
    while try routing.link(named: name)?.isOperational != true {
      guard clock.now - start < .seconds(10) else {
        throw NetlinkError("bring up link \(name)", number: 0, detail: "it is not up after 10 seconds")
      }
    }
  }

  /// Lets the namespace send nothing of its own accord, and use new addresses at once.
  private static func quieten(_ thread: borrowing NamespaceThread, hasIPv6: Bool) throws(NetlinkError) {
    guard hasIPv6 else { return }
    for (name, value) in [
      ("accept_dad", "0"), ("dad_transmits", "0"), ("accept_ra", "0"), ("addr_gen_mode", "1"),
    ] {
      try thread.setParameter("net/ipv6/conf/default/\(name)", value)
    }
  }

  /// Makes the namespace a router, which says no as often as there is reason to.
  private static func forward(_ thread: borrowing NamespaceThread, hasIPv6: Bool) throws(NetlinkError) {
    try thread.setParameter("net/ipv4/ip_forward", "1")
    try thread.setParameter("net/ipv4/icmp_ratemask", "0")
    if hasIPv6 {
      try thread.setParameter("net/ipv6/conf/all/forwarding", "1")
      try thread.setParameter("net/ipv6/icmp/ratemask", "2")
      try thread.setParameter("net/ipv6/icmp/ratelimit", "0")
    }
    // Without connection tracking there are none of these, and nothing to forget.
    for name in ["udp_timeout", "icmp_timeout", "icmpv6_timeout", "tcp_timeout_close", "sctp_timeout_closed"]
    {
      do {
        try thread.setParameter("net/netfilter/nf_conntrack_\(name)", "1")
      } catch let error where error.reason == .missing {
        continue
      }
    }
  }

  private static func hardware(_ number: Int) -> HardwareAddress {
    HardwareAddress(local: 1, UInt32(number))
  }
}
