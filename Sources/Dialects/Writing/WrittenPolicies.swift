package import Kubernetes

/// What a writer made of policies.
package struct WrittenPolicies: Sendable {
  /// Sorted by namespace, kind and name.
  package var objects: [WrittenObject] = []
  /// In the order of their places.
  package var losses: [Loss] = []
  /// What must be true of the cluster so that the objects mean what the policies mean, in words.
  package var assumptions: [String] = []

  package init() {}
}

/// A manifest that was written.
package struct WrittenObject: Sendable, Equatable {
  /// `networking.k8s.io/v1`.
  package let apiVersion: String
  package let kind: String
  /// Empty for kinds that live in no namespace.
  package let namespace: String
  package let name: String
  /// The whole object, in the order of the API's reference.
  package let data: DataValue

  package init(
    apiVersion: String, kind: String, namespace: String = "", name: String, labels: [String: String] = [:],
    spec: DataValue
  ) {
    self.apiVersion = apiVersion
    self.kind = kind
    self.namespace = namespace
    self.name = name
    let labels = labels.sorted { $0.key < $1.key }.map { DataValue.Member($0.key, .string($0.value)) }
    data = .members(
      ("apiVersion", .string(apiVersion)), ("kind", .string(kind)),
      (
        "metadata",
        .members(
          ("name", .string(name)), ("namespace", namespace.isEmpty ? nil : .string(namespace)),
          ("labels", labels.isEmpty ? nil : .object(labels)))
      ), ("spec", spec))
  }
}

extension [WrittenObject] {
  /// All of them as documents of one YAML text.
  package var yaml: String { map(\.data.yaml).joined(separator: "---\n") }
}
