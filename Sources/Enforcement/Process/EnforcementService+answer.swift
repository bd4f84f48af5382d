internal import Gateway
internal import Kubernetes
internal import Netlink

extension EnforcementService {
  /// Does what a line asks, and says what came of it: `{"ok": true, …}`, or `{"ok": false, "error": "…"}`.
  mutating func answer(_ line: [UInt8], isKnown: Bool) -> DataValue {
    // Also who talks to whom is nothing for everybody on the machine.
    guard isKnown else {
      return .refusal(
        "this user may neither ask nor say anything; name it with --writer where the gateway is started")
    }
    let start = ContinuousClock.now
    let request: EnforcementRequest
    do throws(UnreadableRequest) {
      request = try EnforcementRequest(line: line)
    } catch {
      return .refusal("\(error)")
    }
    do throws(EnforcementError) {
      return try answer(request, since: start)
    } catch {
      return .refusal("\(error)")
    }
  }

  private mutating func answer(
    _ request: EnforcementRequest, since start: ContinuousClock.Instant
  ) throws(EnforcementError) -> DataValue {
    switch request {
    case .state(let state):
      try enforcer.enforce(state, at: start)
      return .done()
    case .delta(let delta):
      guard try enforcer.enforce(delta, at: start) else { return .stateWanted }
      if let age = delta.age { enforcer.observations.latency.record(age + (ContinuousClock.now - start)) }
      return .done()
    case .fresh(let report):
      return try enforcer.renew(report, at: start) ? .done() : .stateWanted
    case .judge(let name, let source):
      return .done(("judgement", .string(enforcer.judgement(of: name, askedBy: source).rawValue)))
    case .admit(let name, let source, let addresses):
      try enforcer.admit(addresses, of: name, for: source)
      return .done()
    case .status: return .done(try enforcer.status(ContinuousClock.now))
    case .counters: return .done(("counters", .list(try enforcer.counters())))
    case .denied(let number):
      let (denials, missed) = enforcer.observations.denials.after(number, limit: 1000)
      return .done(
        ("newest", .integer(Int(enforcer.observations.denials.count))), ("missed", .integer(Int(missed))),
        ("lost", .integer(Int(enforcer.observations.lostDenials))),
        ("denials", .list(denials.map(\.data))))
    case .flows: return .done(("flows", .list(try enforcer.flows())))
    }
  }
}

extension DataValue {
  fileprivate static func refusal(_ words: String) -> DataValue {
    .members(("ok", .bool(false)), ("error", .string(words)))
  }

  /// What was said is of another state than is enforced: all of it has to be said.
  fileprivate static let stateWanted = DataValue.members(
    ("ok", .bool(false)), ("stateWanted", .bool(true)),
    ("error", .string("this is of another state than is enforced; say the whole state")))

  fileprivate static func done(_ members: (String, DataValue?)...) -> DataValue { done(members) }

  fileprivate static func done(_ members: [(String, DataValue?)]) -> DataValue {
    .members([("ok", .bool(true))] + members)
  }
}

extension Denial {
  fileprivate var data: DataValue {
    .members(
      ("number", .integer(Int(number))), ("microseconds", .integer(Int(time))),
      ("kind", .string(kind.rawValue)),
      ("group", rule.group.map { .string($0) }), ("rule", .string(rule.name)),
      ("source", .string("\(packet.source)")), ("destination", .string("\(packet.destination)")),
      ("protocol", .integer(Int(packet.transport))),
      ("sourcePort", packet.sourcePort.map { .integer(Int($0)) }),
      ("port", packet.destinationPort.map { .integer(Int($0)) }))
  }
}
