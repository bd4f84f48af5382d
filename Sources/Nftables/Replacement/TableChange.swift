/// One change of what the kernel has, as a part of a transaction.
package enum TableChange: Sendable, Hashable {
  /// Nothing when there is one of the name.
  case addTable(TableName)
  case deleteTable(TableName)
  case addCounter(NamedCounter)
  case deleteCounter(NamedCounter)
  /// Without rules. Nothing when there is one of the name, but that a base chain gets the policy.
  case addChain(ChainName, Chain.Base?)
  /// Takes away all rules.
  case flushChain(ChainName)
  case deleteChain(ChainName)
  /// Without elements.
  case addCollection(NamedCollection)
  /// Takes away all elements.
  case flushCollection(NamedCollection)
  case deleteCollection(NamedCollection)
  case addElements(NamedCollection)
  /// Those of the same keys.
  case deleteElements(NamedCollection)
  /// At the end of a chain.
  case addRule(ChainName, Rule)
}

extension TableChange {
  /// The change as a command for nft.
  ///
  /// - Parameter table: what it is about, unless it says so itself.
  func text(_ table: TableName) -> String {
    let table = "inet " + table.text + " "
    return switch self {
    case .addTable(let name): "add table inet " + name.text
    case .deleteTable(let name): "delete table inet " + name.text
    case .addCounter(let counter): "add counter " + table + counter.name.text
    case .deleteCounter(let counter): "delete counter " + table + counter.name.text
    case .addChain(let name, let base):
      "add chain " + table + name.text + (base.map { " { " + $0.text + " }" } ?? "")
    case .flushChain(let name): "flush chain " + table + name.text
    case .deleteChain(let name): "delete chain " + table + name.text
    case .addCollection(let collection):
      "add " + collection.kind + " " + table + collection.name + " { "
        + collection.properties.map { $0 + ";" }.joined(separator: " ") + " }"
    case .flushCollection(let collection): "flush " + collection.kind + " " + table + collection.name
    case .deleteCollection(let collection): "delete " + collection.kind + " " + table + collection.name
    case .addElements(let collection):
      "add element " + table + collection.name + " { " + collection.elementTexts.joined(separator: ", ")
        + " }"
    case .deleteElements(let collection):
      "delete element " + table + collection.name + " { "
        + collection.keys.map(\.keyText).joined(separator: ", ") + " }"
    case .addRule(let chain, let rule): "add rule " + table + chain.text + " " + rule.text
    }
  }
}
