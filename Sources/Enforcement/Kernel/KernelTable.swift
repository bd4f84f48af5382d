package import Gateway
package import Netlink
internal import Nftables

/// The table of a gateway in a network namespace: writes it, and sees when somebody else has.
///
/// What is written becomes true as a whole. The kernel's generation says whether anything changed since; a digest of chains and
/// rules, and a look at all elements, say whether that was about this table.
///
/// Where the kernel lets a table be owned, this is the only one who can change it or take it away, and it stays when its owner
/// ends. Then structure is one batch of netlink, as elements always are, and nobody else's `nft flush ruleset` opens anything.
/// Elsewhere structure is one transaction of nft: what others do to the table is seen at the next look, and mended.
package struct KernelTable: ~Copyable {
  let namespace: NetworkNamespace
  var connection: NftablesConnection
  /// Whether the table is to be written by nobody else, and the kernel can see to that. One that was made without an owner gets
  /// one when it is replaced.
  package let isOwned: Bool
  /// What was written last; nil when it is not known what the kernel has.
  var written: Written?

  struct Written {
    var generation: UInt32
    let digest: UInt64
    /// Whether all elements were right in that generation.
    var isCompared: Bool
    /// Whether nobody else changed any rules between the writing and the reading of what was written.
    let isCertain: Bool
  }

  /// The table in a namespace, whether or not it is there already.
  ///
  /// - Parameter isShared: whether others may write it as well, even where the kernel could keep them from it.
  package init(in namespace: NetworkNamespace, isShared: Bool = false) throws(EnforcementError) {
    self.namespace = namespace
    var connection = try speakingToKernel { () throws(NetlinkError) in
      try namespace.run { _ throws(NetlinkError) in try NftablesConnection() }
    }
    isOwned =
      isShared
      ? false : try speakingToKernel { () throws(NetlinkError) in try connection.canOwnTables() }
    self.connection = connection
  }

  static let batchSize = 2000

  // MARK: - Writing

  /// Does what a gateway says must be done so that the kernel has its next state.
  ///
  /// - Throws: when it is not done. The kernel then has the state before, or what somebody else made of it:
  ///   ``establish(_:)`` makes it right.
  package mutating func apply(_ update: GatewayUpdate) throws(EnforcementError) {
    if let structure = update.structure {
      // In batches, as a socket takes no more at once in a user namespace; each means nothing by itself.
      var rest = update.preparation[...]
      while !rest.isEmpty {
        try commit(TableTransaction(rest.prefix(Self.batchSize)))
        rest = rest.dropFirst(Self.batchSize)
      }
      try rewrite(structure, known: written.flatMap { $0.isCompared ? $0.generation : nil })
    } else if !update.elements.isEmpty {
      try commit(TableTransaction(update.elements))
    }
  }

  /// Commits a batch to the rules that were written last, and to no others.
  mutating func commit(_ transaction: borrowing TableTransaction) throws(EnforcementError) {
    for _ in 0..<Self.tries {
      guard let generation = written?.generation else { throw .unsteady }
      do throws(NetlinkError) {
        try connection.commit(transaction, expecting: generation)
        written?.generation = generation &+ 1
        return
      } catch {
        guard error.reason == .changed else { throw .netlink(error) }
      }
      // Another table may have changed: then the batch still means what it meant.
      guard try structure() == .same else { throw .unsteady }
    }
    throw .unsteady
  }

  /// How often something is tried that changes of others come between.
  static let tries = 8

  /// Changes the structure, and remembers what it is then.
  ///
  /// - Parameter known: the generation of which all elements are known.
  mutating func rewrite(_ transaction: NftablesTransaction, known: UInt32?) throws(EnforcementError) {
    written = nil
    let before = try speakingToKernel { () throws(NetlinkError) in try connection.generation() }
    if isOwned {
      try speakingToKernel { () throws(NetlinkError) in try connection.commit(TableTransaction(transaction)) }
    } else {
      do throws(RulesetError) {
        try namespace.load(ruleset: transaction.text)
      } catch {
        throw .ruleset(error)
      }
    }
    guard let (found, generation) = try steadyTable() else { throw .unsteady }
    let isNext = generation == before &+ 1
    written = Written(
      generation: generation, digest: found.digest, isCompared: isNext && known == before,
      isCertain: isOwned || isNext)
  }

  /// What the kernel has of the table in one generation, and which that is; nil when there is none.
  mutating func steadyTable() throws(EnforcementError) -> (FoundTable, generation: UInt32)? {
    for _ in 0..<Self.tries {
      let (before, found, after) = try speakingToKernel { () throws(NetlinkError) in
        (
          try connection.generation(), try connection.table(GatewayTable.name.text),
          try connection.generation()
        )
      }
      guard let found else { return nil }
      if before == after { return (found, after) }
    }
    throw .unsteady
  }

  /// Whether what was read after the writing may have been changed by somebody else in between: then it has to be written
  /// again some time, as nothing else would tell.
  var isUncertain: Bool { written.map { !$0.isCertain } ?? false }
}
