internal import Glibc
internal import Kubernetes
internal import Subprocess

extension ExecPlugin {
  /// What a plugin printed.
  struct Answer: Sendable {
    let token: Secret<String>?
    let certificate: ClientCertificate?
    let expiration: Timestamp?
  }

  /// Runs plugins.
  package struct Runner: Sendable {
    /// Whether somebody sits at the standard input of this process.
    private let isTerminal: @Sendable () -> Bool
    private let clock: any Clock<Duration>
    /// For how long a plugin may run that cannot ask anybody.
    private let limit: Duration

    package init(
      isTerminal: @escaping @Sendable () -> Bool = { isatty(0) == 1 },
      clock: any Clock<Duration> = ContinuousClock(), limit: Duration = .seconds(60)
    ) {
      self.isTerminal = isTerminal
      self.clock = clock
      self.limit = limit
    }
  }
}

extension ExecPlugin.Runner {
  private static let outputBytes = 1 << 20

  /// What a process left behind.
  private struct Exit: Sendable {
    let status: TerminationStatus
    let output: [UInt8]
    let errors: [UInt8]
  }

  /// Runs a plugin and reads its answer. One that may ask somebody has the terminal, and all the time that takes.
  ///
  /// - Throws: `AccessError` with what the plugin wrote to its standard error, never what it wrote to its standard output;
  ///   `CancellationError`, and then the plugin is killed.
  func run(_ plugin: ExecPlugin) async throws -> ExecPlugin.Answer {
    let isInteractive = plugin.interactiveMode != .never && isTerminal()
    if plugin.interactiveMode == .always, !isInteractive {
      throw plugin.failure(
        "wants to ask somebody (`interactiveMode: Always`), and standard input is no terminal")
    }
    let exit: Exit
    do {
      exit = isInteractive ? try await runAtTerminal(plugin) : try await runAlone(plugin)
    } catch let error as SubprocessError {
      try Task.checkCancellation()
      if error.code == .executableNotFound {
        throw plugin.failure("is not there or cannot be run", fix: plugin.installHint)
      }
      throw plugin.failure("could not be run: \(error)")
    }
    try Task.checkCancellation()
    guard exit.status.isSuccess else {
      throw plugin.failure("failed (\(exit.status))\(Self.words(exit.errors))", fix: nil)
    }
    do throws(ExecPlugin.UnusableAnswer) {
      return try ExecPlugin.Answer(exit.output, version: plugin.version)
    } catch {
      throw plugin.failure("\(error.message)\(Self.words(exit.errors))")
    }
  }

  private func runAtTerminal(_ plugin: ExecPlugin) async throws -> Exit {
    let result = try await Subprocess.run(
      plugin.executable, arguments: Arguments(plugin.arguments.revealed),
      environment: plugin.variables(isInteractive: true), input: .currentStandardInput,
      output: .bytes(limit: Self.outputBytes), error: .currentStandardError)
    return Exit(status: result.terminationStatus, output: result.standardOutput, errors: [])
  }

  /// Runs a plugin in a process group of its own, so that what it started ends with it.
  private func runAlone(_ plugin: ExecPlugin) async throws -> Exit {
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)
    ]
    let platformOptions = options
    let exit = try await withThrowingTaskGroup(of: Exit?.self) { group in
      group.addTask {
        let result = try await Subprocess.run(
          plugin.executable, arguments: Arguments(plugin.arguments.revealed),
          environment: plugin.variables(isInteractive: false), platformOptions: platformOptions,
          output: .bytes(limit: Self.outputBytes), error: .bytes(limit: Self.outputBytes))
        return Exit(
          status: result.terminationStatus, output: result.standardOutput, errors: result.standardError)
      }
      group.addTask {
        try await clock.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
    guard let exit else {
      throw plugin.failure("did not answer within \(limit.components.seconds) seconds, and was killed")
    }
    return exit
  }

  /// What a plugin said on its standard error, for the end of a message: on one line, and not endlessly.
  private static func words(_ errors: [UInt8]) -> String {
    let text = ExecPlugin.printable(String(decoding: errors, as: UTF8.self))
    let lines = text.split(whereSeparator: \.isNewline).map { String(Array($0.utf8)[...].trimmingBlanks) }
    let line = lines.filter { !$0.isEmpty }.joined(separator: " / ")
    return line.isEmpty ? "" : ": " + line.prefix(2000)
  }
}

extension String {
  fileprivate init(_ bytes: ArraySlice<UInt8>) { self = String(decoding: bytes, as: UTF8.self) }
}

extension ExecPlugin {
  fileprivate var executable: Executable {
    // The type of paths is another package's, which is not imported for this alone.
    func path<Path: ExpressibleByStringLiteral>(_ text: String) -> Path
    where Path.StringLiteralType == String {
      Path(stringLiteral: text)
    }
    return command.contains("/") ? .path(path(command)) : .name(command)
  }

  /// What is written counts before what this process has, and what the protocol says before both.
  fileprivate func variables(isInteractive: Bool) -> Environment {
    var values: [Environment.Key: String?] = [:]
    for (name, value) in environment.revealed {
      if let key = Environment.Key(rawValue: name) { values[key] = value }
    }
    values["KUBERNETES_EXEC_INFO"] = info(isInteractive: isInteractive)
    return .inherit.updating(values)
  }

  fileprivate func failure(_ message: String, fix: String? = nil) -> AccessError {
    AccessError(
      Diagnostic(
        .noCredential, .error, "the credential plugin `\(command)` \(message)", at: location, fix: fix))
  }
}
