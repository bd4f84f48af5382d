internal import CLinux
internal import Glibc

/// A user namespace in which a process without rights is root over network namespaces that it makes.
package enum UserNamespace {
  /// Whether the process may make network namespaces as it is.
  package static var isPrivileged: Bool {
    do {
      _ = try NetworkNamespace.make()
      return true
    } catch {
      return false
    }
  }

  /// Moves the whole process into a user namespace of its own, with a network namespace in which there is nothing.
  ///
  /// The kernel moves a process as long as it has one thread only. So this belongs at the beginning of `main`, before anything
  /// concurrent; a process that is further ahead starts its program anew (``startAnew(arguments:)``) and does it then.
  ///
  /// - Throws: ``NetlinkError/Reason/other`` with `EINVAL` when there are several threads, `forbidden` where the system lets nobody
  ///   make user namespaces.
  package static func enter() throws(NetlinkError) {
    let operation = "enter a user namespace"
    let (user, group) = (getuid(), getgid())
    // A thread that was waited for may take a moment longer to be gone.
    var tries = 0
    while unshare(NamespaceKind.user | NamespaceKind.network) != 0 {
      tries += 1
      guard errno == EINVAL, tries < 50 else {
        throw NetlinkError(
          operation, detail: errno == EINVAL ? "the process has several threads already" : nil)
      }
      poll(nil, 0, 1)
    }
    // Groups can be mapped once it is given up to change them.
    try write("deny", to: "setgroups", operation)
    try write("0 \(user) 1", to: "uid_map", operation)
    try write("0 \(group) 1", to: "gid_map", operation)
  }

  /// Starts the program of the process anew, in its place, with other arguments: with one thread, and the same descriptors as
  /// far as they are inherited. Comes back only when that cannot be done.
  package static func startAnew(arguments: [String]) -> NetlinkError {
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    pointers.append(nil)
    execv("/proc/self/exe", pointers)
    let error = NetlinkError("start the program anew")
    for pointer in pointers { free(pointer) }
    return error
  }

  private static func write(_ text: String, to file: String, _ operation: String) throws(NetlinkError) {
    let number = open("/proc/self/\(file)", O_WRONLY | O_CLOEXEC)
    guard number >= 0 else { throw NetlinkError(operation) }
    let descriptor = Descriptor(owning: number)
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor.number, bytes, bytes.count) == bytes.count else {
      throw NetlinkError(operation)
    }
  }
}
