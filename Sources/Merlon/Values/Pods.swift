internal import Kubernetes
internal import PolicyModel

/// Something that stands for pods, so that policies can be about it and connections lead to it.
///
/// Conform your own types to use them wherever pods are named:
///
/// ```swift
/// struct Team: PodSelecting {
///   let name: String
///   var pods: Pods { Pods(["team": name], in: .all) }
/// }
/// ```
public protocol PodSelecting: PeerConvertible {
  /// Which pods.
  var pods: Pods { get }
  /// The ports that they answer on, with their protocols; nil when nobody says.
  var declaredPorts: PortSet? { get }
}

extension PodSelecting {
  /// The ports that its containers declare; nil when they declare none.
  public var declaredPorts: PortSet? { nil }
  /// Itself, as a peer.
  public var peers: [Peer] { [.pods(pods)] }
}

/// Pods, by labels and by namespace.
///
/// ```swift
/// Pods(["app": "web"], in: "shop")
/// Pods.all(in: "shop")
/// Pods(["app": "agent"], in: .labelled(["team": "observability"]))
/// ```
///
/// Pods that use their node's network are their node to policies, and never among them.
public struct Pods: PodSelecting {
  /// What their labels must be like.
  public let selector: Selector
  /// Where they live.
  public let namespaces: Namespaces
  /// The name of the service account that they run as; nil for any.
  public let serviceAccount: String?
  let site: CallSite

  /// Pods with some labels.
  public init(
    _ selector: Selector, in namespaces: Namespaces, serviceAccount: String? = nil, file: String = #fileID,
    line: UInt = #line
  ) {
    self.init(selector, namespaces, serviceAccount, CallSite(file, line))
  }

  init(_ selector: Selector, _ namespaces: Namespaces, _ serviceAccount: String? = nil, _ site: CallSite) {
    self.selector = selector
    self.namespaces = namespaces
    self.serviceAccount = serviceAccount
    self.site = site
  }

  /// Every pod of some namespaces.
  public static func all(in namespaces: Namespaces, file: String = #fileID, line: UInt = #line) -> Pods {
    Pods(.everything, namespaces, nil, CallSite(file, line))
  }

  /// The pods that it stands for.
  public var pods: Pods { self }
}

extension Pods: Hashable {
  /// Where pods are named does not count.
  public static func == (left: Pods, right: Pods) -> Bool {
    (left.selector, left.namespaces, left.serviceAccount)
      == (right.selector, right.namespaces, right.serviceAccount)
  }

  /// Of what counts for equality.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(selector)
    hasher.combine(namespaces)
    hasher.combine(serviceAccount)
  }
}

extension Pods: CustomStringConvertible {
  /// `pods with app=web in namespace shop`, `all pods in all namespaces`.
  public var description: String {
    let which = selector.requirements.isEmpty ? "all pods" : "pods with \(selector)"
    return "\(which)\(serviceAccount.map { " as \($0)" } ?? "") in \(namespaces)"
  }
}

extension Pods {
  var endpoints: EndpointSelector {
    var parts = selector.requirements.isEmpty ? [] : [selector.expression()]
    if let serviceAccount { parts.append(.attribute(.serviceAccountName, .isIn([serviceAccount]))) }
    return EndpointSelector(
      namespaces: namespaces.scope, pods: parts.count == 1 ? parts[0] : .all(parts))
  }

  var problems: [Diagnostic] {
    problemTexts.map { Diagnostic(.invalidValue, .error, $0, at: site.location) }
  }

  /// The same in words.
  var problemTexts: [String] {
    var found = selector.problems + namespaces.problems
    if let serviceAccount, let problem = NameRules.subdomainProblem(serviceAccount) {
      found.append("the service account name `\(serviceAccount)` \(problem)")
    }
    return found
  }
}
