internal import Kubernetes

/// What traffic is meant to flow, for any policy engine.
///
/// ```swift
/// let intent = Intent {
///   web
///   redis
///   allow(web, to: redis)
///   Policy("web", for: web) { to(.clusterDNS) }
///   Policy.deny(.both, in: "shop")
/// }
/// let rendering = try intent.render(.kubernetes)
/// ```
///
/// A value without hidden state: identity is a name, order never matters, and everything that is wrong is found by
/// ``check()``, at once and with its place.
public struct Intent: Sendable {
  /// What is known of the cluster.
  public var cluster: ClusterDescription
  public private(set) var workloads: [Workload] = []
  public private(set) var policies: [Policy] = []
  public private(set) var flows: [Flow] = []
  /// Namespaces whose labels are known, by name.
  public private(set) var namespaces: [KnownNamespace] = []
  let site: CallSite

  /// An intent of workloads, policies and flows.
  public init(
    for cluster: ClusterDescription = .unknown, file: String = #fileID, line: UInt = #line,
    @IntentBuilder _ items: () -> [IntentItem]
  ) {
    self.init(items(), for: cluster, CallSite(file, line))
  }

  init(_ items: [IntentItem], for cluster: ClusterDescription, _ site: CallSite) {
    self.cluster = cluster
    self.site = site
    for item in items { add(item) }
  }

  /// Adds something.
  public mutating func add(_ item: IntentItem) {
    switch item {
    case .workload(let workload): workloads.append(workload)
    case .policy(let policy): policies.append(policy)
    case .flow(let flow): flows.append(flow)
    case .namespace(let namespace): namespaces.append(namespace)
    }
  }
}

/// A namespace whose labels are known.
public struct KnownNamespace: Sendable, Hashable {
  public let name: String
  public let labels: [String: String]

  public init(_ name: String, labels: [String: String] = [:]) {
    self.name = name
    self.labels = labels
  }
}

/// A part of an ``Intent``.
public enum IntentItem: Sendable {
  case workload(Workload)
  case policy(Policy)
  case flow(Flow)
  case namespace(KnownNamespace)
}

/// Lists of workloads, policies and flows, with `if`, `for` and optionals.
@resultBuilder
public enum IntentBuilder {
  public static func buildExpression(_ workload: Workload) -> [IntentItem] { [.workload(workload)] }
  public static func buildExpression(_ policy: Policy) -> [IntentItem] { [.policy(policy)] }
  public static func buildExpression(_ flow: Flow) -> [IntentItem] { [.flow(flow)] }
  public static func buildExpression(_ namespace: KnownNamespace) -> [IntentItem] { [.namespace(namespace)] }
  public static func buildExpression(_ workloads: [Workload]) -> [IntentItem] {
    workloads.map { .workload($0) }
  }
  public static func buildExpression(_ policies: [Policy]) -> [IntentItem] { policies.map { .policy($0) } }
  public static func buildExpression(_ flows: [Flow]) -> [IntentItem] { flows.map { .flow($0) } }
  public static func buildExpression(_ items: [IntentItem]) -> [IntentItem] { items }
  public static func buildBlock(_ items: [IntentItem]...) -> [IntentItem] { items.flatMap { $0 } }
  public static func buildOptional(_ items: [IntentItem]?) -> [IntentItem] { items ?? [] }
  public static func buildEither(first items: [IntentItem]) -> [IntentItem] { items }
  public static func buildEither(second items: [IntentItem]) -> [IntentItem] { items }
  public static func buildArray(_ items: [[IntentItem]]) -> [IntentItem] { items.flatMap { $0 } }
  public static func buildLimitedAvailability(_ items: [IntentItem]) -> [IntentItem] { items }
}
