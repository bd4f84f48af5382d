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
  /// The family that the addresses of names are taken to have.
  let family: AddressFamily

  /// - Parameters:
  ///   - facts: say where addresses lie.
  ///   - guess: where they are taken to lie otherwise.
  init(_ facts: ClusterFacts, otherwise guess: AddressSet) {
    let said = Holder.allCases.map { holder in
      switch holder {
      case .pod: AddressSet(facts.podBlocks)
      case .node: AddressSet(facts.nodeBlocks)
      case .service: AddressSet(facts.serviceBlocks)
      }
    }
    ranges = said.map { $0.isEmpty ? guess : $0 }
    known = Set(Holder.allCases.filter { !said[$0.rawValue].isEmpty })
    family =
      (facts.podBlocks.first ?? facts.nodeBlocks.first)?.family ?? guess.intervals.first?.family ?? .ipv4
  }

  /// Never empty.
  package subscript(holder: Holder) -> AddressSet { ranges[holder.rawValue] }

  /// Whether somebody said the range, and it is no guess.
  package func isKnown(_ holder: Holder) -> Bool { known.contains(holder) }

  /// The families of a range.
  func families(_ holder: Holder) -> [AddressFamily] {
    AddressFamily.allCases.filter { family in self[holder].intervals.contains { $0.family == family } }
  }
}
