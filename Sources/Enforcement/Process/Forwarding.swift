package import Netlink

/// Whether the kernel forwards packets.
package enum Forwarding {
  /// Lets the kernel forward packets of both families. To be called when there are rules that say no.
  package static func enable(in namespace: NetworkNamespace) throws(EnforcementError) {
    try speakingToKernel { () throws(NetlinkError) in
      try namespace.run { (thread) throws(NetlinkError) in
        try thread.setParameter("net/ipv4/ip_forward", "1")
        do throws(NetlinkError) {
          try thread.setParameter("net/ipv6/conf/all/forwarding", "1")
        } catch {
          // A kernel without IPv6 has nothing to forward.
          if error.reason != .missing { throw error }
        }
      }
    }
  }
}
