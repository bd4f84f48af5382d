import Netlink
import Testing

/// Tests with the kernel, each with a network of its own; one after the other, as they measure time.
@Suite("Enforcement in the kernel", .serialized, .enabled(if: KernelAccess.isThere, KernelAccess.reason))
struct RealKernel {}

/// What the tests need of whoever runs them.
enum KernelAccess {
  /// Whether whoever runs the tests may make namespaces, and has the program nft.
  static let isThere = UserNamespace.isPrivileged && hasNft
  /// What is said of tests that are left out.
  static let reason: Comment = "needs root (network namespaces) and the program nft"

  private static var hasNft: Bool {
    do {
      return try NetworkNamespace.make().run { (thread) throws(NetlinkError) in
        try thread.run("nft", ["list", "tables"]).code == 0
      }
    } catch {
      return false
    }
  }
}
