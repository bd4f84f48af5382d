public import Merlon
internal import Synchronization

/// A `Cluster` for expectations, whose failures print why.
///
/// ```swift
/// let cluster = try TestCluster(intent)
///
/// @Test func databaseIsClosed() {
///   #expect(cluster.allows(web, to: db, .tcp(5432)))
///   #expect(cluster.denies(stranger, to: db, .tcp(5432)))
/// }
/// ```
///
/// A failed expectation of Swift Testing prints what its expression is made of; what is printed of the cluster is the walk over
/// policies and rules that decided the question, with their places. Outside of expectations use `Cluster`.
///
/// A class because it remembers the last question of each task for that; nothing else of it changes.
public final class TestCluster: Sendable {
  /// What is asked.
  public let cluster: Cluster
  private let answers = Mutex<[Int: Answer]>([:])

  private struct Answer {
    let question: String
    let verdict: Verdict
  }

  /// A cluster whose answers are to be expected.
  public init(_ cluster: Cluster) { self.cluster = cluster }

  /// The cluster of an intent's workloads, policed as it says.
  public convenience init(_ intent: Intent) throws(Problems) { self.init(try intent.evaluate()) }

  /// The cluster that manifests describe.
  public convenience init(manifests: String, engine: Engine = .kubernetes) throws(Problems) {
    self.init(try Cluster(manifests: manifests, engine: engine))
  }

  /// Whether all connections of a source to a target on some ports work.
  public func allows(_ source: any PeerConvertible, to target: any PeerConvertible, _ ports: PortSet) -> Bool
  {
    ask(source, target, ports).outcome == .allowed
  }

  /// Whether no connection of a source to a target on some ports works.
  public func denies(_ source: any PeerConvertible, to target: any PeerConvertible, _ ports: PortSet) -> Bool
  {
    ask(source, target, ports).outcome == .denied
  }

  /// Whether all connections to something that is no pods work.
  public func allows(_ source: any PeerConvertible, to target: Peer, _ ports: PortSet) -> Bool {
    ask(source, target, ports).outcome == .allowed
  }

  /// Whether no connection to something that is no pods works.
  public func denies(_ source: any PeerConvertible, to target: Peer, _ ports: PortSet) -> Bool {
    ask(source, target, ports).outcome == .denied
  }

  /// Whether all connections of something that is no pods work.
  public func allows(_ source: Peer, to target: any PeerConvertible, _ ports: PortSet) -> Bool {
    ask(source, target, ports).outcome == .allowed
  }

  /// Whether no connection of something that is no pods works.
  public func denies(_ source: Peer, to target: any PeerConvertible, _ ports: PortSet) -> Bool {
    ask(source, target, ports).outcome == .denied
  }

  private func ask(
    _ source: any PeerConvertible, _ target: any PeerConvertible, _ ports: PortSet
  ) -> Verdict {
    let verdict = cluster.verdict(from: source, to: target, ports)
    let answer = Answer(question: "\(source) -> \(target) \(ports)", verdict: verdict)
    answers.withLock { $0[Self.task] = answer }
    return verdict
  }

  /// The task that runs; expectations of several tests may ask one cluster at the same time.
  private static var task: Int { withUnsafeCurrentTask { $0?.hashValue ?? 0 } }
}

extension TestCluster: CustomStringConvertible {
  /// The last question of the task, its answer, and why.
  public var description: String {
    guard let answer = answers.withLock({ $0[Self.task] }) else { return "a cluster that was not asked yet" }
    return "\(answer.question): \(answer.verdict)"
  }
}
