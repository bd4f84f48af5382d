internal import Glibc
internal import Kubernetes

/// A folder into which files are written: each whole or not at all.
struct OutputFolder {
  /// A file with its path in the folder.
  struct File {
    let path: String
    let text: String
  }

  /// Why nothing, or not everything, was written.
  struct Failure: Error {
    let message: String
    /// Whether files are there that nobody said may be overwritten.
    var isRefusal = false
  }

  /// What became of a file.
  enum Outcome: String {
    case written = "wrote"
    case unchanged = "unchanged"
  }

  let path: String

  /// Writes files: first all of them under other names, then each takes its place.
  ///
  /// - Parameter overwrites: whether files of other content may be replaced.
  func write(
    _ files: [File], overwriting overwrites: Bool
  ) throws(Failure) -> [(path: String, outcome: Outcome)] {
    let places = files.map { (path: place($0), text: $0.text) }
    var known: [String?] = []
    for file in places { known.append(try contents(file.path)) }
    let changed = zip(places, known).filter { $0.text != $1 }.map(\.0)
    let taken = zip(places, known).filter { $1 != nil && $0.text != $1 }.map(\.0.path)
    if !taken.isEmpty, !overwrites {
      throw Failure(
        message:
          "\(taken.joined(separator: ", ")) \(taken.count == 1 ? "exists" : "exist") with other content: "
          + "nothing is written without --force", isRefusal: true)
    }
    var staged: [(temporary: String, path: String)] = []
    do throws(Failure) {
      for file in changed {
        try makeFolders(of: file.path)
        staged.append((try stage(file.text, file.path), file.path))
      }
      for file in staged where rename(file.temporary, file.path) != 0 {
        throw Self.failure("write", file.path)
      }
    } catch {
      for file in staged { unlink(file.temporary) }
      throw error
    }
    return zip(places, known).map { ($0.path, $0.text == $1 ? .unchanged : .written) }
  }

  private func place(_ file: File) -> String {
    path.hasSuffix("/") ? path + file.path : "\(path)/\(file.path)"
  }

  /// Whether it has nothing in it but hidden entries, or is not there.
  var isEmpty: Bool { FolderNames.visible(in: path).map(\.isEmpty) ?? (access(path, F_OK) != 0) }

  /// The text of a file; nil where there is none.
  private func contents(_ path: String) throws(Failure) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw Self.failure("read", path)
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw Self.failure("read", path) }
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
  }

  private func makeFolders(of path: String) throws(Failure) {
    for (index, character) in zip(path.indices, path) where character == "/" && index > path.startIndex {
      let folder = String(path[..<index])
      if mkdir(folder, 0o777) != 0, errno != EEXIST { throw Self.failure("create", folder) }
    }
  }

  /// Writes a text beside a path, so that it can take its place.
  private func stage(_ text: String, _ path: String) throws(Failure) -> String {
    let temporary = "\(path).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.failure("write", temporary) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count < 0 { break }
      rest = rest.dropFirst(count)
    }
    let isWhole = rest.isEmpty && fsync(descriptor) == 0
    let failure = Self.failure("write", path)
    if close(descriptor) == 0, isWhole { return temporary }
    unlink(temporary)
    throw failure
  }

  /// After a system call failed.
  private static func failure(_ verb: String, _ path: String) -> Failure {
    Failure(message: "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
  }
}
