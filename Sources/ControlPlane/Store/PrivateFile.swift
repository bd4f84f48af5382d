internal import Glibc

/// Files that only their owner may read.
enum PrivateFile {
  /// Whether there is a file, which then is closed to others.
  ///
  /// Looks at it without opening it: closing any descriptor of a database would drop the locks that SQLite has on it.
  static func exists(_ path: String) throws(StoreError) -> Bool {
    var status = stat()
    if stat(path, &status) != 0 {
      if errno == ENOENT { return false }
      throw .system("look at", path)
    }
    try requirePrivate(status, path)
    return true
  }

  /// Makes an empty file, unless there is one.
  static func createEmpty(_ path: String) throws(StoreError) {
    if mknod(path, S_IFREG | 0o600, 0) != 0 {
      if errno == EEXIST { return }
      throw .system("create", path)
    }
    try syncFolder(of: path)
  }

  /// Makes a file with a text, whole or not at all, whenever the process ends.
  ///
  /// - Returns: false when there is one of that name already; it stays as it is.
  static func create(_ path: String, _ text: SecretText) throws(StoreError) -> Bool {
    let temporary = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 16)).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system("create", path) }
    defer { unlink(temporary) }
    let bytes = Array(text.revealed.utf8)
    let isWhole = write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
    let failure = StoreError.system("write", path)
    guard close(descriptor) == 0, isWhole else { throw failure }
    if link(temporary, path) != 0 {
      if errno == EEXIST { return false }
      throw .system("create", path)
    }
    try syncFolder(of: path)
    return true
  }

  /// The text of a small file; nil when there is none.
  static func read(_ path: String) throws(StoreError) -> SecretText? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw .system("read", path)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("read", path) }
    try requirePrivate(status, path)
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw .system("read", path) }
    return SecretText(String(decoding: bytes[..<count], as: UTF8.self))
  }

  /// Refuses a file that anybody but this user, and root, can read or change.
  ///
  /// Credentials of systemd's services belong to root and its group, with mode 440: what looks like the group's right is that
  /// of the service's user, from an access control list.
  private static func requirePrivate(_ status: stat, _ path: String) throws(StoreError) {
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw StoreError(.invalid, "\(path) is not a file")
    }
    if status.st_uid != geteuid(), status.st_uid != 0 {
      throw StoreError(
        .exposed, "\(path) belongs to the user \(status.st_uid), who can read it",
        fix: "chown \(geteuid()) \(path)")
    }
    let isCredential = status.st_uid == 0 && status.st_gid == 0 && status.st_mode & 0o777 == 0o440
    if status.st_mode & 0o077 != 0, !isCredential {
      throw StoreError(
        .exposed, "\(path) is open to others: its mode is \(String(status.st_mode & 0o777, radix: 8))",
        fix: "chmod 600 \(path)")
    }
  }

  /// Makes a new name in a folder survive a power cut.
  private static func syncFolder(of path: String) throws(StoreError) {
    let folder = folder(of: path)
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("read", folder) }
    defer { close(descriptor) }
    // Some file systems have nothing to do here, and say so.
    if fsync(descriptor) != 0, errno != EINVAL { throw .system("write", folder) }
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

extension StoreError {
  /// After a system call failed.
  static func system(_ verb: String, _ path: String) -> StoreError {
    let code = errno
    let message = "cannot \(verb) \(path): \(String(cString: strerror(code)))"
    switch code {
    case ENOENT:
      return StoreError(.unavailable, message, fix: "mkdir -m 700 -p \(PrivateFile.folder(of: path))")
    case ENOSPC, EDQUOT: return StoreError(.full, message, fix: "make room on that disk")
    default: return StoreError(.unavailable, message)
    }
  }
}
