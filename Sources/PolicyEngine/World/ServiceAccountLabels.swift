internal import Kubernetes

/// The labels of service accounts, found by namespace and name. Accounts that no manifest defines have none.
struct ServiceAccountLabels: Sendable {
  private struct Key: Hashable {
    /// Index of the namespace.
    let namespace: Int
    let name: String
  }

  private let labels: [Key: Labels]

  init(_ accounts: [ServiceAccount], namespaces: [String: Int]) {
    var labels: [Key: Labels] = [:]
    for account in accounts {
      guard let namespace = namespaces[account.meta.namespace] else { continue }
      labels[Key(namespace: namespace, name: account.meta.name)] = account.meta.labels
    }
    self.labels = labels
  }

  /// The value of a label; nil when the account has none, or is not known.
  func value(of label: String, of account: String, in namespace: Int) -> String? {
    labels[Key(namespace: namespace, name: account)]?[label]
  }
}
