internal import Glibc

/// Finds and opens what the user named.
enum ManifestInput {
  private static let extensions = [".yaml", ".yml", ".json"]

  /// The texts behind the paths, sorted inside each folder, and what could not be opened.
  static func collect(paths: [String], excludes: ExcludePatterns) -> ([ManifestText], [Diagnostic]) {
    var texts: [ManifestText] = []
    var problems: [Diagnostic] = []
    var seen: Set<String> = []
    for path in paths {
      if path == "-" {
        if seen.insert("-").inserted { append(path: "<stdin>", descriptor: 0, &texts, &problems) }
        continue
      }
      var status = stat()
      guard stat(path, &status) == 0 else {
        problems.append(unreadable(path, errno))
        continue
      }
      if status.st_mode & S_IFMT == S_IFDIR {
        let root = path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path
        for file in files(under: root, relative: "", excludes: excludes, &problems)
        where seen.insert(file).inserted {
          appendFile(file, &texts, &problems)
        }
      } else if seen.insert(path).inserted {
        appendFile(path, &texts, &problems)
      }
    }
    return (texts, problems)
  }

  /// The bytes of one file, or of standard input for `-`, whatever they are.
  static func collectFile(path: String) -> ([ManifestText], [Diagnostic]) {
    var texts: [ManifestText] = []
    var problems: [Diagnostic] = []
    if path == "-" {
      append(path: "<stdin>", descriptor: 0, requiresUTF8: false, &texts, &problems)
    } else {
      appendFile(path, requiresUTF8: false, &texts, &problems)
    }
    return (texts, problems)
  }

  /// Manifest files of a folder and its subfolders. Hidden entries and links to folders are passed over.
  private static func files(
    under root: String, relative: String, excludes: ExcludePatterns, _ problems: inout [Diagnostic]
  ) -> [String] {
    let folder = relative.isEmpty ? root : "\(root)/\(relative)"
    guard let stream = opendir(folder) else {
      problems.append(unreadable(folder, errno))
      return []
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    var found: [String] = []
    for name in names.sorted() {
      let child = relative.isEmpty ? name : "\(relative)/\(name)"
      let path = "\(root)/\(child)"
      let isManifest = extensions.contains(where: name.hasSuffix)
      var status = stat()
      let isLink = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
      guard stat(path, &status) == 0 else {
        // A dangling link, or a name that is not UTF-8.
        if isManifest, !excludes.exclude(child, isFolder: false) { problems.append(unreadable(path, errno)) }
        continue
      }
      let type = status.st_mode & S_IFMT
      if excludes.exclude(child, isFolder: type == S_IFDIR) { continue }
      if type == S_IFDIR {
        if !isLink { found += files(under: root, relative: child, excludes: excludes, &problems) }
      } else if isManifest, type == S_IFREG {
        // Only files: to open a pipe that lies about would wait for a writer.
        found.append(path)
      }
    }
    return found
  }

  private static func appendFile(
    _ path: String, requiresUTF8: Bool = true, _ texts: inout [ManifestText], _ problems: inout [Diagnostic]
  ) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      problems.append(unreadable(path, errno))
      return
    }
    defer { close(descriptor) }
    append(path: path, descriptor: descriptor, requiresUTF8: requiresUTF8, &texts, &problems)
  }

  private static func append(
    path: String, descriptor: Int32, requiresUTF8: Bool = true, _ texts: inout [ManifestText],
    _ problems: inout [Diagnostic]
  ) {
    var bytes: [UInt8] = []
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_size > 0 {
      bytes.reserveCapacity(Int(status.st_size) + 1)
    }
    let chunk = 1 << 16
    var buffer = [UInt8](repeating: 0, count: chunk)
    while true {
      let count = read(descriptor, &buffer, chunk)
      if count < 0 {
        if errno == EINTR { continue }
        problems.append(unreadable(path, errno))
        return
      }
      if count == 0 { break }
      bytes.append(contentsOf: buffer[..<count])
      if bytes.count > DocumentLimits.inputBytes {
        problems.append(
          Diagnostic(
            .unreadable, .error, "\(path) is larger than \(DocumentLimits.inputBytes >> 20) MiB", at: nil,
            fix: "split it"))
        return
      }
    }
    if requiresUTF8, let problem = notUTF8(bytes, path: path) {
      problems.append(problem)
    } else {
      texts.append(ManifestText(path: path, bytes: bytes))
    }
  }

  private static func notUTF8(_ bytes: [UInt8], path: String) -> Diagnostic? {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return Diagnostic(.unreadable, .error, "\(path) is UTF-16, not UTF-8", at: nil, fix: "iconv -t UTF-8")
    }
    guard bytes.withUnsafeBufferPointer({ String(validating: $0, as: UTF8.self) }) == nil else { return nil }
    return Diagnostic(.unreadable, .error, "\(path) is not UTF-8 text", at: nil)
  }

  private static func unreadable(_ path: String, _ code: Int32) -> Diagnostic {
    Diagnostic(.unreadable, .error, "cannot read \(path): \(String(cString: strerror(code)))", at: nil)
  }
}
