package import Kubernetes
package import PolicyEngine

/// What `merlon.yaml` says:
///
///     cluster:
///       name: production
///       podCIDRs: [10.244.0.0/16]
///       nodeCIDRs: [192.168.0.0/24]
///       serviceCIDRs: [10.96.0.0/12]
///       apiServerAddresses: [192.168.0.2]
///       namespaces: [{name: ingress-nginx, labels: {team: edge}}]
///       nodes: [{name: n1, labels: {pool: web}, addresses: [192.168.0.11]}]
///       dns: [{labels: {k8s-app: kube-dns}}]
///       operators: [{name: prometheus, pods: [{namespace: monitoring, name: k8s, labels: {app: prometheus}}]}]
///     lint:
///       suppress: [{rule: MRL014, where: shop/*, reason: moves to the mesh, until: 2027-01-31}]
///
/// Everything may be left out.
package struct Settings: Sendable {
  package var facts = ClusterFacts.none
  /// What `merlon lint` does not report.
  package private(set) var suppressions: [LintSuppression] = []
  /// What is wrong with the file; what has a problem is left out.
  package private(set) var problems: [Diagnostic] = []

  package init() {}

  package init(_ text: SettingsText) {
    problems = text.problems
    guard let root = text.root, root.isMapping("the settings", &problems) else { return }
    let fields = StrictFields(root, type: "the settings", known: ["cluster", "lint"], &problems)
    if let cluster = fields["cluster"] { facts = ClusterFacts(cluster, &problems) }
    if let lint = fields["lint"] { suppressions = LintSuppression.all(in: lint, &problems) }
  }

  /// No file.
  package static let none = Settings()
}
