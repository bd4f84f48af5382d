internal import Kubernetes
package import PolicyModel

extension World {
  /// What selectors see of an endpoint under an attribute; nil when it has none.
  package func value(of attribute: Attribute, _ endpoint: Endpoint) -> String? {
    switch attribute {
    case .label(let key): endpoint.labels[key]
    case .unseenLabel: nil
    case .namespaceLabel(let key): namespaces[endpoint.namespace].labels[key]
    case .serviceAccountName: endpoint.serviceAccount
    case .serviceAccountLabel(let key):
      serviceAccountLabels.value(of: key, of: endpoint.serviceAccount, in: endpoint.namespace)
    case .hostNetwork: endpoint.hostNetwork ? "true" : nil
    }
  }
}
