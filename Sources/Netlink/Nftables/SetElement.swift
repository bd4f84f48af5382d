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

/// An element of a set or map, as the kernel has it now.
package struct SetElement: Sendable, Hashable {
  package let key: SetKey
  /// What a verdict map has for the key; nil in sets.
  package let verdict: MapVerdict?
  /// For how long the element is there from when it was added; nil when it stays, or has the set's own.
  package let timeout: Duration?
  /// For how much longer it is there; nil when it stays.
  package let expiresIn: Duration?

  package init(
    _ key: SetKey, verdict: MapVerdict? = nil, timeout: Duration? = nil, expiresIn: Duration? = nil
  ) {
    self.key = key
    self.verdict = verdict
    self.timeout = timeout
    self.expiresIn = expiresIn
  }

  /// The element of an attribute; nil for the end of an interval, and for a key that is too long.
  init?(_ attribute: Attribute) {
    var key: SetKey?
    var verdict: MapVerdict?
    var timeout: UInt64?
    var expiration: UInt64?
    for part in attribute.nested {
      switch part.type {
      case NftablesAttribute.elementKey:
        key = part.nested[NftablesAttribute.dataValue].flatMap { SetKey($0.value) }
      case NftablesAttribute.elementData:
        verdict = part.nested[NftablesAttribute.dataVerdict].flatMap(MapVerdict.init)
      case NftablesAttribute.elementFlags where part.networkNumber(UInt32.self).map { $0 & 1 } == 1:
        return nil
      case NftablesAttribute.elementTimeout: timeout = part.networkNumber()
      case NftablesAttribute.elementExpiration: expiration = part.networkNumber()
      default: continue
      }
    }
    guard let key else { return nil }
    self.init(
      key, verdict: verdict, timeout: timeout.map { .milliseconds($0) },
      expiresIn: expiration.map { .milliseconds($0) })
  }
}
