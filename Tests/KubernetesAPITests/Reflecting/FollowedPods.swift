import FakeAPIServer
import Kubernetes
import KubernetesAPI
import Synchronization

/// What somebody knows of a cluster's pods who only hears what a reflector reports.
final class FollowedPods: Sendable {
  struct State: Sendable {
    var pods: [NamespacedName: ObservedPod] = [:]
    var phases: [ReflectorStatus.Phase] = []
    /// Everything that was ever seen, one after the other.
    var seen: [[NamespacedName: ObservedPod]] = []
  }

  private let state = Mutex(State())

  var current: State { state.withLock { $0 } }

  func take(_ output: ReflectorOutput<ObservedPod>) {
    state.withLock { state in
      switch output {
      case .replaced(let pods):
        state.pods = Dictionary(pods.map { ($0.name, $0) }) { $1 }
        state.seen.append(state.pods)
      case .changed(let changes):
        for change in changes {
          switch change {
          case .present(let pod): state.pods[pod.name] = pod
          case .absent(let name, _): state.pods[name] = nil
          }
        }
        state.seen.append(state.pods)
      case .status(let status): state.phases.append(status.phase)
      }
    }
  }

  /// Returns when something is true of what is known.
  func until(_ condition: (State) -> Bool) async throws {
    while !condition(current) { try await Timing.system.sleep(.milliseconds(1)) }
  }

  /// The names of pods, sorted.
  static func names(_ state: State) -> [String] { state.pods.keys.map(\.name).sorted() }
}

extension FakeAPIServer {
  /// Follows the pods of the cluster while a body runs.
  func following(
    _ pods: FollowedPods, timing: Timing, limits: ReflectorLimits = ReflectorLimits(),
    token: String? = nil, isolation: isolated (any Actor)? = #isolation,
    _ body: (Reflector<ObservedPod>) async throws -> Void
  ) async throws {
    let access = try ClusterAccess(
      server: url,
      authority: url.hasPrefix("https") ? ManifestText(path: "ca.pem", TestCertificates.authority) : nil,
      token: token.map { Secret($0) })
    let outcome: Result<Void, any Error> = try await ClusterConnection.open(access, deadlines: .following) {
      connection in
      let client = APIClient(connection, connection, timing: timing)
      let reflector = Reflector<ObservedPod>(client, timing: timing, limits: limits) { pods.take($0) }
      let running = Task { await reflector.run() }
      let outcome: Result<Void, any Error>
      do {
        outcome = .success(try await body(reflector))
      } catch {
        outcome = .failure(error)
      }
      running.cancel()
      await running.value
      return outcome
    }
    try outcome.get()
  }
}
