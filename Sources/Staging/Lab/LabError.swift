package import Netlink

/// Why a network for staging is not there, or gives no answer.
package enum LabError: Error, Sendable, Hashable {
  /// An address that two ends have.
  case sharedAddress(NetworkAddress, String, String)
  /// A probe from or to an address that no end has.
  case unknownAddress(Probe)
  /// A probe from one family to the other.
  case mixedFamilies(Probe)
  /// The kernel refuses a part of it.
  case system(NetlinkError)
  /// The rules are not in force.
  case ruleset(RulesetError)
  /// Packets that nothing is in the way of do not arrive.
  case stuck
}

extension LabError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .sharedAddress(let address, let first, let second):
      "\(first) and \(second) both have address \(address)"
    case .unknownAddress(let probe): "\(probe): both must be addresses of ends of the network for staging"
    case .mixedFamilies(let probe): "\(probe): the addresses are of different families"
    case .system(let error): error.description
    case .ruleset(let error): error.description
    case .stuck: "packets do not move in the network for staging; is the machine overloaded?"
    }
  }
}
