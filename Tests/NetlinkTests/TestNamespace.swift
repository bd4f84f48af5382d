import Netlink
import Testing

/// Tests with the kernel, each in namespaces of its own.
@Suite("In real namespaces", .enabled(if: TestNamespace.isAvailable, TestNamespace.reason))
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
