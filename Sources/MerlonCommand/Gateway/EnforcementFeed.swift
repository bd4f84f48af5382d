internal import Enforcement
internal import Kubernetes

/// Makes of what a control plane says what the process that writes the kernel is told.
///
/// A value without a connection or a clock.
struct EnforcementFeed {
  /// What to do with an event.
  enum Step: Equatable {
    /// The line to say.
    case say(String)
    /// There is nothing to enforce yet; the reason.
    case wait(String)
    /// To be asked for everything again in a moment: the control plane has begun anew, and has not heard of all clusters.
    case askAgain
    case nothing
  }

  /// For how long a control plane that begins anew may take to hear of all clusters. Leases go on running out meanwhile.
  static let longestStart = Duration.seconds(60)

  /// The last state or delta that is in force: what to go on from.
  private(set) var inForce: String?
  /// Whether anything was enforced before, by whomever.
  private var hasEnforced: Bool
  private var firstIncomplete: Duration?

  /// - Parameter hasEnforced: whether the kernel has something to lose.
  init(hasEnforced: Bool) { self.hasEnforced = hasEnforced }

  /// - Parameter now: since some moment of the past.
  mutating func take(
    _ event: EventStreamParser.Event, now: Duration
  ) throws(DocumentError) -> Step {
    guard let id = event.id, StateID(id) != nil else { return .nothing }
    let content = try Document.json(Array(event.data.utf8), file: SourceFile(path: event.name)).root
    switch event.name {
    case "state":
      if content.text(of: "policy").isEmpty {
        return .wait("the control plane has no policy; what is in force stays")
      }
      let isComplete = (content["sources"]?.elements ?? []).allSatisfy { $0.text(of: "state") != "waiting" }
      if !isComplete, hasEnforced {
        let first = firstIncomplete ?? now
        firstIncomplete = first
        if now - first < Self.longestStart { return .askAgain }
      }
      firstIncomplete = nil
      return .say(
        DataValue.members(("kind", "state"), ("id", .string(id)), ("content", DataValue(content))).json)
    case "delta":
      // Of nothing that is in force; the whole state comes when it is asked for.
      guard let since = inForce else { return .askAgain }
      let age = content["microseconds"].map { _ in DataValue.integer(content.number(of: "microseconds")) }
      return .say(
        DataValue.members(
          ("kind", "delta"), ("since", .string(since)), ("id", .string(id)), ("content", DataValue(content)),
          ("microseconds", age)
        ).json)
    default: return .nothing
    }
  }

  /// Says that an event is in force.
  mutating func confirm(_ event: EventStreamParser.Event) {
    inForce = event.id
    hasEnforced = true
  }

  /// Says that it is not known any more what is in force: everything is to be asked for.
  mutating func lose() { inForce = nil }
}

extension EnforcementFeed {
  /// What to say about how fresh a state is.
  ///
  /// - Parameters:
  ///   - answer: of a control plane, to the question how fresh its clusters are.
  ///   - late: for how long the answer has been on its way or been kept.
  /// - Returns: nil for an answer that proves nothing.
  static func report(_ answer: Node, late: Duration) -> String? {
    let id = answer.text(of: "state")
    guard StateID(id) != nil else { return nil }
    let lateness = Int(late / .milliseconds(1)) + 1
    let proofs = (answer["proofs"]?.elements ?? []).compactMap { proof -> DataValue? in
      if proof["milliseconds"] == nil { return nil }
      return .members(
        ("integration", .string(proof.text(of: "integration"))), ("kind", .string(proof.text(of: "kind"))),
        ("milliseconds", .integer(proof.number(of: "milliseconds") + lateness)))
    }
    return DataValue.members(("kind", "fresh"), ("id", .string(id)), ("proofs", .list(proofs))).json
  }
}
