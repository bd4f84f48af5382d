package import KubernetesAPI

/// A cluster that sources may take members from, under the name by which they do.
package struct IntegrationAccess: Sendable {
  package let name: String
  package let access: ClusterAccess
  /// Goes up whenever anything about it changes: what was known of its cluster may then be another's.
  package let generation: Int

  package init(name: String, access: ClusterAccess, generation: Int = 1) {
    self.name = name
    self.access = access
    self.generation = generation
  }
}
