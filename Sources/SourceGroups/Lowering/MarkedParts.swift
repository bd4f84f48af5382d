internal import PolicyModel

/// A set that others can be cut out of.
protocol CuttableSet: Sendable, Hashable {
  var isEmpty: Bool { get }
  func intersection(_ other: Self) -> Self
  func subtracting(_ other: Self) -> Self
}

extension AddressSet: CuttableSet {}
extension PortSet: CuttableSet {}

/// Addresses or ports, taken apart so that each set of some has all of a part or nothing of it.
///
/// A label of a symbolic sender says which part is meant. A sender without the label, or with another value, is in the
/// part that is called the rest: so every sender is somewhere, and no sender is nowhere.
struct MarkedParts<Space: CuttableSet>: Sendable {
  private let parts: [Space]
  private let rest: Int
  private let label: String

  /// O(sets × parts × size of a part).
  init(of whole: Space, cutBy sets: [Space], label: String) {
    var parts = [whole]
    var seen: Set<Space> = []
    for set in sets where seen.insert(set).inserted {
      parts = parts.flatMap { [$0.intersection(set), $0.subtracting(set)] }.filter { !$0.isEmpty }
    }
    self.parts = parts
    rest = parts.firstIndex { part in seen.allSatisfy { part.intersection($0).isEmpty } } ?? 0
    self.label = label
  }

  /// Senders that are in one of the sets that the parts were made with.
  func condition(_ set: Space) -> LabelExpression {
    let inside = parts.indices.filter { parts[$0].subtracting(set).isEmpty }
    if !inside.contains(rest) { return .attribute(.label(label), .isIn(inside.map(SymbolicSources.value))) }
    let outside = parts.indices.filter { !inside.contains($0) }
    return outside.isEmpty
      ? .everything : .attribute(.label(label), .isNotIn(outside.map(SymbolicSources.value)))
  }

  /// The part that the value of the label stands for; nil when there is only one.
  func part(_ value: String?) -> Space? {
    if parts.count == 1 { return nil }
    return parts.indices.first { SymbolicSources.value($0) == value }.map { parts[$0] } ?? parts[rest]
  }
}
