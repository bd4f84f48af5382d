internal import Dialects
internal import Kubernetes
internal import PolicyModel
internal import Review

/// An intent in a dialect.
public struct Rendering: Sendable {
  /// What it is for.
  public let dialect: Dialect
  /// Sorted by namespace, kind and name.
  public var objects: [Manifest] { written.objects.map(Manifest.init) }
  /// What the dialect cannot say; all of them were accepted.
  public let losses: [Loss]
  /// Pods that are closed by it, and what they lose. Asked of the intent's cluster each time.
  public var newlyIsolated: [IsolationEffect] { IsolationEffect.effects(of: intent) }
  /// Rules in the engine's own words that were added to what the intent means; only of ``TrafficValues``.
  public internal(set) var passthrough: [Passthrough] = []
  var written: WrittenPolicies
  let intended: [Tier]
  let intent: Intent

  /// All objects as documents of one text. Equal intents give equal bytes.
  public var yaml: String { written.objects.yaml }

  /// All objects as a `v1 List`, for whoever sends them to an API server.
  public var json: String {
    DataValue.members(
      ("apiVersion", "v1"), ("kind", "List"), ("items", .list(written.objects.map(\.data)))
    ).prettyJSON
  }
}

/// An object that was rendered.
public struct Manifest: Sendable, Hashable {
  /// `networking.k8s.io/v1`.
  public let apiVersion: String
  /// `NetworkPolicy`.
  public let kind: String
  /// Empty for kinds that live in no namespace.
  public let namespace: String
  /// What it is called.
  public let name: String
  /// The object as a document.
  public let yaml: String
  /// The same as JSON, for whoever sends it to an API server.
  public let json: String

  init(_ object: WrittenObject) {
    apiVersion = object.apiVersion
    kind = object.kind
    namespace = object.namespace
    name = object.name
    yaml = object.data.yaml
    json = object.data.prettyJSON
  }
}

extension Intent {
  /// The intent in a dialect.
  ///
  /// Strict: what the dialect cannot say is an error, unless its name is accepted. What is written is read back with the
  /// reader that `merlon check` uses, and an error there is thrown, too.
  ///
  /// - Parameter accepted: names of losses to live with; ``Rendering/losses`` has those that there are.
  public func render(_ dialect: Dialect, accepting accepted: Set<Loss.Name> = []) throws(Problems)
    -> Rendering
  {
    let check = IntentCheck(self)
    if check.hasErrors { throw Problems(check.problems) }
    let lowered = LoweredIntent(self)
    var plain = PlainPolicies()
    for policy in lowered.policies { plain.add(policy.policy, stage: policy.stage) }
    var written = dialect.writable.write(plain.policies, surroundings)
    written.losses += plain.losses
    let unaccepted = written.losses.filter { !accepted.contains(Loss.Name($0.name.rawValue)) }
    if !unaccepted.isEmpty { throw Problems(unaccepted.map { $0.problem(in: dialect) }) }
    return Rendering(
      dialect: dialect, losses: written.losses.map(Loss.init), written: written, intended: lowered.tiers,
      intent: self)
  }

  /// What writers know of the cluster.
  private var surroundings: Surroundings {
    let read = cluster.read(at: site)
    var surroundings = Surroundings()
    surroundings.namespaces = knownNamespaces
    surroundings.podBlocks = read.podBlocks
    surroundings.nodeBlocks = read.nodeBlocks
    surroundings.apiServer = read.apiServer.map { .init(address: $0.address, port: $0.port) }
    return surroundings
  }

  var knownNamespaces: [Namespace] {
    namespaces.map { Namespace(name: $0.name, labels: Labels($0.labels), location: site.location) }
  }
}

extension Dialects.Loss {
  fileprivate func problem(in dialect: Dialect) -> Diagnostic {
    Diagnostic(
      .init(rawValue: name.rawValue), .error, "\(dialect.rawValue) cannot say this: \(message)", at: location,
      fix: [fix, "accept it by its name, \(name.rawValue)"].compactMap { $0 }.joined(separator: ", or "))
  }
}
