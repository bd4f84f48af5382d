internal import ArgumentParser
internal import Review

/// What every command reads.
struct InputOptions: ParsableArguments {
  @Argument(help: Self.pathsHelp, completion: .file())
  var paths: [String] = []

  @OptionGroup(title: "Input") var reading: ReadingOptions

  static let pathsHelp: ArgumentHelp = """
    Files, folders or - for standard input. Of folders every .yaml, .yml and .json file is read; hidden entries and \
    links to folders are not, unless they are named.
    """

  func validate() throws { try reading.requireInput(paths) }

  /// The input in the eyes of the wanted engine.
  func load() async throws -> Cluster { try await reading.load(paths) }

  /// The input for any engine.
  func read() async -> ClusterInput { await reading.read(paths) }
}
