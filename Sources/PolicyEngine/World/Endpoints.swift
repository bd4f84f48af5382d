internal import Kubernetes

/// The endpoints of a world: the pods in the order of the input, then what stands for pods that are not in it.
///
/// Pods come by the hundred thousand, so they stay as they were read, and only three numbers are kept of each.
package struct Endpoints: Sendable {
  let storage: Storage

  /// A class, so that an ``Endpoint`` holds one reference.
  final class Storage: Sendable {
    let pods: [Pod]
    let templates: [Template]
    /// Of the pods, then of the templates.
    let places: [Place]

    init(pods: [Pod], templates: [Template], places: [Place]) {
      self.pods = pods
      self.templates = templates
      self.places = places
    }
  }

  /// An endpoint that is no pod of the input.
  struct Template: Sendable {
    let kind: Endpoint.Kind
    let name: String
    let labels: Labels
    let ports: [ContainerPort]
    let serviceAccount: String
    let hostNetwork: Bool
    let location: SourceLocation
    /// The numbers of a StatefulSet's pods, some of which it stands for; empty for everything else.
    var ordinals = 0..<0
  }

  /// What an endpoint belongs to, as indices into the world's arrays.
  struct Place: Sendable {
    let namespace: Int32
    let workload: Int32
    /// -1 when it is not known.
    let node: Int32
  }

  init(pods: [Pod], templates: [Template], places: [Place]) {
    storage = Storage(pods: pods, templates: templates, places: places)
  }
}

extension Endpoints: RandomAccessCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { storage.places.count }

  /// O(1).
  package subscript(index: Int) -> Endpoint { Endpoint(storage: storage, index: index) }
}
