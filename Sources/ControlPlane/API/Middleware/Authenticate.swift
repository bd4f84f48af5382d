internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import Logging

/// Lets nobody in without a token that counts, and nobody write whose token may only read.
struct Authenticate: RouterMiddleware {
  typealias Context = APIContext

  let plane: ControlPlane

  func handle(
    _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    guard let header = request.headers[.authorization] else {
      throw RequestError(.unauthenticated, "no token was shown", fix: "send `Authorization: Bearer …`")
    }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else {
      throw RequestError(.unauthenticated, "the Authorization header holds no bearer token")
    }
    let token: APIToken
    switch try await plane.store.authenticate(SecretText(String(parts[1])), at: plane.clock.now) {
    case .accepted(let accepted): token = accepted
    case .refused(let refusal):
      context.logger.notice("a token was refused", metadata: ["reason": "\(refusal)"])
      throw RequestError(.unauthenticated, "the token does not count")
    }
    let reads = request.method == .get || request.method == .head
    // A plan changes nothing. Asked of the route, as names in paths are chosen by others.
    let changesNothing = request.method == .post && context.endpointPath == Routes.planPath
    let reports =
      token.role == .gateway && request.method == .post && context.endpointPath == Routes.denialsPath
    guard token.role == .admin || reads || changesNothing || reports else {
      throw RequestError(.forbidden, "the token may only read", fix: "use a token of the role admin")
    }
    var context = context
    context.token = token
    context.presented = SecretText(String(parts[1]))
    return try await next(request, context)
  }
}
