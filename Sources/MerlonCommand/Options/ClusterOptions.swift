internal import ArgumentParser
internal import Glibc
internal import Kubernetes
internal import PolicyEngine
internal import Review

/// What is true of the cluster and stands in no manifest.
struct ClusterOptions: ParsableArguments {
  @Option(
    name: .long,
    help: """
      A file with settings, such as facts about the cluster. Without it, merlon.yaml of the working directory if it is \
      there.
      """, completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Option(
    name: .long,
    help: "A block that pods get their addresses from. May be repeated, as those of the next three options.")
  var podCIDR: [BlockArgument] = []

  @Option(name: .long, help: "A block that the nodes' addresses lie in.")
  var nodeCIDR: [BlockArgument] = []

  @Option(name: .long, help: "A block that Services get their addresses from.")
  var serviceCIDR: [BlockArgument] = []

  @Option(name: .long, help: "Where the API server answers.")
  var apiServerAddress: [AddressArgument] = []

  @Option(
    name: .long,
    help: "The port that the API server answers on behind its Service; for policies that are written.")
  var apiServerPort: UInt16?

  @Option(name: .long, help: "The name that Cilium knows the cluster by (cluster-name).")
  var clusterName: String?

  func validate() throws {
    if apiServerPort == 0 { throw ValidationError("--api-server-port: must be 1 to 65535") }
    if let clusterName, let problem = ClusterFacts.clusterNameProblem(clusterName) {
      throw ValidationError("--cluster-name: \(problem)")
    }
  }

  /// What the file says, where no option says otherwise.
  func settings() -> Settings {
    var settings = Settings.none
    if let config {
      settings = Settings(SettingsText(path: config))
    } else if access("merlon.yaml", F_OK) == 0 {
      settings = Settings(SettingsText(path: "merlon.yaml"))
    }
    if !podCIDR.isEmpty { settings.facts.podBlocks = podCIDR.map(\.block) }
    if !nodeCIDR.isEmpty { settings.facts.nodeBlocks = nodeCIDR.map(\.block) }
    if !serviceCIDR.isEmpty { settings.facts.serviceBlocks = serviceCIDR.map(\.block) }
    if !apiServerAddress.isEmpty { settings.facts.apiServerAddresses = apiServerAddress.map(\.address) }
    if let apiServerPort { settings.facts.apiServerPort = apiServerPort }
    if let clusterName { settings.facts.clusterName = clusterName }
    return settings
  }
}

/// A canonical CIDR.
struct BlockArgument: ExpressibleByArgument {
  let block: CIDR

  init?(argument: String) {
    guard let parsed = ParsedCIDR(argument), parsed.legacyForms.isEmpty else { return nil }
    block = parsed.cidr
  }
}

struct AddressArgument: ExpressibleByArgument {
  let address: IPAddress

  init?(argument: String) {
    guard let address = IPAddress(argument) else { return nil }
    self.address = address
  }
}
