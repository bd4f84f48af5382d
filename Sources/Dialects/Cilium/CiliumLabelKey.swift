internal import Kubernetes

/// What a key of a Cilium selector asks for (SEMANTICS.md §4.2).
///
/// Identities have labels of several sources. A key without a source, or with `any:`, looks at all of them.
package enum CiliumLabelKey: Sendable, Hashable {
  package enum Source: Sendable, Hashable {
    /// No source, or `any:`. Reserved and foreign labels of the same name match too.
    case any
    /// `k8s:`.
    case k8s
  }

  /// What Kubernetes knows of a pod.
  package enum Attribute: Sendable, Hashable {
    /// A label of the pod.
    case label(String)
    /// `io.kubernetes.pod.namespace`: the name of its namespace.
    case podNamespace
    /// `io.cilium.k8s.namespace.labels.KEY`: a label of its namespace.
    case namespaceLabel(String)
    /// `io.cilium.k8s.policy.serviceaccount`: the name of its service account.
    case serviceAccount
    /// `io.cilium.k8s.policy.cluster`: the name of its cluster.
    case cluster
  }

  case kubernetes(Attribute, Source)
  /// `reserved:NAME`, an identity that Cilium defines: `host`, `world`, `init`.
  case reserved(String)
  /// A label of another source, which nothing in Kubernetes has.
  case foreign(source: String, key: String)

  /// The key without its source.
  package var name: String {
    switch self {
    case .kubernetes(let attribute, _): attribute.description
    case .reserved(let name): name
    case .foreign(_, let key): key
    }
  }

  private static let namespaceLabelPrefix = "io.cilium.k8s.namespace.labels."

  /// Reads a key as Cilium writes it, `[SOURCE:]KEY`; nil when ``problem(_:)`` has something to say.
  package init?(_ text: String) {
    let (source, key) = Self.parts(text)
    if Self.problem(source, key) != nil { return nil }
    switch source {
    case nil, "any": self = .kubernetes(Self.attribute(key), .any)
    case "k8s": self = .kubernetes(Self.attribute(key), .k8s)
    case "reserved": self = .reserved(key)
    case let source?: self = .foreign(source: source, key: key)
    }
  }

  private static func attribute(_ key: String) -> Attribute {
    switch key {
    case "io.kubernetes.pod.namespace": .podNamespace
    case "io.cilium.k8s.policy.serviceaccount": .serviceAccount
    case "io.cilium.k8s.policy.cluster": .cluster
    case _ where key.hasPrefix(namespaceLabelPrefix):
      .namespaceLabel(String(key.dropFirst(namespaceLabelPrefix.count)))
    default: .label(key)
    }
  }

  /// What is wrong with a key (`IsValidCiliumLabelKey` in `pkg/labels`), or nil.
  package static func problem(_ text: String) -> String? {
    let (source, key) = parts(text)
    return problem(source, key)
  }

  /// What stands before the first `:`, nil without one, and what follows.
  private static func parts(_ text: String) -> (source: String?, key: String) {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return (nil, text) }
    return (String(text[..<colon]), String(text[text.utf8.index(after: colon)...]))
  }

  private static func problem(_ source: String?, _ key: String) -> String? {
    if source != nil, key.utf8.contains(UInt8(ascii: ":")) { return "may contain only one `:`" }
    if let source, !isSource(source) {
      return "needs a source of letters and digits before the `:`, such as k8s"
    }
    return NameRules.labelKeyProblem(key)
  }

  private static func isSource(_ text: String) -> Bool {
    !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
  }
}

extension CiliumLabelKey: CustomStringConvertible {
  /// The shortest text that means this key: `app`, `k8s:app`, `reserved:host`.
  package var description: String {
    switch self {
    case .kubernetes(let attribute, .any): attribute.description
    case .kubernetes(let attribute, .k8s): "k8s:\(attribute)"
    case .reserved(let name): "reserved:\(name)"
    case .foreign(let source, let key): "\(source):\(key)"
    }
  }
}

extension CiliumLabelKey.Attribute: CustomStringConvertible {
  package var description: String {
    switch self {
    case .label(let key): key
    case .podNamespace: "io.kubernetes.pod.namespace"
    case .namespaceLabel(let key): "io.cilium.k8s.namespace.labels.\(key)"
    case .serviceAccount: "io.cilium.k8s.policy.serviceaccount"
    case .cluster: "io.cilium.k8s.policy.cluster"
    }
  }
}
