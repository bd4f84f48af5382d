internal import HTTPTypes
internal import Hummingbird
internal import KubernetesAPI
internal import Logging

/// All that is answered.
struct Routes {
  let plane: ControlPlane
  let counters: Counters
  /// Whether the server is still to be sent requests; false while it stops.
  let isServing: @Sendable () -> Bool

  /// Requests of one client per second, and at once.
  private static let rate = (perSecond: 200.0, burst: 1000.0)

  func router() -> Router<APIContext> {
    let router = Router(context: APIContext.self)
    router.add(middleware: CountRequests(counters: counters))
    router.add(middleware: AnswerProblems())
    addProbes(to: router)
    let now = plane.clock.timing.now
    let guarded = router.group()
      .add(middleware: LimitRate(perSecond: Self.rate.perSecond, burst: Self.rate.burst, now: now))
      .add(middleware: Authenticate(plane: plane))
    addMetrics(to: guarded)
    let api = guarded.group("api/v1")
    addIntegrations(to: api)
    addPolicy(to: api)
    addSets(to: api)
    addQuestions(to: api)
    addConnectivity(to: api)
    return router
  }
}
