internal import Kubernetes
internal import KubernetesAPI

/// Follows a set until it is gone or the command is interrupted. A connection that is lost is made anew, and the stream goes
/// on from the last event.
struct SetWatch {
  private let group: String
  private let client: ControlPlaneClient
  private let timing: Timing
  private let changed: ([SetMembership.Change]) -> Void
  /// Told what is not about members, one line each.
  private let notice: (String) -> Void
  private var membership = SetMembership()
  private var wait = Self.firstWait

  private static let firstWait = Duration.milliseconds(250)
  private static let longestWait = Duration.seconds(8)

  /// How a stream came to its end.
  private enum End {
    case over
    /// The group is not there any more, or the server stops.
    case gone
    case refused(APIAnswer)
    case lost(APIError)
  }

  init(
    _ group: String, _ client: ControlPlaneClient, timing: Timing = .system,
    changed: @escaping ([SetMembership.Change]) -> Void, notice: @escaping (String) -> Void
  ) {
    self.group = group
    self.client = client
    self.timing = timing
    self.changed = changed
    self.notice = notice
  }

  /// - Throws: when it could never be followed, or the server says that it cannot be any more.
  nonisolated(nonsending) mutating func run() async throws(ControlPlaneFailure) {
    while true {
      let end = await follow()
      if let reason = try reason(toGoOnAfter: end), wait == Self.firstWait {
        notice("the connection is lost (\(reason)); trying again")
      }
      do { try await timing.sleep(wait) } catch { return }
      wait = min(wait * 2, Self.longestWait)
    }
  }

  private nonisolated(nonsending) mutating func follow() async -> End {
    let headers = membership.version.map { [(name: "last-event-id", value: $0)] } ?? []
    let request = APIRequest.controlPlane("sets/\(group)", query: [("watch", "true")], headers: headers)
    var parser = EventStreamParser()
    var isGone = false
    do throws(APIError) {
      let refusal = try await client.follow(request) { piece throws(APIError) in
        for event in parser.append(piece) {
          isGone = event.name == "gone"
          try take(event)
        }
      }
      return refusal.map { .refused($0) } ?? (isGone ? .gone : .over)
    } catch {
      return .lost(error)
    }
  }

  private mutating func take(_ event: EventStreamParser.Event) throws(APIError) {
    do throws(DocumentError) {
      let (changes, transitions) = try membership.apply(event)
      wait = Self.firstWait
      if !changes.isEmpty { changed(changes) }
      for transition in transitions { notice("\(transition.source) of \(group) is \(transition.state)") }
    } catch {
      throw .unreadable("an event of the set \(group) is not JSON")
    }
  }

  /// Why another try is worth it, for people; nil when there is nothing to say.
  private mutating func reason(toGoOnAfter end: End) throws(ControlPlaneFailure) -> String? {
    let hasBegun = membership.version != nil
    switch end {
    case .gone: return nil
    case .over: return "the server ended it"
    case .lost(let error):
      guard hasBegun, error.mayPass else { throw ControlPlaneFailure(error, at: client.server) }
      return "\(error)"
    case .refused(let answer):
      let failure = ControlPlaneFailure(refusal: answer, at: client.server) { _ in nil }
      if hasBegun, failure.status == .unreadableInput { return "HTTP \(answer.status)" }
      if hasBegun, answer.status == 404 {
        changed(membership.leave())
        throw ControlPlaneFailure(failure.problems, .findings, code: answer.status)
      }
      throw failure
    }
  }
}

extension APIError {
  /// Whether waiting may help.
  fileprivate var mayPass: Bool {
    guard case .transport(let error) = self else { return false }
    return switch error.reason {
    case .connect, .timeout, .closed: true
    case .tls, .certificate, .tooLarge: false
    }
  }
}
