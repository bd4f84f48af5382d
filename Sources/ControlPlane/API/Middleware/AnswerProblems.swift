internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Makes every failure an RFC 9457 answer that tells nothing of the inside, and adds what browsers should know.
struct AnswerProblems: RouterMiddleware {
  typealias Context = APIContext

  func handle(
    _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    var response: Response
    do {
      response = try await next(request, context)
    } catch {
      response = problem(error, context).response
    }
    response.headers[.cacheControl] = response.headers[.cacheControl] ?? "no-store"
    response.headers[.xContentTypeOptions] = "nosniff"
    response.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
    response.headers[.strictTransportSecurity] = "max-age=31536000"
    return response
  }

  private func problem(_ error: any Error, _ context: APIContext) -> RequestError {
    switch error {
    case let error as RequestError: return error
    case let error as StoreError: return RequestError(error)
    case let error as HTTPError:
      return RequestError(
        .init(rawValue: error.status.code) ?? .malformed, error.body ?? error.status.reasonPhrase)
    default:
      // What it is stands in the log and not in the answer.
      context.logger.error("a request failed", metadata: ["error": "\(error)"])
      return RequestError(.failed, "this failed inside; the log of the server says why")
    }
  }
}
