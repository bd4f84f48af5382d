package import Nftables
package import SourceGroups

/// What a gateway's operator decides about enforcement.
package struct GatewaySettings: Sendable {
  /// How senders hear of a denial.
  package enum Refusal: String, Sendable, Hashable, CaseIterable {
    /// TCP connections are reset, and ICMP says that others are administratively prohibited.
    case reject
    case drop
  }

  package let refusal: Refusal
  /// Devices through which packets of a zone come in, and answers to them leave.
  package let zones: [String: [InterfaceName]]
  /// The group of the kernel's log that denials and audited matches are sent to.
  package let logGroup: UInt16
  /// How many log entries each rule makes at most.
  package let logRate: Rate
  /// How many bytes of a packet an entry has.
  package let logLength: UInt16

  package init(
    refusal: Refusal = .reject, zones: [String: [InterfaceName]] = [:], logGroup: UInt16 = 5,
    logRate: Rate = Rate(10, per: .second, burst: 20), logLength: UInt16 = 128
  ) {
    self.refusal = refusal
    self.zones = zones
    self.logGroup = logGroup
    self.logRate = logRate
    self.logLength = logLength
  }

  /// Zones of a document through whose devices nothing can come in, as there are none.
  package func zonesWithoutDevices(in policy: SourceGroupPolicy) -> [String] {
    Set(policy.groups.flatMap(\.sources).compactMap(\.zone)).filter { zones[$0]?.isEmpty ?? true }.sorted()
  }
}
