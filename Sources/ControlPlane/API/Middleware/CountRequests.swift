internal import HTTPTypes
internal import Hummingbird

/// Counts answers by method, route and status.
struct CountRequests: RouterMiddleware {
  typealias Context = APIContext

  let counters: Counters

  func handle(
    _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    let response = try await next(request, context)
    // The pattern, not the path: paths are without number.
    counters.count(
      request: request.method.rawValue, route: context.endpointPath ?? "none", status: response.status.code)
    return response
  }
}
