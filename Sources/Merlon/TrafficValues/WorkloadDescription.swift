/// What a values file does not say of the workload that it is for.
public struct WorkloadDescription: Sendable, Hashable {
  /// What it is called; its policy gets the same name.
  public var name: String?
  /// The namespace that it lives in.
  public var namespace: String?
  /// The name of the Helm release. Where nobody says which labels its pods have, they are taken to be those that charts
  /// give by convention: `app.kubernetes.io/name` and `app.kubernetes.io/instance`.
  public var release: String?
  /// The labels of its pods.
  public var labels: [String: String] = [:]
  /// Manifests that have it, such as the output of `helm template`. Their other workloads are known, too, so that labels
  /// which select their pods are reported.
  public var manifests: [String] = []

  /// A description; what is left out, the values or their manifests must say.
  public init(
    _ name: String? = nil, in namespace: String? = nil, release: String? = nil,
    labels: [String: String] = [:],
    manifests: [String] = []
  ) {
    self.name = name
    self.namespace = namespace
    self.release = release
    self.labels = labels
    self.manifests = manifests
  }
}
