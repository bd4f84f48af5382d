extension WritableDialect {
  /// Writes policies as manifests, with everything named that the dialect cannot say.
  ///
  /// The output does not depend on the order of the policies, and servers and engines take every object of it.
  package func write(_ policies: [PlainPolicy], _ surroundings: Surroundings = Surroundings())
    -> WrittenPolicies
  {
    switch self {
    case .kubernetes:
      var writer = NetworkPolicyWriter(surroundings)
      return writer.write(policies)
    case .clusterNetworkPolicy:
      var writer = ClusterNetworkPolicyWriter(surroundings)
      return writer.write(policies)
    case .calico:
      var writer = CalicoWriter(surroundings)
      return writer.write(policies)
    case .cilium:
      var writer = CiliumWriter(surroundings)
      return writer.write(policies)
    }
  }
}
