import Glibc
import Netlink
import Testing

/// Tests with the kernel, one after the other: some of them count what the process has, and what it costs.
@Suite("In real namespaces", .serialized, .enabled(if: TestNamespace.isAvailable, TestNamespace.reason))
struct RealNamespaces {}

/// A namespace with rules, for one test.
struct TestNamespace {
  let namespace: NetworkNamespace

  /// Whether namespaces can be made, and rules loaded, by whoever runs the tests.
  static let isAvailable =
    UserNamespace.isPrivileged && (try? TestNamespace().nft(["list", "tables"])) != nil
  /// What is said of tests that are left out.
  static let reason: Comment = "needs root (network namespaces) and the program nft"

  init(_ ruleset: String = "") throws {
    namespace = try NetworkNamespace.make()
    if !ruleset.isEmpty { try nft(["-f", "-"], input: ruleset) }
  }

  /// What the program `nft` says in the namespace.
  @discardableResult
  func nft(_ arguments: [String], input: String = "") throws -> String {
    let result = try namespace.run { thread in
      Result { () throws(RulesetError) in try thread.nft(arguments, input: input) }
    }
    return String(decoding: try result.get(), as: UTF8.self)
  }

  /// A connection to the namespace's rules.
  func connection() throws -> NftablesConnection {
    try namespace.run { (_) throws(NetlinkError) in try NftablesConnection() }
  }
}

/// CPU time that the process has used so far, in seconds; that of children that ended included on request.
func processorTime(ofChildren: Bool = false) -> Double {
  var usage = rusage()
  getrusage((ofChildren ? RUSAGE_CHILDREN : RUSAGE_SELF).rawValue, &usage)
  return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
    + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1_000_000
}

/// The number of descriptors that the process has open.
func openDescriptors() -> Int {
  guard let folder = opendir("/proc/self/fd") else { return -1 }
  defer { closedir(folder) }
  var count = 0
  while readdir(folder) != nil { count += 1 }
  return count
}
