package import Netlink

/// Why the kernel does not have what it should.
package enum EnforcementError: Error, Sendable {
  case netlink(NetlinkError)
  case ruleset(RulesetError)
  /// Somebody else changes the rules faster than they can be mended.
  case unsteady
}

extension EnforcementError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .netlink(let error): "\(error)"
    case .ruleset(let error): "\(error)"
    case .unsteady:
      "cannot write the rules: another program changes them all the time; stop it, or let it leave the table inet merlon alone"
    }
  }
}

/// Says errors of the kernel as those of enforcement.
func speakingToKernel<Value: ~Copyable>(
  _ body: () throws(NetlinkError) -> Value
) throws(EnforcementError) -> Value {
  do throws(NetlinkError) {
    return try body()
  } catch {
    throw .netlink(error)
  }
}
