import Foundation
import Testing

/// The built program, run as a process.
struct Program {
  struct Result {
    let output: String
    let errors: String
    let status: Int32
  }

  /// The folder of this test bundle holds the program, too.
  static let url: URL = {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? "/proc/self/exe"
    return URL(fileURLWithPath: bundle).resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent("merlon")
  }()

  /// The root of the repository, where programs are run.
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent()

  static func run(
    _ arguments: String..., input: String? = nil, environment: [String: String] = [:], at url: URL = url
  ) throws -> Result {
    try run(arguments, input: input, environment: environment, at: url)
  }

  static func run(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:], at url: URL = url
  ) throws -> Result {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    process.currentDirectoryURL = repository
    process.environment = ["PATH": "/usr/bin:/bin", "TERM": "xterm"].merging(environment) { $1 }
    // Files, not pipes: nothing can fill up and block.
    let (output, errors) = (try folder.add("stdout", ""), try folder.add("stderr", ""))
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = try FileHandle(forReadingFrom: try folder.add("stdin", input ?? ""))
    try process.run()
    process.waitUntilExit()
    return Result(
      output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8),
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus)
  }

  /// A line of shell, with the program as `$merlon`.
  static func shell(_ line: String) throws -> Result {
    try run(["-c", line], environment: ["merlon": url.path], at: URL(fileURLWithPath: "/bin/bash"))
  }
}

/// A folder that is gone after the test.
final class TemporaryFolder {
  let url: URL

  /// A git repository on branch `main`, filled by lines of shell.
  static func repository(_ script: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let made = try Program.shell(
      """
      cd '\(folder.url.path)' && git init -q -b main . && git config user.email a@b && git config user.name c
      \(script)
      """)
    try #require(made.status == 0, "\(made.errors)")
    return folder
  }

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("merlon-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  @discardableResult
  func add(_ name: String, _ text: String) throws -> URL {
    let file = url.appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    return file
  }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
