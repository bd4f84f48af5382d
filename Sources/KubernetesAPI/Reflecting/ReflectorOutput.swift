package import Kubernetes

/// What a reflector has to say, in the order in which it became true.
package enum ReflectorOutput<Object: ObservedObject>: Sendable {
  /// All objects of the cluster, of one moment, in no order; what is not among them is gone.
  case replaced([Object])
  /// Changes since, of which there is at least one, in their order.
  case changed([ReflectorChange<Object>])
  /// How well the cluster is known has changed.
  case status(ReflectorStatus)
}

package enum ReflectorChange<Object: ObservedObject>: Sendable, Hashable {
  /// New, or other than before.
  case present(Object)
  case absent(NamespacedName, uid: String)
}
