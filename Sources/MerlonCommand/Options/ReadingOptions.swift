internal import ArgumentParser
internal import Dialects
internal import Kubernetes
internal import PolicyModel
internal import Review

/// How an input is read, and in whose eyes.
struct ReadingOptions: ParsableArguments {
  @Option(
    name: .long,
    help: """
      Leave out paths that match a .gitignore pattern, in folders and among those that are named. May be repeated.
      """)
  var exclude: [String] = []

  @Option(name: .long, help: "Where objects live whose manifest names no namespace.")
  var defaultNamespace = "default"

  @Option(
    name: .long,
    help: """
      Whose answer is wanted: that of the specifications (kubernetes), calico or cilium. Without it, that of the engine \
      whose kinds the input has. `explain` also takes all, and compares them.
      """)
  var profile: ProfileChoice?

  @Option(
    name: .long,
    help: """
      Leave out a known departure of the engine from the specification. May be repeated. Known are: \
      \(Deviation.allCases.map { "\($0.rawValue): \($0.summary)" }.joined(separator: "; ")).
      """)
  var withoutDeviation: [Deviation] = []

  @Option(name: .long, help: "Take a departure into account that the profile does not.")
  var withDeviation: [Deviation] = []

  @Flag(name: .long, help: "Evaluate Calico's staged policies as if they were enforced.")
  var staged = false

  @OptionGroup(title: "Cluster") var cluster: ClusterOptions
  @OptionGroup(title: "Live cluster") var live: LiveOptions

  /// Demands exactly one source.
  func requireInput(_ paths: [String]) throws {
    if live.isWanted, !paths.isEmpty {
      throw ValidationError("name either files or a live cluster: \(paths.joined(separator: " ")) are files")
    }
    if live.isWanted, !exclude.isEmpty {
      throw ValidationError("--exclude is about files, and none are read")
    }
    if !live.isWanted, paths.isEmpty {
      throw ValidationError("name files, folders or - for standard input, or a live cluster with --context")
    }
  }

  func validate() throws {
    if let problem = NameRules.labelNameProblem(defaultNamespace) {
      throw ValidationError("--default-namespace `\(defaultNamespace)` \(problem)")
    }
  }

  /// Reads what paths name, or the live cluster where none is named, in the eyes of the wanted engine.
  func load(_ paths: [String]) async throws -> Cluster { try cluster(of: await read(paths)) }

  /// An input that was read, in the eyes of the wanted engine.
  func cluster(of input: ClusterInput) throws -> Cluster {
    if profile == .all { throw ValidationError("only explain answers with --profile all") }
    if let enforcer = profile?.enforcer {
      return input.cluster(engineProfile(enforcer), enforcesStaged: staged)
    }
    let assumed = input.assumedCluster(enforcesStaged: staged)
    if withDeviation.isEmpty, withoutDeviation.isEmpty { return assumed }
    return input.cluster(engineProfile(assumed.profile.enforcer), enforcesStaged: staged)
  }

  /// Reads what paths name, or the live cluster where none is named, for any engine.
  ///
  /// - Parameter withDeclarations: whether also to read what objects say about who talks to whom.
  func read(_ paths: [String], withDeclarations: Bool = false) async -> ClusterInput {
    var options = readerOptions
    options.readsDeclarations = withDeclarations
    if paths.isEmpty, live.isWanted {
      return ClusterInput(
        await live.manifests(options), defaultNamespace: defaultNamespace, settings: cluster.settings())
    }
    return await ClusterInput.load(paths: paths, options: options, settings: cluster.settings())
  }

  var readerOptions: ManifestReader.Options {
    PolicySet.readerOptions(defaultNamespace: defaultNamespace, excludes: exclude)
  }

  func engineProfile(_ enforcer: EngineProfile.Enforcer) -> EngineProfile {
    let profile = EngineProfile.of(enforcer)
    return profile.with(profile.deviations.union(withDeviation).subtracting(withoutDeviation))
  }
}

/// Values of `--profile`.
enum ProfileChoice: String, ExpressibleByArgument, CaseIterable {
  case kubernetes
  case calico
  case cilium
  case all

  /// Nil for all.
  var enforcer: EngineProfile.Enforcer? { EngineProfile.Enforcer(rawValue: rawValue) }
}

extension Deviation: ExpressibleByArgument {}
