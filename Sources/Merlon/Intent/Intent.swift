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
  /// What was declared, in the order of declaration.
  public private(set) var workloads: [Workload] = []
  /// What was declared, in the order of declaration.
  public private(set) var policies: [Policy] = []
  /// What was declared, in the order of declaration.
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
  /// What it is called.
  public let name: String
  /// What it is labelled with.
  public let labels: [String: String]

  /// A namespace with all its labels, but for the one that every API server gives it.
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
  /// One statement.
  public static func buildExpression(_ workload: Workload) -> [IntentItem] { [.workload(workload)] }
  /// One statement.
  public static func buildExpression(_ policy: Policy) -> [IntentItem] { [.policy(policy)] }
  /// One statement.
  public static func buildExpression(_ flow: Flow) -> [IntentItem] { [.flow(flow)] }
  /// One statement.
  public static func buildExpression(_ namespace: KnownNamespace) -> [IntentItem] { [.namespace(namespace)] }
  /// One statement.
  public static func buildExpression(_ workloads: [Workload]) -> [IntentItem] {
    workloads.map { .workload($0) }
  }
  /// One statement.
  public static func buildExpression(_ policies: [Policy]) -> [IntentItem] { policies.map { .policy($0) } }
  /// One statement.
  public static func buildExpression(_ flows: [Flow]) -> [IntentItem] { flows.map { .flow($0) } }
  /// One statement.
  public static func buildExpression(_ items: [IntentItem]) -> [IntentItem] { items }
  /// Statements one after the other.
  public static func buildBlock(_ items: [IntentItem]...) -> [IntentItem] { items.flatMap { $0 } }
  /// An `if` without `else`.
  public static func buildOptional(_ items: [IntentItem]?) -> [IntentItem] { items ?? [] }
  /// One branch of an `if`.
  public static func buildEither(first items: [IntentItem]) -> [IntentItem] { items }
  /// One branch of an `if`.
  public static func buildEither(second items: [IntentItem]) -> [IntentItem] { items }
  /// A `for`.
  public static func buildArray(_ items: [[IntentItem]]) -> [IntentItem] { items.flatMap { $0 } }
  /// An `if #available`.
  public static func buildLimitedAvailability(_ items: [IntentItem]) -> [IntentItem] { items }
}
