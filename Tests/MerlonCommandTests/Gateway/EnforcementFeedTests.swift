import Kubernetes
import Testing

@testable import MerlonCommand

@Suite("What a gateway is told of what a control plane says")
struct EnforcementFeedTests {
  private static func state(_ id: String, sources: String = "following") -> EventStreamParser.Event {
    EventStreamParser.Event(
      name: "state", id: id,
      data: #"{"policy":"p","sources":[{"group":"g","source":0,"state":"\#(sources)","addresses":[]}]}"#)
  }

  private static let delta = EventStreamParser.Event(
    name: "delta", id: "e-1-3", data: #"{"microseconds":7,"sources":[]}"#)

  @Test("a state, and then deltas since what is in force")
  func deltas() throws {
    var feed = EnforcementFeed(hasEnforced: false)
    let state = Self.state("e-1-2")
    guard case .say(let line) = try feed.take(state, now: .zero) else {
      Issue.record("the state is not told")
      return
    }
    #expect(line.hasPrefix(#"{"kind":"state","id":"e-1-2","content":{"policy":"p""#))
    #expect(try feed.take(Self.delta, now: .zero) == .askAgain, "nothing is in force yet")
    feed.confirm(state)
    #expect(
      try feed.take(Self.delta, now: .zero)
        == .say(
          #"{"kind":"delta","since":"e-1-2","id":"e-1-3","content":{"microseconds":7,"sources":[]},"microseconds":7}"#
        ))
    feed.lose()
    #expect(try feed.take(Self.delta, now: .zero) == .askAgain)
  }

  @Test("a control plane that begins anew takes nothing from who had it, for a minute")
  func beginning() throws {
    var feed = EnforcementFeed(hasEnforced: true)
    let waiting = Self.state("f-1-0", sources: "waiting")
    #expect(try feed.take(waiting, now: .seconds(100)) == .askAgain)
    #expect(try feed.take(waiting, now: .seconds(159)) == .askAgain)
    guard case .say = try feed.take(waiting, now: .seconds(160)) else {
      Issue.record("it is never told")
      return
    }
    // Who has nothing to lose takes it at once: nothing of it is allowed.
    var first = EnforcementFeed(hasEnforced: false)
    guard case .say = try first.take(waiting, now: .zero) else {
      Issue.record("the first state is not told")
      return
    }
  }

  @Test("without a policy, or an id that is one, nothing is told")
  func nothing() throws {
    var feed = EnforcementFeed(hasEnforced: true)
    let empty = EventStreamParser.Event(name: "state", id: "e-0-0", data: #"{"sources":[]}"#)
    guard case .wait = try feed.take(empty, now: .zero) else {
      Issue.record("no policy is told as one")
      return
    }
    #expect(try feed.take(Self.state("e"), now: .zero) == .nothing)
    #expect(
      try feed.take(EventStreamParser.Event(name: "state", id: nil, data: "{}"), now: .zero) == .nothing)
    #expect(throws: DocumentError.self) {
      try feed.take(EventStreamParser.Event(name: "state", id: "e-1-1", data: "{"), now: .zero)
    }
  }

  @Test("a proof is as much older as its answer was on the way, and what was never true proves nothing")
  func proofs() throws {
    let answer = try Document.json(
      Array(
        #"{"state":"e-1-2","proofs":[{"integration":"prod","kind":"pods","phase":"synced","milliseconds":40},{"integration":"prod","kind":"nodes","phase":"listing"}]}"#
          .utf8), file: SourceFile(path: "answer")
    ).root
    #expect(
      EnforcementFeed.report(answer, late: .milliseconds(250))
        == #"{"kind":"fresh","id":"e-1-2","proofs":[{"integration":"prod","kind":"pods","milliseconds":291}]}"#
    )
    let none = try Document.json(Array(#"{"state":""}"#.utf8), file: SourceFile(path: "answer")).root
    #expect(EnforcementFeed.report(none, late: .zero) == nil)
  }
}
