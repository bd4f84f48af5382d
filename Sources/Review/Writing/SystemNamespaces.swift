internal import Kubernetes
internal import PolicyEngine

/// The namespaces for which policies are written.
enum SystemNamespaces {
  /// They get policies only when they are named.
  static let names: Set<String> = ["kube-system", "kube-public", "kube-node-lease"]

  /// The namespaces with workloads, as indices: the one that is named, else all but those of the system.
  static func places(_ units: [ConnectivityUnit], in world: World, only namespace: String?) -> Set<Int> {
    Set(
      units.filter { unit in
        guard !AssumedPods.contains(unit.location) else { return false }
        let name = world.namespaces[unit.namespace].name
        return namespace.map { $0 == name } ?? !names.contains(name)
      }.map(\.namespace))
  }
}
