internal import Kubernetes
internal import PolicyModel

/// Selectors with Cilium's keys (SEMANTICS.md §4.2).
extension PlainSelector {
  private static let podNamespace = "k8s:\(CiliumLabelKey.Attribute.podNamespace)"

  /// A selector of the pods.
  ///
  /// - Parameter namespace: that of the object, when they live in it; nil when the selector must say where they live.
  func cilium(in namespace: String?) -> DataValue {
    var terms: [LabelTerm] = []
    if namespace == nil || namespaces != namespace.map({ .named([$0]) }) {
      terms = namespaceTerms.compactMap { term in term.ciliumNamespaceKey.map { LabelTerm($0, term.test) } }
      // Terms that are only negative would match what has no namespace, too (cilium#46949).
      if terms.allSatisfy({ $0.test.isMet(by: nil) }) {
        terms.insert(LabelTerm(Self.podNamespace, .exists), at: 0)
      }
    }
    terms += pods.compactMap { term in term.ciliumKey.map { LabelTerm($0, term.test) } }
    terms += serviceAccounts.map { LabelTerm("k8s:\(CiliumLabelKey.Attribute.serviceAccount)", $0) }
    return terms.labelSelector()
  }

  /// What is wrong with it for Cilium, and the loss's name; nil when it can be written.
  var unsaidByCilium: (name: Loss.Name, reason: String)? {
    if !serviceAccountLabels.isEmpty {
      return (.serviceAccounts, "service accounts cannot be selected by their labels")
    }
    if (pods + namespaceTerms).contains(where: \.test.isAboutParts)
      || serviceAccounts.contains(where: \.isAboutParts)
    {
      return (.stringTests, "labels cannot be selected by a part of their value")
    }
    let keys =
      pods.filter { $0.ciliumKey == nil }.map(\.key)
      + namespaceTerms.filter { $0.ciliumNamespaceKey == nil }.map(\.key)
    if keys.isEmpty { return nil }
    return (.labelNotSeen, "Cilium has no key for \(keys.joined(separator: ", "))")
  }

  /// Terms on labels that the agent leaves out of identities where it has no `labels` option.
  var unseenByCilium: [LabelTerm] {
    var filter = CiliumLabelFilter()
    let ofNamespaces = namespaceTerms.filter { term in
      term.key != Namespace.nameLabel
        && filter.leavesOut("\(CiliumLabelKey.Attribute.namespaceLabel(term.key))")
    }
    return ofNamespaces + pods.filter { filter.leavesOut($0.key) }
  }
}

extension LabelTerm {
  /// The shortest key that means the pod's label and nothing else; nil when there is none.
  fileprivate var ciliumKey: String? {
    let isIdentity = ReservedIdentity.allCases.contains { $0.rawValue == key }
    if !isIdentity, CiliumLabelKey(key) == .kubernetes(.label(key), .any) { return key }
    let exact = "k8s:\(key)"
    return CiliumLabelKey(exact) == .kubernetes(.label(key), .k8s) ? exact : nil
  }

  /// The key of a label of the namespace; nil when Cilium refuses it.
  fileprivate var ciliumNamespaceKey: String? {
    let attribute: CiliumLabelKey.Attribute =
      key == Namespace.nameLabel ? .podNamespace : .namespaceLabel(key)
    let exact = "k8s:\(attribute)"
    return CiliumLabelKey(exact) == .kubernetes(attribute, .k8s) ? exact : nil
  }
}
