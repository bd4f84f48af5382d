internal import Glibc

/// Finds and opens what the user named.
///
/// A file is read once, under the first of its names: `a.yaml`, `./a.yaml`, a link to it and the folder that it lies
/// in are one input. Files that are links come after the files of their folder, so that messages name the real one.
/// Links to folders are not followed, as `kubectl apply -f DIR -R` does not; a warning names those whose target is not
/// read anyway.
struct ManifestInput {
  private static let extensions = [".yaml", ".yml", ".json"]

  private let excludes: ExcludePatterns
  private(set) var texts: [ManifestText] = []
  private(set) var problems: [Diagnostic] = []
  /// What `--exclude` left out of the paths that the user named.
  private(set) var excludedPaths: [String] = []
  /// Canonical paths of what was read.
  private var readFiles: Set<String> = []
  private var readFolders: Set<String> = []
  private var linkedFolders: [(path: String, target: String)] = []

  /// Reads everything behind the paths, sorted inside each folder; `-` is standard input.
  init(paths: [String], excludes: ExcludePatterns) {
    self.excludes = excludes
    for path in paths { read(named: path) }
    for link in linkedFolders where !readFolders.contains(link.target) {
      problems.append(
        Diagnostic(
          .linkedFolder, .warning, "\(link.path) is a link to a folder and was not followed", at: nil,
          fix: "name it too if its manifests count, or leave it out with --exclude"))
    }
  }

  private mutating func read(named path: String) {
    if path == "-" {
      if readFiles.insert("-").inserted { readFile(path) }
      return
    }
    var status = stat()
    guard stat(path, &status) == 0 else {
      problems.append(UnreadableInput(path, errno: errno).problem)
      return
    }
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    if excludes.excludeNamed(path, isFolder: isFolder) {
      excludedPaths.append(path)
      return
    }
    let canonical = Self.canonical(path)
    guard isFolder else {
      if readFiles.insert(canonical).inserted { readFile(path) }
      return
    }
    let root = path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path
    var links: [(path: String, target: String)] = []
    readFolder(root, relative: "", canonical: canonical, fileLinks: &links)
    for link in links where readFiles.insert(link.target).inserted { readFile(link.path) }
  }

  /// Reads the manifests of a folder and its subfolders. Hidden entries are passed over.
  ///
  /// - Parameters:
  ///   - relative: the folder's path from the root that the user named, which patterns are about.
  ///   - canonical: the path of the folder without links.
  ///   - fileLinks: gets the manifests that are links.
  private mutating func readFolder(
    _ root: String, relative: String, canonical: String, fileLinks: inout [(path: String, target: String)]
  ) {
    let folder = relative.isEmpty ? root : "\(root)/\(relative)"
    guard let names = FolderNames.visible(in: folder) else {
      problems.append(UnreadableInput(folder, errno: errno).problem)
      return
    }
    readFolders.insert(canonical)
    for name in names {
      let child = relative.isEmpty ? name : "\(relative)/\(name)"
      let path = "\(root)/\(child)"
      let isManifest = Self.extensions.contains(where: name.hasSuffix)
      var status = stat()
      let isLink = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
      guard stat(path, &status) == 0 else {
        // A dangling link, or a name that is not UTF-8.
        if isManifest, !excludes.exclude(child, isFolder: false) {
          problems.append(UnreadableInput(path, errno: errno).problem)
        }
        continue
      }
      let type = status.st_mode & S_IFMT
      if excludes.exclude(child, isFolder: type == S_IFDIR) { continue }
      // Only files: to open a pipe that lies about would wait for a writer.
      guard type == S_IFDIR || (isManifest && type == S_IFREG) else { continue }
      let target = isLink ? Self.canonical(path) : "\(canonical == "/" ? "" : canonical)/\(name)"
      switch (type == S_IFDIR, isLink) {
      case (true, true): linkedFolders.append((path, target))
      case (true, false): readFolder(root, relative: child, canonical: target, fileLinks: &fileLinks)
      case (false, true): fileLinks.append((path, target))
      case (false, false): if readFiles.insert(target).inserted { readFile(path) }
      }
    }
  }

  /// The absolute path without links; the path itself when there is none.
  private static func canonical(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private mutating func readFile(_ path: String) {
    do throws(UnreadableInput) {
      texts.append(try ManifestText(contentsOf: path))
    } catch {
      problems.append(error.problem)
    }
  }
}

extension Diagnostic.Code {
  /// A link to a folder that was not followed.
  package static let linkedFolder = Self(rawValue: "linked-folder")
}
