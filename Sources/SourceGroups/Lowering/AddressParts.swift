internal import Kubernetes
internal import PolicyModel

/// The addresses of a family, taken apart so that each set of some has all of a part or nothing of it.
///
/// A label of a symbolic sender says which part an address lies in. A sender without the label, or with another value,
/// is in the part that is called the rest: so every sender is somewhere, and no sender is nowhere.
struct AddressParts: Sendable {
  private let parts: [AddressSet]
  private let rest: Int
  private let label: String

  /// O(sets × parts × intervals).
  init(of family: AddressFamily, cutBy sets: [AddressSet], label: String) {
    var parts: [AddressSet] = [family == .ipv4 ? .allIPv4 : .allIPv6]
    var seen: Set<AddressSet> = []
    for set in sets where seen.insert(set).inserted {
      parts = parts.flatMap { [$0.intersection(set), $0.subtracting(set)] }.filter { !$0.isEmpty }
    }
    self.parts = parts
    rest = parts.firstIndex { part in seen.allSatisfy { part.isDisjoint(with: $0) } } ?? 0
    self.label = label
  }

  /// Senders whose address lies in one of the sets that the parts were made with.
  func condition(_ set: AddressSet) -> LabelExpression {
    let (inside, outside) = (
      parts.indices.filter { parts[$0].isSubset(of: set) },
      parts.indices.filter {
        !parts[$0].isSubset(of: set)
      }
    )
    if !inside.contains(rest) { return .attribute(.label(label), .isIn(inside.map(SymbolicSources.value))) }
    return outside.isEmpty
      ? .everything : .attribute(.label(label), .isNotIn(outside.map(SymbolicSources.value)))
  }

  /// The part that the value of the label stands for.
  func part(_ value: String?) -> AddressSet {
    parts.indices.first { SymbolicSources.value($0) == value }.map { parts[$0] } ?? parts[rest]
  }

  /// Whether any set tells addresses apart.
  var isCut: Bool { parts.count > 1 }
}
