internal import Glibc
internal import Netlink

/// The process of a staging network, which may have to start anew to get the rights that it needs.
enum StagingProcess {
  private static let variable = "MERLON_INSIDE_USER_NAMESPACE"

  /// Moves into a user namespace when the process was started for that; at the beginning of `main`, while there is one thread.
  static func enterIfWanted() throws(NetlinkError) {
    guard getenv(variable) != nil else { return }
    unsetenv(variable)
    try UserNamespace.enter()
  }

  /// Returns when the process may make network namespaces; otherwise starts it anew, as one that may.
  static func requireRights() throws {
    if UserNamespace.isPrivileged { return }
    setenv(variable, "1", 1)
    let error = UserNamespace.startAnew(arguments: CommandLine.arguments)
    unsetenv(variable)
    Terminal.writeError("merlon: \(error)\n")
    throw ExitStatus.unreadableInput
  }
}
