internal import Kubernetes
internal import Nftables
internal import PolicyModel
internal import SourceGroups

/// What a rule's traffic says about the ICMP of a family.
struct RuleMessages {
  private let family: AddressFamily
  /// Type and code as one number, as they stand in the place of a port.
  private let messages: PortSet
  private let isEvery: Bool

  /// The number of the protocol in the IP header.
  static func number(_ family: AddressFamily) -> UInt8 { family == .ipv4 ? 1 : 58 }

  init(_ rule: SourceGroupRule, _ family: AddressFamily) {
    var ranges: [ClosedRange<UInt16>] = []
    var isEvery = false
    for entry in rule.traffic {
      guard case .icmp(family, let type, let code) = entry.value else { continue }
      guard let type else {
        isEvery = true
        continue
      }
      let first = UInt16(type) << 8
      ranges.append(code.map { first | UInt16($0)...first | UInt16($0) } ?? first...(first | 0xFF))
    }
    self.family = family
    self.isEvery = isEvery
    messages = PortSet(unsorted: ranges)
  }

  /// Nil when the rule is not about it.
  var matches: [Match]? {
    let number = Self.number(family)
    if isEvery { return [.protocols([number])] }
    if messages.isEmpty { return nil }
    return [
      .transport(number), .protocols([number]),
      .field(.tuplePort(.original, .destination), .oneOf, messages.ranges.map { Interval($0) }),
    ]
  }
}
