internal import ArgumentParser
internal import Kubernetes
internal import Merlon

/// What the values of a chart do not say of the workload that they are for.
struct WorkloadOptions: ParsableArguments {
  @Option(
    name: .customLong("workload"),
    help: "What the workload is called that values are for; its policy gets the name.")
  var name: String?

  @Option(
    name: [.customShort("n", allowingJoined: true), .long],
    help: "The namespace that it lives in. With --chart, the one that a release's takes the place of.")
  var namespace: String?

  @Option(
    name: .long,
    help: """
      The name of the Helm release, which is in its pods' labels. With --chart, the one that a release's takes the place of.
      """)
  var release: String?

  @Option(
    name: .long,
    help: "Manifests that have the workload, such as the output of `helm template`; may be repeated.")
  var manifests: [String] = []

  var description: WorkloadDescription {
    WorkloadDescription(name, in: namespace, release: release, manifests: manifests)
  }

  func validate() throws {
    if let namespace, let problem = NameRules.labelNameProblem(namespace) {
      throw ValidationError("--namespace `\(namespace)` \(problem)")
    }
  }

  /// Refuses what an intent says itself.
  func validate(forIntent isIntent: Bool, chart: Bool) throws {
    guard isIntent else { return }
    if name != nil || !manifests.isEmpty {
      throw ValidationError("--workload and --manifests are for values: an intent has its own workloads")
    }
    if !chart, namespace != nil || release != nil {
      throw ValidationError("--namespace and --release are for values, or for an intent with --chart")
    }
  }
}
