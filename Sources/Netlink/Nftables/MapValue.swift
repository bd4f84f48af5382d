/// What a map has for a key.
package enum MapValue: Sendable, Hashable {
  /// Of a map to `verdict`.
  case verdict(MapVerdict)
  /// Of a map to `mark`.
  case mark(UInt32)

  /// The value of an attribute; nil for one of another kind. The kernel does not say what four bytes mean: those of any
  /// map are read as a mark.
  init?(_ attribute: Attribute) {
    if let verdict = attribute.nested[NftablesAttribute.dataVerdict] {
      guard let verdict = MapVerdict(verdict) else { return nil }
      self = .verdict(verdict)
    } else {
      guard let mark: UInt32 = attribute.nested[NftablesAttribute.dataValue]?.number() else { return nil }
      self = .mark(mark)
    }
  }
}

/// What a verdict map has for a key.
package enum MapVerdict: Sendable, Hashable {
  case accept
  case drop
  case goto(String)
  case jump(String)
  case `return`
  case `continue`

  /// The kernel's number of the verdict, and the chain that it names.
  var encoded: (code: Int32, chain: String?) {
    switch self {
    case .drop: (0, nil)
    case .accept: (1, nil)
    case .continue: (-1, nil)
    case .jump(let chain): (-3, chain)
    case .goto(let chain): (-4, chain)
    case .return: (-5, nil)
    }
  }

  /// The verdict of an attribute; nil for one that maps do not have.
  init?(_ attribute: Attribute) {
    guard let code: Int32 = attribute.nested[NftablesAttribute.verdictCode]?.networkNumber() else {
      return nil
    }
    let chain = attribute.nested[NftablesAttribute.verdictChain]?.text
    switch (code, chain) {
    case (0, nil): self = .drop
    case (1, nil): self = .accept
    case (-1, nil): self = .continue
    case (-3, let chain?): self = .jump(chain)
    case (-4, let chain?): self = .goto(chain)
    case (-5, nil): self = .return
    default: return nil
    }
  }
}
