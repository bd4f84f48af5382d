internal import ArgumentParser
internal import Dialects
internal import Kubernetes
internal import KubernetesAPI
internal import Review

/// `merlon snapshot`
struct SnapshotCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "Save what a live cluster has, as manifests that every command reads.",
    discussion: """
      Objects are cut down to what policies can be about: environments, commands, volumes and annotations of pods are not
      saved, as they hold secrets. Without a context, the current one of the kubeconfig is read.

      EXAMPLES
        merlon snapshot --context prod -d prod/
        merlon snapshot -A | merlon connectivity -

      EXIT CODES
        0 ok; 2 wrong usage; 3 the cluster could not be read, or not all of it: nothing is written
      """)

  @Option(
    name: [.customShort("d"), .long],
    help: "A folder that is empty or not there. Without it, everything goes to standard output.",
    completion: .directory)
  var directory: String?

  @OptionGroup(title: "Live cluster") var live: LiveOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws {
    if directory?.isEmpty ?? false { throw ValidationError("--directory: the name is empty") }
  }

  func run() async throws {
    let folder = directory.map { OutputFolder(path: $0) }
    if let folder, !folder.isEmpty {
      Terminal.writeError(
        "merlon: \(folder.path) is not an empty folder: name another one, so that nothing is mixed\n")
      throw ExitStatus.usage
    }
    let snapshot = try await read()
    let style = display.style(for: 2)
    for problem in snapshot.problems where problem.severity == .error || display.verbose {
      Terminal.writeError(problem.text(style) + "\n")
    }
    if snapshot.problems.contains(where: { $0.severity == .error }) { throw ExitStatus.unreadableInput }
    let output = Terminal.standardOutput
    if let folder {
      try write(snapshot, into: folder)
    } else {
      output.write(snapshot.files.map(\.text).joined(separator: "---\n"))
    }
    output.flush()
    if !display.quiet {
      let count = snapshot.files.reduce(0) { $0 + $1.count }
      Terminal.writeError("merlon: \(count) objects in \(snapshot.files.count) files\n")
    }
  }

  private func read() async throws -> ClusterSnapshot {
    var options = PolicySet.readerOptions(defaultNamespace: "default", excludes: [])
    options.readsDeclarations = true
    let (snapshot, problems) = await live.snapshot(options)
    if let snapshot { return snapshot }
    for problem in problems { Terminal.writeError(problem.text(display.style(for: 2)) + "\n") }
    throw ExitStatus.unreadableInput
  }

  private func write(_ snapshot: ClusterSnapshot, into folder: OutputFolder) throws {
    do throws(OutputFolder.Failure) {
      _ = try folder.write(
        snapshot.files.map { .init(path: $0.path, text: $0.text) }, overwriting: false)
    } catch {
      Terminal.writeError("merlon: \(error.message)\n")
      throw error.isRefusal ? ExitStatus.usage : ExitStatus.unreadableInput
    }
  }
}
