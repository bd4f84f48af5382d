internal import Glibc
package import Netlink

/// Why the kernel does not have what it should.
package enum EnforcementError: Error, Sendable {
  case netlink(NetlinkError)
  case ruleset(RulesetError)
  /// Somebody else changes the rules faster than they can be mended.
  case unsteady
  /// Another process has the table for itself.
  case held
}

extension EnforcementError {
  /// Whether the kernel, or nft, does not take what it is told: nothing was done, and the same would be refused again.
  var isRefusal: Bool {
    switch self {
    case .ruleset(.refused): true
    case .netlink(let error):
      switch error.reason {
      case .missing, .present: true
      // For the moment.
      case .other: ![EAGAIN, EINTR, ENOMEM].contains(error.number)
      case .forbidden, .changed, .overrun, .tooLarge, .unsteady, .unanswered: false
      }
    case .ruleset, .unsteady, .held: false
    }
  }
}

extension EnforcementError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .netlink(let error): "\(error)"
    case .ruleset(let error): "\(error)"
    case .unsteady:
      "cannot write the rules: another program changes them all the time; stop it, or let it leave the table inet merlon alone"
    case .held:
      "cannot write the rules: another process has the table inet merlon for itself (nft list table inet merlon says its name); end it first"
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
