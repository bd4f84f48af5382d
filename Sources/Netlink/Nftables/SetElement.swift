/// An element of a set or map, as the kernel has it now.
package struct SetElement: Sendable, Hashable {
  package let key: SetKey
  /// What a map has for the key; nil in sets.
  package let value: MapValue?
  /// For how long the element is there from when it was added; nil when it stays, or has the set's own.
  package let timeout: Duration?
  /// For how much longer it is there; nil when it stays.
  package let expiresIn: Duration?

  package init(
    _ key: SetKey, value: MapValue? = nil, timeout: Duration? = nil, expiresIn: Duration? = nil
  ) {
    self.key = key
    self.value = value
    self.timeout = timeout
    self.expiresIn = expiresIn
  }

  /// The element of an attribute; nil for the end of an interval, and for a key that is too long.
  init?(_ attribute: Attribute) {
    var key: SetKey?
    var value: MapValue?
    var timeout: UInt64?
    var expiration: UInt64?
    for part in attribute.nested {
      switch part.type {
      case NftablesAttribute.elementKey:
        key = part.nested[NftablesAttribute.dataValue].flatMap { SetKey($0.value) }
      case NftablesAttribute.elementData:
        value = MapValue(part)
      case NftablesAttribute.elementFlags where part.networkNumber(UInt32.self).map { $0 & 1 } == 1:
        return nil
      case NftablesAttribute.elementTimeout: timeout = part.networkNumber()
      case NftablesAttribute.elementExpiration: expiration = part.networkNumber()
      default: continue
      }
    }
    guard let key else { return nil }
    self.init(
      key, value: value, timeout: timeout.map { .milliseconds($0) },
      expiresIn: expiration.map { .milliseconds($0) })
  }
}
