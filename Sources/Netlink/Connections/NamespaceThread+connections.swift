extension NamespaceThread {
  /// Forgets all connections that are tracked in the namespace that the thread is in, so that what comes next is judged anew.
  package func forgetConnections() throws(NetlinkError) {
    var socket = try NetlinkSocket(.netfilter, for: "forget tracked connections")
    try socket.request("forget tracked connections", type: NetfilterSubsystem.conntrack | 2) {
      $0.netfilterHeader(NetfilterFamily.unspecified)
    }
  }
}
