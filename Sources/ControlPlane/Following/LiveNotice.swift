package import KubernetesAPI
package import SourceGroups

/// What operators should know as it happens.
package enum LiveNotice: Sendable {
  /// Sources' members became worth more or less.
  case sources([IdentityEvent])
  /// How well a kind of an integration's cluster is known has changed.
  case following(integration: String, ObservedKind, ReflectorStatus)
}
