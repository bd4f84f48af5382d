extension DataValue {
  /// The data of a node as it is written. Members that are null are left out, as servers do.
  package init(_ node: Node) {
    switch node.content {
    case .sequence: self = .list(node.elements.map { DataValue($0) })
    case .mapping:
      self = .object(
        node.members.filter { !$0.value.isNull }.map { Member($0.key.keyText, DataValue($0.value)) })
    case .scalar:
      self =
        switch node.scalar {
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(Int(value))
        case .float: .number(node.text)
        case .null: .object([])
        case .string: .string(node.text)
        }
    }
  }
}
