internal import Kubernetes

extension DataValue {
  /// The data of a node as it is written. Members that are null are left out, as servers do, and numbers with fractions,
  /// which no policy has, stay text.
  init(_ node: Node) {
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
        case .null: .object([])
        case .float, .string: .string(node.text)
        }
    }
  }
}
