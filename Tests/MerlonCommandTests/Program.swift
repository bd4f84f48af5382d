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
    let process = try prepare(arguments, input: input, environment: environment, at: url, in: folder)
    try process.run()
    process.waitUntilExit()
    return try Result(process, in: folder)
  }

  /// The same for whoever is asked by the program meanwhile, and must not wait for it.
  static func finish(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:]
  ) async throws -> Result {
    let folder = try TemporaryFolder()
    let process = try prepare(arguments, input: input, environment: environment, at: url, in: folder)
    let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
    process.terminationHandler = { _ in continuation.finish() }
    try process.run()
    for await _ in ended {}
    return try Result(process, in: folder)
  }

  private static func prepare(
    _ arguments: [String], input: String?, environment: [String: String], at url: URL,
    in folder: TemporaryFolder
  ) throws -> Process {
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    process.currentDirectoryURL = repository
    process.environment = ["PATH": "/usr/bin:/bin", "TERM": "xterm"].merging(environment) { $1 }
    // Files, not pipes: nothing can fill up and block.
    process.standardOutput = try FileHandle(forWritingTo: try folder.add("stdout", ""))
    process.standardError = try FileHandle(forWritingTo: try folder.add("stderr", ""))
    process.standardInput = try FileHandle(forReadingFrom: try folder.add("stdin", input ?? ""))
    return process
  }

  /// A line of shell, with the program as `$merlon`.
  static func shell(_ line: String) throws -> Result {
    try run(["-c", line], environment: ["merlon": url.path], at: URL(fileURLWithPath: "/bin/bash"))
  }
}

extension Program.Result {
  /// Of a process that has ended.
  fileprivate init(_ process: Process, in folder: TemporaryFolder) throws {
    output = try String(contentsOfFile: folder.path("stdout"), encoding: .utf8)
    errors = try String(contentsOfFile: folder.path("stderr"), encoding: .utf8)
    status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
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
