internal import Glibc

/// Who may change a table, or take it away.
package enum TableOwnership: Sendable, Hashable {
  /// Everybody: it was added without ownership, and cannot get any.
  case everybody
  /// Everybody, until somebody takes it: whoever had it is gone.
  case free
  /// This connection alone.
  case own
  /// Another socket alone.
  case other

  /// `NFT_TABLE_F_OWNER`, and `NFT_TABLE_F_PERSIST`: it stays when the owner goes.
  static let flags: UInt32 = owned | persistent
  fileprivate static let owned: UInt32 = 0x2
  fileprivate static let persistent: UInt32 = 0x4
}

extension NftablesConnection {
  /// Who may change a table; nil when there is none.
  package mutating func ownership(of table: String) throws(NetlinkError) -> TableOwnership? {
    guard let found = try state(of: table) else { return nil }
    if found.flags & TableOwnership.owned != 0 { return found.owner == socket.number ? .own : .other }
    return found.flags & TableOwnership.persistent != 0 ? .free : .everybody
  }

  /// Whether the kernel lets tables be owned that stay when their owner goes (since Linux 6.9).
  ///
  /// One is added and taken away at the same moment, so that no packet meets it.
  package mutating func canOwnTables() throws(NetlinkError) -> Bool {
    var probe = TableTransaction(table: "merlon-probe-\(socket.number ?? 0)")
    probe.addOwnedTable()
    probe.deleteTable()
    do {
      try commit(probe)
      return true
    } catch {
      guard error.number == EOPNOTSUPP || error.number == EINVAL else { throw error }
      return false
    }
  }
}

extension NetlinkSocket {
  /// What the kernel calls the socket; nil as long as it was not used.
  var number: UInt32? {
    // struct sockaddr_nl: family, nothing, number, groups.
    var address: (UInt32, UInt32, UInt32) = (0, 0, 0)
    var length = socklen_t(MemoryLayout.size(ofValue: address))
    let code = withUnsafeMutableBytes(of: &address) { bytes in
      bytes.baseAddress.map {
        getsockname(descriptor.number, $0.assumingMemoryBound(to: sockaddr.self), &length)
      }
    }
    return code == 0 && address.1 != 0 ? address.1 : nil
  }
}
