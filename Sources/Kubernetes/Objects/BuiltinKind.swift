/// A kind that every API server has, with the versions in which it is served.
struct BuiltinKind {
  /// The API group and version that manifests should name: `v1`, `apps/v1`.
  let apiVersion: String
  /// Versions that were served once, with the first release that did not. What policies can see of an object is
  /// written in them as in ``apiVersion``.
  let retired: [String: String]

  /// What an API server makes of a version.
  enum Standing {
    case served
    /// Only servers before this release take it.
    case retired(since: String)
    /// The group has the kind, or may have been meant, but no server has it in this version.
    case neverServed
    /// Another API's kind that only shares the name; such groups are domains.
    case foreign
  }

  func standing(of apiVersion: String) -> Standing {
    if apiVersion == self.apiVersion { return .served }
    if let release = retired[apiVersion] { return .retired(since: release) }
    guard let slash = apiVersion.firstIndex(of: "/") else { return .neverServed }
    return apiVersion[..<slash].contains(".") ? .foreign : .neverServed
  }

  /// By the kind's name.
  static let all: [String: BuiltinKind] = [
    "Namespace": BuiltinKind(apiVersion: "v1", retired: [:]),
    "Node": BuiltinKind(apiVersion: "v1", retired: [:]),
    "Pod": BuiltinKind(apiVersion: "v1", retired: [:]),
    "Service": BuiltinKind(apiVersion: "v1", retired: [:]),
    "ServiceAccount": BuiltinKind(apiVersion: "v1", retired: [:]),
    "Endpoints": BuiltinKind(apiVersion: "v1", retired: [:]),
    "EndpointSlice": BuiltinKind(
      apiVersion: "discovery.k8s.io/v1", retired: ["discovery.k8s.io/v1beta1": "1.25"]),
    "ReplicationController": BuiltinKind(apiVersion: "v1", retired: [:]),
    "Deployment": BuiltinKind(
      apiVersion: "apps/v1",
      retired: ["extensions/v1beta1": "1.16", "apps/v1beta1": "1.16", "apps/v1beta2": "1.16"]),
    "DaemonSet": BuiltinKind(
      apiVersion: "apps/v1", retired: ["extensions/v1beta1": "1.16", "apps/v1beta2": "1.16"]),
    "ReplicaSet": BuiltinKind(
      apiVersion: "apps/v1", retired: ["extensions/v1beta1": "1.16", "apps/v1beta2": "1.16"]),
    "StatefulSet": BuiltinKind(
      apiVersion: "apps/v1", retired: ["apps/v1beta1": "1.16", "apps/v1beta2": "1.16"]),
    "Job": BuiltinKind(apiVersion: "batch/v1", retired: [:]),
    "CronJob": BuiltinKind(
      apiVersion: "batch/v1", retired: ["batch/v1beta1": "1.25", "batch/v2alpha1": "1.21"]),
  ]

  private static let namesByVersion = Dictionary(grouping: all.keys.sorted()) { all[$0]?.apiVersion ?? "" }

  /// What was probably meant by a kind that a group of these kinds does not have.
  static func nearest(to kind: String, in apiVersion: String) -> String? {
    namesByVersion[apiVersion].flatMap { Suggestion.nearest(to: kind, among: $0) }
  }
}
