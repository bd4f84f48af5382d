internal import Kubernetes
internal import PolicyModel
internal import Review

extension ReadingOptions {
  /// The options that were given, as words of a command line: for commands that answer from the same input.
  var commandLine: [String] {
    func words(_ name: String, _ values: [String]) -> [String] { values.flatMap { [name, $0] } }
    return words("--exclude", exclude)
      + words("--default-namespace", defaultNamespace == "default" ? [] : [defaultNamespace])
      + words("--profile", profile.map { [$0.rawValue] } ?? [])
      + words("--without-deviation", withoutDeviation.map(\.rawValue))
      + words("--with-deviation", withDeviation.map(\.rawValue)) + (staged ? ["--staged"] : [])
      + cluster.commandLine + live.commandLine
  }
}

extension ClusterOptions {
  /// Likewise.
  var commandLine: [String] {
    let lists: [(String, [String])] = [
      ("--config", config.map { [$0] } ?? []), ("--pod-cidr", podCIDR.map { "\($0.block)" }),
      ("--node-cidr", nodeCIDR.map { "\($0.block)" }), ("--service-cidr", serviceCIDR.map { "\($0.block)" }),
      ("--api-server-address", apiServerAddress.map { "\($0.address)" }),
      ("--api-server-port", apiServerPort.map { ["\($0)"] } ?? []),
      ("--cluster-name", clusterName.map { [$0] } ?? []),
    ]
    return lists.flatMap { name, values in values.flatMap { [name, $0] } }
  }
}
