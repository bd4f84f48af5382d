import Netlink
import Staging
import Testing

/// Programs that run without rights.
private enum Nobody {
  /// Whether somebody without rights may make user namespaces, which some systems forbid, and load rules there.
  static let isAllowed = (try? run("unshare", ["-Urn", "nft", "list", "tables"]))?.code == 0
  static let reason: Comment = "needs the program nft, and a system that lets nobody make user namespaces"

  /// Runs a program as nobody, or as whoever runs the tests without rights.
  static func run(_ program: String, _ arguments: [String]) throws -> ProgramResult {
    let words = [program] + arguments
    let asNobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    let all = UserNamespace.isPrivileged ? asNobody + words : words
    return try NamespaceThread.run { (thread) throws(NetlinkError) in
      try thread.run(all[0], Array(all.dropFirst()))
    }
  }
}

@Suite("A network for staging in a user namespace", .enabled(if: Nobody.isAllowed, Nobody.reason))
struct UserNamespaceTests {
  @Test("is what nobody can have, and leaves nothing behind")
  func withoutRights() throws {
    let result = try Nobody.run(Self.program, [])
    #expect(result.code == 0, "\(result.errorText)")
    #expect(String(decoding: result.output, as: UTF8.self) == Self.expected)
  }

  @Test("is entered by a process with one thread, which a program that is started anew has")
  func threads() throws {
    let result = try Nobody.run(Self.program, ["threads"])
    #expect(result.code == 0, "\(result.errorText)")
    #expect(
      String(decoding: result.output, as: UTF8.self)
        == "cannot enter a user namespace: Invalid argument (the process has several threads already)\n"
        + Self.expected)
  }

  private static let expected = """
    delivered rejected silent rejected
    delivered rejected silent rejected
    300 of 600 ports
    1000
    0 descriptors left

    """

  /// The program that is built beside this test bundle.
  private static let program: String = {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? ""
    return bundle.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
      + "/staging-inside"
  }()
}
