import Foundation
import Testing

@testable import Kubernetes

/// The judge is git: each pattern is put into a `.gitignore` and every path is asked for with
/// `git check-ignore`.
@Suite("Exclude patterns")
struct ExcludePatternsTests {
  private static let paths = [
    "a.yaml", "b.yaml", "foo", "foo.yaml", "foo/a.yaml", "foo/bar/a.yaml", "foo/bar/baz/a.yaml",
    "bar/foo/a.yaml",
    "bar/foo", "x/foo/bar/y", "test-1.yaml", "test-a.yaml", "deep/er/test-1.yaml", "#hash", "!bang", "a b",
    "a ",
    "[x].yaml", "x.yaml", "]", "a]", "-", "a-b", "back\\slash", "star*", "starfish", "ABC", "abc", "a/b",
    "a/x/b",
    "a/x/y/b", "a/b/c", "ab", "a1b", "é.yaml", "^", "~tmp", "[", "a[", "[a-", "[!", "foo\\", "5",
  ]

  private static let patterns = [
    "a.yaml", "*.yaml", "/*.yaml", "foo", "foo/", "/foo", "/foo/", "foo/bar", "foo/*", "foo/**", "**/foo",
    "**/foo/",
    "foo/**/a.yaml", "foo/**/baz", "**/bar/**", "**", "*", "/**", "/", "//", "bar/foo", "*/foo", "*/foo/bar",
    "test-?.yaml",
    "test-[0-9].yaml", "test-[!0-9].yaml", "test-[^0-9].yaml", "[a-b].yaml", "[x].yaml", "\\[x\\].yaml",
    "[[]x[]].yaml",
    "[]]", "a[]]", "[!]]", "[-]", "a[-]b", "a[b-]b", "[a-", "[", "[]", "[!", "a[", "#hash", "\\#hash",
    "!bang", "\\!bang",
    "!", "a b", "a ", "a\\ ", "a\\  ", "back\\\\slash", "back\\slash", "star\\*", "star*", "star**", "foo\\",
    "\\foo",
    "[A-Z]*", "[[:upper:]]*", "[[:digit:]]*", "a[[:digit:]]b", "a[[:alpha:]1]b", "[[:nope:]]", "[\\]]",
    "a[\\]]", "a/b",
    "a/**/b", "a/*/b", "a**b", "**b", "a?b", "a/?/b", "?.yaml", "??.yaml", "é.yaml", "~*", "^", "[\\^]",
    "x/**/y", "x/**/foo/**/y", "[a-c-e]*", "[z-a]*", "[\\a-c]*", "[a\\-c]*", "[[:space:]]", "a[[:space:]]b",
    "[!a-z]*", "[[:alpha:",
    "**/**/b", "a/**/", "foo/bar/", "*/", "*/bar",
  ]

  @Test("each pattern excludes the paths that git ignores", arguments: patterns)
  func asGit(_ pattern: String) throws {
    let repository = try GitRepository(ignoring: [pattern])
    defer { repository.remove() }
    let ours = ExcludePatterns([pattern])
    #expect(
      Self.paths.filter { ours.excludeNamed($0, isFolder: false) } == (try repository.ignored(Self.paths)))
  }

  @Test(
    "later patterns override earlier ones",
    arguments: [
      ["*.yaml", "!a.yaml"], ["!a.yaml", "*.yaml"], ["foo/", "!foo/a.yaml"],
      ["foo/*", "!foo/bar", "foo/bar/*", "!foo/bar/a.yaml"],
      ["*", "!*/", "!*.yaml"], ["", "# comment", "a.yaml"], ["*.yaml", "!test-*.yaml", "test-a.yaml"],
    ])
  func severalPatterns(_ patterns: [String]) throws {
    let repository = try GitRepository(ignoring: patterns)
    defer { repository.remove() }
    let ours = ExcludePatterns(patterns)
    #expect(
      Self.paths.filter { ours.excludeNamed($0, isFolder: false) } == (try repository.ignored(Self.paths)))
  }
}

/// A repository without files; `git check-ignore` judges paths that do not exist.
private struct GitRepository {
  private let folder: URL

  init(ignoring patterns: [String]) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "merlon-exclude-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(patterns.joined(separator: "\n").utf8).write(to: folder.appending(path: ".gitignore"))
    _ = try run(["init", "-q"], input: "")
  }

  /// Those of the paths that git ignores, in the same order.
  func ignored(_ paths: [String]) throws -> [String] {
    let arguments = ["-c", "core.excludesFile=/dev/null", "check-ignore", "--no-index", "-z", "--stdin"]
    let output = try run(arguments, input: paths.joined(separator: "\0"))
    return output.split(separator: "\0").map(String.init)
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  private func run(_ arguments: [String], input: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git"] + arguments
    process.currentDirectoryURL = folder
    let (stdin, stdout) = (Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = FileHandle.nullDevice
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self)
  }
}
