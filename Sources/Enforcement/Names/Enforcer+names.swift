internal import Gateway
package import Kubernetes
internal import Netlink
internal import Nftables

extension Enforcer {
  /// Whether somebody may be told the addresses of a name. Nobody is told any while nothing is enforced.
  package func judgement(of name: String, askedBy source: IPAddress) -> NameDecision {
    enforced == nil ? .denied : gateway.judgement(of: name, askedBy: source)
  }

  /// Lets somebody reach the addresses of a name, as far as rules about it say, each for some time. One that it may reach for
  /// longer already keeps that.
  ///
  /// - Throws: when it is not done.
  package mutating func admit(
    _ addresses: [(IPAddress, Duration)], of name: String, for source: IPAddress
  ) throws(EnforcementError) {
    var transaction = TableTransaction(table: GatewayTable.name.text)
    for set in gateway.sets(for: name, askedBy: source).sorted() {
      for (address, time) in addresses where address.family == source.family {
        let key = SetKey([.address(source), .address(address)])
        let known = try speakingToKernel { () throws(NetlinkError) in
          try table.connection.element(key, of: set.text, in: GatewayTable.name.text)
        }
        if let left = known?.expiresIn, left > time { continue }
        transaction.renew(key, in: set.text, timeout: time)
      }
    }
    try table.commit(transaction)
  }
}
