internal import Dialects
internal import Kubernetes

extension ClusterInput {
  /// The input with other policies besides, written as manifests.
  func adding(_ text: ManifestText) -> ClusterInput {
    let options = PolicySet.readerOptions(defaultNamespace: defaultNamespace)
    var input = self
    input.manifests.foreign += ManifestReader(options: options).readSequentially([text]).foreign
    input.policies = PolicySet(input.manifests, defaultNamespace: defaultNamespace)
    return input
  }
}
