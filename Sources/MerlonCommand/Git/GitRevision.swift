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
    let commit = String(decoding: base.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    return (GitRevision(name: String(commit.prefix(12))), GitRevision(name: after))
  }

  /// The manifests below paths that are relative to the working directory, as `merlon` would find them there: hidden
  /// entries and links are passed over. A path that the revision does not have holds nothing.
  func texts(_ paths: [String], excludes: ExcludePatterns) async throws(GitProblem) -> [ManifestText] {
    try await requireCommit()
    let listing = try await Self.git(["ls-tree", "-r", "-z", name, "--"] + paths)
    let files = listing.split(separator: 0).compactMap { Entry($0) }.filter { entry in
      Self.extensions.contains(where: entry.path.hasSuffix) && !isHidden(entry.path, below: paths)
        && !excludes.excludeNamed(entry.path, isFolder: false)
    }
    if files.isEmpty { return [] }
    let names = files.map { $0.blob + "\n" }.joined()
    let contents = try await Self.git(["cat-file", "--batch"], input: Array(names.utf8))
    return try Self.split(contents[...], files.count).enumerated().map { number, bytes in
      ManifestText(path: "\(name):\(files[number].path)", bytes: bytes)
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

  /// A file of a revision.
  private struct Entry {
    let blob: String
    let path: String

    /// Reads `100644 blob HASH<TAB>PATH`; nil for links and submodules.
    init?(_ line: ArraySlice<UInt8>) {
      let text = String(decoding: line, as: UTF8.self)
      let halves = text.split(separator: "\t", maxSplits: 1)
      guard halves.count == 2 else { return nil }
      let words = halves[0].split(separator: " ")
      guard words.count == 3, words[0].hasPrefix("100"), words[1] == "blob" else { return nil }
      blob = String(words[2])
      path = String(halves[1])
    }
  }

  /// Whether a name on the way from a named folder begins with a dot.
  private func isHidden(_ path: String, below roots: [String]) -> Bool {
    if roots.contains(path) { return false }
    let root = roots.first { path.hasPrefix($0 + "/") } ?? ""
    return path.dropFirst(root.utf8.count).split(separator: "/").contains { $0.hasPrefix(".") && $0 != ".." }
  }

  /// Cuts the output of `git cat-file --batch`: `HASH blob SIZE`, a line feed, the bytes, a line feed.
  private static func split(_ output: ArraySlice<UInt8>, _ count: Int) throws(GitProblem) -> [[UInt8]] {
    var rest = output
    var contents: [[UInt8]] = []
    while contents.count < count {
      guard let end = rest.firstIndex(of: UInt8(ascii: "\n")),
        let size = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ").last.flatMap({
          Int($0)
        }),
        rest.count > end + 1 - rest.startIndex + size
      else { throw GitProblem(message: "git cat-file did not answer for every file") }
      contents.append(Array(rest[(end + 1)...].prefix(size)))
      rest = rest[(end + 1)...].dropFirst(size + 1)
    }
    return contents
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
