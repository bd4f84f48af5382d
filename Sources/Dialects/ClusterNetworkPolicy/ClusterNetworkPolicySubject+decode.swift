internal import Kubernetes
internal import PolicyModel

extension ClusterNetworkPolicy.Subject {
  init?(_ node: Node, _ kind: ClusterNetworkPolicy.Kind, _ problems: inout [Diagnostic]) {
    let path = "spec.subject"
    guard node.isMapping(path, &problems) else { return nil }
    let names = ["namespaces", "pods"]
    let fields = StrictFields(
      node, type: kind.subjectType, known: names,
      elsewhere: ClusterNetworkPolicy.NamespacedPod.fieldsOfPods, &problems)
    guard let only = fields.exactlyOne(of: names, in: node, "`\(path)`", &problems) else { return nil }
    let field = "\(path).\(only.name)"
    let outcome = "the policy selects no pods"
    if only.name == "namespaces" {
      let selector = UnvalidatedSelector(
        only.value, field: field, whenUnreadable: outcome,
        elsewhere: ClusterNetworkPolicy.NamespacedPod.fieldsOnceInNamespaces, &problems)
      guard let selector else { return nil }
      self.init(kind: .namespaces(selector), location: node.location)
    } else {
      let pods = ClusterNetworkPolicy.NamespacedPod(
        only.value, field: field, kind, whenUnreadable: outcome, &problems)
      guard let pods else { return nil }
      self.init(kind: .pods(pods), location: node.location)
    }
  }
}

extension ClusterNetworkPolicy.NamespacedPod {
  /// What authors write beside `pods`, where NetworkPolicy has it.
  static let fieldsOfPods = [
    "podSelector": "it stands in `pods`", "namespaceSelector": "write `namespaces`, or put it into `pods`",
  ]

  /// What `namespaces` had in v0.1.1, and many articles still show.
  static let fieldsOnceInNamespaces = [
    "sameLabels": "it is gone since v0.1.7 of the API; select labels by their values",
    "notSameLabels": "it is gone since v0.1.7 of the API; select labels by their values",
    "namespaceSelector": "since v0.1.7 of the API `namespaces` is the selector itself",
  ]

  /// What `pods` had in v0.1.1.
  private static let fieldsOnceInPods = fieldsOnceInNamespaces.filter { $0.key != "namespaceSelector" }
    .merging(
      ["namespaces": "since v0.1.7 of the API it is `namespaceSelector`"]) { first, _ in first }

  init?(
    _ node: Node, field: String, _ kind: ClusterNetworkPolicy.Kind, whenUnreadable outcome: String,
    _ problems: inout [Diagnostic]
  ) {
    guard node.isMapping(field, &problems) else { return nil }
    let hasNamespaces = node["namespaceSelector"].map { !$0.isNull } ?? false
    let fields = StrictFields(
      node, type: "NamespacedPod", known: ["namespaceSelector", "podSelector"],
      elsewhere: Self.fieldsOnceInPods,
      consequence: hasNamespaces || kind.version == .v1alpha1
        ? nil : "(a server that drops it selects all namespaces)",
      &problems)
    let namespaceSelector = fields["namespaceSelector"].map {
      UnvalidatedSelector(
        $0, field: "\(field).namespaceSelector", whenUnreadable: outcome, &problems)
    }
    let podSelector = fields["podSelector"].map {
      UnvalidatedSelector($0, field: "\(field).podSelector", whenUnreadable: outcome, &problems)
    }
    if podSelector == nil {
      problems.reportMissing(
        "`\(field)` without `podSelector`", at: node.location, fix: "write podSelector: {} for all pods")
    }
    if namespaceSelector == nil, kind.version == .v1alpha1 {
      problems.reportMissing(
        "`\(field)` without `namespaceSelector`, which \(kind.rawValue) needs", at: node.location,
        fix: "write namespaceSelector: {} for all namespaces")
    }
    guard case .some(.some(let pods)) = podSelector else { return nil }
    switch namespaceSelector {
    case nil: self.init(namespaceSelector: .everyNamespace, podSelector: pods)
    case .some(.some(let namespaces)):
      self.init(namespaceSelector: .matching(namespaces), podSelector: pods)
    case .some(nil): return nil
    }
  }
}
