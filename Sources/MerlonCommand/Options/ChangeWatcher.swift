internal import Glibc
internal import Kubernetes

/// Waits until a file changes. It looks at times and sizes: that works on every file system, also where nobody is told of
/// changes (network shares, mounted folders of containers).
struct ChangeWatcher {
  private let paths: [String]
  private var last: [Entry]

  private struct Entry: Equatable {
    let path: String
    let size: Int
    let seconds: Int
    let nanoseconds: Int
  }

  init(_ paths: [String]) {
    self.paths = paths
    last = Self.entries(paths)
  }

  /// Returns after a change; throws when the task is cancelled.
  mutating func waitForChange() async throws {
    while true {
      let now = Self.entries(paths)
      if now != last {
        last = now
        return
      }
      try await Task.sleep(for: .milliseconds(200))
    }
  }

  private static func entries(_ paths: [String]) -> [Entry] {
    var entries: [Entry] = []
    for path in paths { add(path, &entries) }
    return entries
  }

  private static func add(_ path: String, _ entries: inout [Entry]) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    entries.append(
      Entry(
        path: path, size: Int(status.st_size), seconds: status.st_mtim.tv_sec,
        nanoseconds: status.st_mtim.tv_nsec))
    guard status.st_mode & S_IFMT == S_IFDIR else { return }
    for name in FolderNames.visible(in: path) ?? [] {
      var own = stat()
      let child = "\(path)/\(name)"
      // Links to folders are not followed, as in reading.
      if lstat(child, &own) == 0, own.st_mode & S_IFMT != S_IFLNK { add(child, &entries) }
    }
  }
}
