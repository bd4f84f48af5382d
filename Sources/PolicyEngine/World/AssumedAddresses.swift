internal import Kubernetes
package import PolicyModel

/// Where addresses lie that the input does not say.
package struct AssumedAddresses: Sendable {
  /// Whose address it is.
  package enum Holder: Int, Sendable, CaseIterable {
    case pod
    /// Pods of the host network included.
    case node
    case service
  }

  /// By holder.
  private let ranges: [AddressSet]
  /// The holders whose range somebody said.
  private let known: Set<Holder>
  /// - Parameters:
  ///   - facts: say where addresses lie.
  ///   - guess: where they are taken to lie if facts say nothing of any.
  init(_ facts: ClusterFacts, otherwise guess: AddressSet) {
    let said = Holder.allCases.map { holder in
      switch holder {
      case .pod: AddressSet(facts.podBlocks)
      case .node: AddressSet(facts.nodeBlocks)
      case .service: AddressSet(facts.serviceBlocks)
      }
    }
    // What is said of one holder says of which families the cluster is.
    let families = Set((facts.podBlocks + facts.nodeBlocks + facts.serviceBlocks).map(\.family))
    let likely =
      families.isEmpty
      ? guess
      : (families.contains(.ipv4) ? World.privateIPv4 : .empty).union(
        families.contains(.ipv6) ? .allIPv6 : .empty)
    ranges = said.map { $0.isEmpty ? likely : $0 }
    known = Set(Holder.allCases.filter { !said[$0.rawValue].isEmpty })
  }

  /// The families of pods, which are also those of the names that they ask for.
  var families: [AddressFamily] { families(.pod) }

  /// Never empty.
  package subscript(holder: Holder) -> AddressSet { ranges[holder.rawValue] }

  /// Whether somebody said the range, and it is no guess.
  package func isKnown(_ holder: Holder) -> Bool { known.contains(holder) }

  /// The families of a range.
  func families(_ holder: Holder) -> [AddressFamily] {
    AddressFamily.allCases.filter { family in self[holder].intervals.contains { $0.family == family } }
  }
}
