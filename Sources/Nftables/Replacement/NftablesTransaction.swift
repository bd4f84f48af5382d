/// Changes that make one program of another at once: the kernel takes all of them or none.
///
/// Base chains that both have are kept, so no packet ever meets the policy alone. Chains whose rules are the same are
/// not touched, and nor are elements that both have. What is new is added before anything is taken away. Elements of
/// sets that change at run time are added and removed where the two programs differ; others in them are kept.
package struct NftablesTransaction: Sendable, Hashable {
  /// What they are about, where they do not say so themselves.
  package let table: TableName
  /// In order.
  package let changes: [TableChange]

  /// Makes `new` of what the kernel has. Give what is in force as `old`: with nil the table must not exist.
  package init(replacing old: NftablesProgram?, with new: NftablesProgram) {
    table = new.table
    guard let old, old.table == new.table else {
      changes = new.creation + (old.map { [.deleteTable($0.table)] } ?? [])
      return
    }
    changes = ProgramDifference(old: old, new: new).changes
  }

  /// Makes `new` of what somebody has written: of `old` all parts are known, but not what the rules of its chains are. All
  /// chains get their rules anew.
  package init(rewriting old: NftablesProgram, with new: NftablesProgram) {
    table = new.table
    changes = ProgramDifference(old: old, new: new, rewritesRules: true).changes
  }

  /// Makes `new`, whatever the kernel has of the name.
  ///
  /// - Parameter isThere: whether there is a table for certain. One that was owned once cannot be added again by others.
  package init(remaking new: NftablesProgram, isThere: Bool = false) {
    table = new.table
    changes = (isThere ? [] : [.addTable(new.table)]) + [.deleteTable(new.table)] + new.creation
  }

  /// Whether there is nothing to do.
  package var isEmpty: Bool { changes.isEmpty }

  /// The changes as commands for nft, in order, without line ends.
  package var commands: [String] { changes.map { $0.text(table) } }

  /// What `nft -f` reads.
  package var text: String { commands.map { $0 + "\n" }.joined() }

  /// The same in several transactions, each of about so many bytes of text.
  ///
  /// In a user namespace nft can send no more at once than `net.core.wmem_max` says, often 200 kB. Only for a table that
  /// is made: base chains come first, with their policy, and get their rules last.
  package func texts(ofAtMost size: Int) -> [String] {
    var texts: [String] = []
    for command in commands {
      if let last = texts.last, last.utf8.count + command.utf8.count < size {
        texts[texts.count - 1] = last + command + "\n"
      } else {
        texts.append(command + "\n")
      }
    }
    return texts
  }
}

extension NftablesProgram {
  /// What makes a table that does not exist. A base chain gets its rules in the transaction that makes it.
  fileprivate var creation: [TableChange] {
    [.addTable(table)] + ProgramDifference(old: NftablesProgram(table: table, chains: []), new: self).changes
  }
}
