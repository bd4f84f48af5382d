internal import Enforcement
internal import Kubernetes
internal import KubernetesAPI

/// Tells the process that writes the kernel what a control plane says, as long as it runs. What is lost is asked for again.
struct GatewayFollower: Sendable {
  let client: ControlPlaneClient
  /// Where the other process is reached.
  let path: String
  /// What the gateway is called when it reports denials.
  let gateway: String
  let timing: Timing
  /// Told what an operator should know, a line each.
  let notice: @Sendable (String) -> Void

  private static let firstWait = Duration.milliseconds(250)
  private static let longestWait = Duration.seconds(1)
  /// How often it is looked whether the other process is still the one that was told.
  private static let watchPause = Duration.milliseconds(500)
  /// How often it is asked how fresh clusters are: a third of the shortest grace that a policy can have is longer.
  private static let freshnessPause = Duration.seconds(2)

  /// - Throws: when the control plane refuses to be followed at all.
  nonisolated(nonsending) func run() async throws(ControlPlaneFailure) {
    let refusal = await withTaskGroup(of: ControlPlaneFailure?.self) { group in
      group.addTask { await followStates() }
      group.addTask {
        await followFreshness()
        return nil
      }
      let reporter = DenialReporter(
        client: client, path: path, gateway: gateway, timing: timing, notice: notice)
      group.addTask {
        await reporter.run()
        return nil
      }
      // The first task ends only with a refusal, the others may end alone.
      var first: ControlPlaneFailure?
      while first == nil, !Task.isCancelled, let ended = await group.next() { first = ended }
      group.cancelAll()
      return first
    }
    if let refusal { throw refusal }
  }

  // MARK: - What to enforce

  private enum End: Sendable {
    case over(String)
    case refused(APIAnswer)
    /// To be asked again at once.
    case again
  }

  private func followStates() async -> ControlPlaneFailure? {
    var wait = Self.firstWait
    var told: String?
    var feed: EnforcementFeed?
    while !Task.isCancelled {
      let attempt = await follow(from: feed)
      feed = attempt.feed
      if attempt.hasSaid { (wait, told) = (Self.firstWait, nil) }
      switch attempt.end {
      case .again: break
      case .refused(let answer):
        let failure = ControlPlaneFailure(refusal: answer, at: client.server) { _ in nil }
        if failure.status != .unreadableInput { return failure }
        feed?.lose()
      case .over(let reason):
        if reason != told { notice("\(reason); trying again") }
        told = reason
      }
      do { try await timing.sleep(wait) } catch { return nil }
      wait = min(wait * 2, Self.longestWait)
    }
    return nil
  }

  private struct Attempt: Sendable {
    var feed: EnforcementFeed?
    var end: End
    /// Whether anything came to be in force.
    var hasSaid = false
  }

  /// Follows until the stream ends, or the process that writes the kernel is another one.
  private func follow(from feed: EnforcementFeed?) async -> Attempt {
    await withTaskGroup(of: Attempt?.self) { group in
      group.addTask { await followStream(from: feed) }
      group.addTask {
        await watchGateway()
        return nil
      }
      // Whichever ends first ends the other; the stream says what became of it in any case.
      var attempt = await group.next() ?? nil
      group.cancelAll()
      if attempt == nil { attempt = await group.next() ?? nil }
      return attempt ?? Attempt(feed: feed, end: .again)
    }
  }

  /// Returns when the process that writes the kernel is gone, or begins anew and has nothing to enforce.
  private func watchGateway() async {
    var hadState = false
    while !Task.isCancelled {
      do throws(LocalSocketError) {
        var gateway = try EnforcementClient(path)
        let hasState = !(try gateway.ask(.members(("kind", "status")))).text(of: "state").isEmpty
        if hadState, !hasState { return }
        hadState = hasState
      } catch {
        return
      }
      do { try await timing.sleep(Self.watchPause) } catch { return }
    }
  }

  private func followStream(from feed: EnforcementFeed?) async -> Attempt {
    var attempt = Attempt(feed: feed, end: .again)
    do throws(LocalSocketError) {
      var gateway = try EnforcementClient(path)
      let status = try gateway.ask(.members(("kind", "status")))
      var current = feed ?? EnforcementFeed(hasEnforced: !status.text(of: "state").isEmpty)
      if current.inForce != status.text(of: "state") { current.lose() }
      let before = current.inForce
      attempt.end = await follow(&current, &gateway)
      attempt.hasSaid = current.inForce != nil && current.inForce != before
      attempt.feed = current
    } catch {
      attempt.end = .over("\(error)")
    }
    return attempt
  }

  private func follow(_ feed: inout EnforcementFeed, _ gateway: inout EnforcementClient) async -> End {
    let headers = feed.inForce.map { [(name: "last-event-id", value: $0)] } ?? []
    let request = APIRequest.controlPlane("enforcement", query: [("watch", "true")], headers: headers)
    var parser = EventStreamParser()
    var isAgain = false
    do throws(APIError) {
      let refusal = try await client.follow(request) { piece throws(APIError) in
        for event in parser.append(piece) {
          isAgain = try take(event, &feed, &gateway)
          // Nothing of what follows could be added to what is in force.
          if isAgain { throw .unreadable("the whole state is wanted") }
        }
      }
      return refusal.map { .refused($0) } ?? .over("the control plane \(client.server) ended its stream")
    } catch {
      if Task.isCancelled { return .again }
      if isAgain {
        feed.lose()
        return .again
      }
      return .over("\(client.server): \(error)")
    }
  }

  /// - Returns: whether everything has to be asked for again.
  private func take(
    _ event: EventStreamParser.Event, _ feed: inout EnforcementFeed, _ gateway: inout EnforcementClient
  ) throws(APIError) -> Bool {
    let step: EnforcementFeed.Step
    do throws(DocumentError) {
      step = try feed.take(event, now: timing.now())
    } catch {
      throw .unreadable("an event of enforcement is not JSON")
    }
    switch step {
    case .nothing: return false
    case .askAgain: return true
    case .wait(let reason):
      notice(reason)
      return false
    case .say(let line):
      let answer: Node
      do throws(LocalSocketError) {
        answer = try gateway.ask(line: line)
      } catch {
        throw .unreadable("\(error)")
      }
      if let refusal = EnforcementRefusal(answer) {
        if !refusal.wantsState {
          notice("the gateway does not enforce what the control plane says: \(refusal)")
        }
        return true
      }
      if event.name == "state" { notice("enforcing \(event.id ?? "")") }
      feed.confirm(event)
      return false
    }
  }

  // MARK: - How fresh it is

  private func followFreshness() async {
    while !Task.isCancelled {
      let asked = timing.now()
      var pause = Self.freshnessPause
      do throws(ControlPlaneFailure) {
        let answer = try await client.data(.controlPlane("freshness"))
        await say(answer, askedAt: asked)
      } catch {
        // That the control plane does not answer is told by the other task. Leases run out.
        pause = Self.firstWait
      }
      do { try await timing.sleep(pause) } catch { return }
    }
  }

  /// Says it when what it is about is in force, which may take a moment.
  private func say(_ answer: Node, askedAt asked: Duration) async {
    for _ in 0..<20 {
      guard let line = EnforcementFeed.report(answer, late: timing.now() - asked) else { return }
      do throws(LocalSocketError) {
        var gateway = try EnforcementClient(path)
        guard let refusal = EnforcementRefusal(try gateway.ask(line: line)), refusal.wantsState else {
          return
        }
      } catch {
        return
      }
      do { try await timing.sleep(.milliseconds(100)) } catch { return }
    }
  }
}
