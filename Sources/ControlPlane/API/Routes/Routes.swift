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

  /// The one route that is posted to and changes nothing.
  static let planPath = "/api/v1/policy/plan"

  /// Requests of one client per second, and at once.
  private static let rate = (perSecond: 200.0, burst: 1000.0)

  func router() -> Router<APIContext> {
    let router = documented()
    addRefusals(to: router)
    return router
  }

  /// What the OpenAPI document describes.
  func documented() -> Router<APIContext> {
    let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
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
    addEnforcement(to: api)
    addDenials(to: api)
    addQuestions(to: api)
    addConnectivity(to: api)
    return router
  }

  /// Says to whoever asks a path in another way which ways there are.
  private func addRefusals(to router: Router<APIContext>) {
    for (_, routes) in Dictionary(grouping: router.routes, by: { "\($0.path)" }) {
      let allowed = routes.map(\.method)
      let names = (allowed.map(\.rawValue) + (allowed.contains(.get) ? ["HEAD"] : [])).sorted()
      for method in [.get, .put, .post, .patch, .delete] as [HTTPRequest.Method]
      where !allowed.contains(method) {
        router.on(routes[0].path, method: method) { _, _ -> Response in
          throw RequestError(
            .notAllowed, "\(method.rawValue) is not for this path",
            fix: "use \(names.joined(separator: " or "))",
            allowedMethods: names)
        }
      }
    }
  }
}
