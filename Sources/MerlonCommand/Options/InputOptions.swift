internal import ArgumentParser
internal import Dialects
internal import Kubernetes
internal import PolicyModel
internal import Review

/// What every command reads.
struct InputOptions: ParsableArguments {
  @Argument(
    help: """
      Files, folders or - for standard input. Of folders every .yaml, .yml and .json file is read; hidden entries and \
      links to folders are not, unless they are named.
      """,
    completion: .file())
  var paths: [String]

  @Option(
    name: .long,
    help: """
      Leave out paths that match a .gitignore pattern, in folders and among those that are named. May be repeated.
      """)
  var exclude: [String] = []

  @Option(name: .long, help: "Where objects live whose manifest names no namespace.")
  var defaultNamespace = "default"

  @Option(name: .long, help: "Whose answer is wanted: kubernetes is the specification.")
  var profile: Profile = .kubernetes

  enum Profile: String, ExpressibleByArgument, CaseIterable {
    case kubernetes

    var engineProfile: EngineProfile {
      switch self {
      case .kubernetes: .kubernetes
      }
    }
  }

  func validate() throws {
    if let problem = NameRules.labelNameProblem(defaultNamespace) {
      throw ValidationError("--default-namespace `\(defaultNamespace)` \(problem)")
    }
  }

  func load() async -> Cluster {
    await Cluster.load(
      paths: paths, options: PolicySet.readerOptions(defaultNamespace: defaultNamespace, excludes: exclude),
      profile: profile.engineProfile)
  }
}
