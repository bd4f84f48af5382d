package import Kubernetes

/// Something policies can select: a pod, or a pod template that stands for all replicas of a workload.
///
/// A view of ``Endpoints``, where each field is read when it is asked for: to make one costs nothing, however many
/// labels and ports the pod has.
package struct Endpoint: Sendable {
  /// Whether it is one pod or stands for many.
  package enum Kind: Sendable, Hashable {
    case pod
    case template(WorkloadKind)

    /// `Pod`, `Deployment`, …
    package var name: String {
      switch self {
      case .pod: "Pod"
      case .template(let kind): kind.rawValue
      }
    }
  }

  let storage: Endpoints.Storage
  let index: Int

  /// Decides how it is named and whether there may be a second one like it: two ends of one template are two pods.
  package var kind: Kind { template?.kind ?? .pod }

  /// Index of its namespace; see ``World/namespaces``.
  package var namespace: Int { Int(storage.places[index].namespace) }

  /// The pod's name, or the name of the workload that the template is of.
  package var name: String { template?.name ?? storage.pods[index].meta.name }

  /// The labels that policies select it by; of a template those that its pods will have.
  package var labels: Labels { template?.labels ?? storage.pods[index].template.labels }

  /// What its containers declare. It gives port names a meaning and closes nothing: a port that is not declared is open
  /// all the same.
  package var ports: [ContainerPort] { template?.ports ?? storage.pods[index].template.ports }

  /// The name of the service account it runs as.
  package var serviceAccount: String {
    template?.serviceAccount ?? storage.pods[index].template.serviceAccountName
  }

  /// Whether it uses its node's network, so that its packets are the node's.
  /// The numbers of a StatefulSet's pods, some of which a template stands for; empty for everything else.
  var ordinals: Range<Int> { template?.ordinals ?? 0..<0 }
  package var hostNetwork: Bool { template?.hostNetwork ?? storage.pods[index].template.hostNetwork }

  /// Whose range its addresses lie in.
  package var addressHolder: AssumedAddresses.Holder { hostNetwork ? .node : .pod }

  /// Whether its containers are gone for good: policies and peers pass it over.
  package var isFinished: Bool { template == nil && storage.pods[index].isFinished }

  /// What is known of its addresses; nothing is of a template's.
  package var addresses: Pod.Addresses { template == nil ? storage.pods[index].addresses : .unknown }

  /// Index of the node it runs on, when known; see ``World/nodes``.
  package var node: Int? {
    let node = storage.places[index].node
    return node < 0 ? nil : Int(node)
  }

  /// Index of the workload that it belongs to; see ``World/workloads``.
  package var workload: Int { Int(storage.places[index].workload) }

  /// Where its name is written.
  package var location: SourceLocation { template?.location ?? storage.pods[index].meta.location }

  /// Nil for pods of the input.
  private var template: Endpoints.Template? {
    index < storage.pods.count ? nil : storage.templates[index - storage.pods.count]
  }
}
