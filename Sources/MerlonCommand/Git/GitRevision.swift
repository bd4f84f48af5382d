internal import Glibc
internal import Kubernetes
internal import Subprocess

/// Why git could not say what a revision holds.
struct GitProblem: Error {
  let message: String
}

/// The manifests of a git revision, read through git itself.
struct GitRevision: Sendable {
  /// As the user wrote it: `main`, `v1.2~3`.
  let name: String

  private static let extensions = [".yaml", ".yml", ".json"]
  private static let outputBytes = 1 << 30

  /// Splits `main..HEAD` and `main...HEAD` as git diff does; what is left out is `HEAD`. Nil for anything else.
  static func range(_ text: String) async throws(GitProblem) -> (before: GitRevision, after: GitRevision)? {
    guard let dots = text.firstDoubleDot else { return nil }
    let isSymmetric = text[dots.upperBound...].hasPrefix(".")
    func revision(_ text: Substring) -> String { text.isEmpty ? "HEAD" : String(text) }
    let before = revision(text[..<dots.lowerBound])
    let after = revision(text[dots.upperBound...].dropFirst(isSymmetric ? 1 : 0))
    if !isSymmetric { return (GitRevision(name: before), GitRevision(name: after)) }
    let base = try await git(["merge-base", before, after])
    return (GitRevision(name: String(line(base).prefix(12))), GitRevision(name: after))
  }

  /// The manifests below paths that are relative to the working directory, as `merlon` would find them there: of folders the
  /// YAML and JSON files, without hidden entries and links to folders; named files whatever they are called. A path that the
  /// revision does not have holds nothing.
  func texts(_ paths: [String], excludes: ExcludePatterns) async throws(GitProblem) -> [ManifestText] {
    try await requireCommit()
    let roots = try paths.map { path throws(GitProblem) in try Self.relative(path) }
    let prefix = Self.line(try await Self.git(["rev-parse", "--show-prefix"]))
    let listing = try await Self.git(["ls-tree", "-r", "-z", name, "--"] + roots)
    let entries = listing.split(separator: 0).compactMap { Entry($0) }.filter {
      isWanted($0.path, below: roots, excludes)
    }
    // A link to a file that is read anyway is the same input.
    let blobs = Set(entries.lazy.filter { !$0.isLink }.map(\.blob))
    let files = entries.filter { !$0.isLink }
    let links = entries.filter(\.isLink)
    let contents = try await contents(files.map(\.blob))
    var texts = zip(files, contents).compactMap { file, found in found.map { text(file, $0.bytes) } }
    // Git follows links within the revision when it is asked by path, which it takes by the line.
    let askable = links.filter { !$0.path.contains("\n") }
    let targets = try await self.contents(askable.map { "\(name):\(prefix)\($0.path)" }, followsLinks: true)
    for (link, target) in zip(askable, targets) {
      if let target, !blobs.contains(target.hash) { texts.append(text(link, target.bytes)) }
    }
    return texts
  }

  private func text(_ entry: Entry, _ bytes: [UInt8]) -> ManifestText {
    ManifestText(path: "\(name):\(entry.path)", bytes: bytes)
  }

  /// A path without `./`, `name/..`, a slash at the end, and the working directory in front.
  private static func relative(_ path: String) throws(GitProblem) -> String {
    var rest = Substring(path)
    if rest.hasPrefix("/") {
      guard let buffer = getcwd(nil, 0) else { throw GitProblem(message: "there is no working directory") }
      defer { free(buffer) }
      let folder = String(cString: buffer)
      if rest == folder { return "." }
      guard rest.hasPrefix(folder + "/") else { return path }
      rest = rest.dropFirst(folder.count + 1)
    }
    var names: [Substring] = []
    for name in rest.split(separator: "/") where name != "." {
      if name == "..", let last = names.last, last != ".." { names.removeLast() } else { names.append(name) }
    }
    return names.isEmpty ? "." : names.joined(separator: "/")
  }

  /// Whether a file of the revision is read, by the rules for folders unless it is named itself.
  private func isWanted(_ path: String, below roots: [String], _ excludes: ExcludePatterns) -> Bool {
    roots.contains { root in
      if excludes.excludeNamed(root, isFolder: root != path) { return false }
      if root == path { return true }
      guard root == "." || path.hasPrefix(root + "/") else { return false }
      let names = (root == "." ? Substring(path) : path.dropFirst(root.count + 1)).split(separator: "/")
      guard Self.extensions.contains(where: path.hasSuffix),
        !names.contains(where: { $0.hasPrefix(".") && $0 != ".." })
      else { return false }
      return !names.indices.contains { last in
        excludes.exclude(names[...last].joined(separator: "/"), isFolder: last < names.count - 1)
      }
    }
  }

  /// Git's own words for a name that it does not know ("Needed a single revision") do not say which.
  private func requireCommit() async throws(GitProblem) {
    _ = try await Self.git(["rev-parse", "--git-dir"])
    do throws(GitProblem) {
      _ = try await Self.git(["rev-parse", "--verify", "--quiet", "--end-of-options", "\(name)^{commit}"])
    } catch {
      throw GitProblem(message: "git knows no revision `\(name)`")
    }
  }

  /// A file or link of a revision.
  private struct Entry {
    let blob: String
    let path: String
    let isLink: Bool

    /// Reads `100644 blob HASH<TAB>PATH`; nil for submodules.
    init?(_ line: ArraySlice<UInt8>) {
      let text = String(decoding: line, as: UTF8.self)
      let halves = text.split(separator: "\t", maxSplits: 1)
      guard halves.count == 2 else { return nil }
      let words = halves[0].split(separator: " ")
      guard words.count == 3, words[1] == "blob" else { return nil }
      isLink = words[0] == "120000"
      blob = String(words[2])
      path = String(halves[1])
    }
  }

  /// What an object is.
  private struct File {
    let hash: String
    let bytes: [UInt8]
  }

  /// The objects of some names; nil for what is no file, such as a link that leads out of the revision or to a folder.
  private func contents(_ names: [String], followsLinks: Bool = false) async throws(GitProblem) -> [File?] {
    if names.isEmpty { return [] }
    let options = followsLinks ? ["--batch", "--follow-symlinks"] : ["--batch"]
    let output = try await Self.git(
      ["cat-file"] + options, input: Array(names.map { $0 + "\n" }.joined().utf8))
    return try Self.split(output[...], names.count)
  }

  /// Cuts the output of `git cat-file --batch`: `HASH TYPE SIZE`, a line feed, the bytes, a line feed.
  private static func split(_ output: ArraySlice<UInt8>, _ count: Int) throws(GitProblem) -> [File?] {
    var rest = output
    var contents: [File?] = []
    while contents.count < count {
      guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
        throw GitProblem(message: "git cat-file did not answer for every file")
      }
      let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
      rest = rest[(end + 1)...]
      if words.last == "missing" || words.last == "ambiguous" {
        contents.append(nil)
        continue
      }
      guard let size = words.last.flatMap({ Int($0) }), rest.count > size else {
        throw GitProblem(message: "git cat-file did not answer for every file")
      }
      let isFile = words.count == 3 && words[1] == "blob"
      contents.append(isFile ? File(hash: String(words[0]), bytes: Array(rest.prefix(size))) : nil)
      rest = rest.dropFirst(size + 1)
    }
    return contents
  }

  private static func line(_ output: [UInt8]) -> String {
    String(decoding: output.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  /// Runs git and answers what it prints; its own words are the problem when it fails.
  private static func git(_ arguments: [String], input: [UInt8] = []) async throws(GitProblem) -> [UInt8] {
    do {
      let result = try await Subprocess.run(
        .name("git"), arguments: Arguments(arguments), input: .array(input),
        output: .bytes(limit: outputBytes), error: .string(limit: 1 << 16))
      guard result.terminationStatus.isSuccess else {
        let words = result.standardError.split(separator: "\n").first.map(String.init)
        throw GitProblem(message: words ?? "git \(arguments.joined(separator: " ")) failed")
      }
      return result.standardOutput
    } catch let problem as GitProblem {
      throw problem
    } catch {
      throw GitProblem(message: "cannot run git: \(error)")
    }
  }
}

extension String {
  fileprivate var firstDoubleDot: Range<Index>? {
    var place = startIndex
    while place < endIndex {
      let next = index(after: place)
      if self[place] == ".", next < endIndex, self[next] == "." { return place..<index(after: next) }
      place = next
    }
    return nil
  }
}
