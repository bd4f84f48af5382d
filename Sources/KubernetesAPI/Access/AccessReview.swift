internal import Kubernetes

extension APIClient {
  /// Whether whoever asks may do something in all namespaces (`authorization.k8s.io/v1 SelfSubjectAccessReview`).
  package nonisolated(nonsending) func may(_ verb: String, _ resource: APIResource) async throws(APIError)
    -> Bool
  {
    let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    let review = DataValue.members(
      ("apiVersion", "authorization.k8s.io/v1"), ("kind", "SelfSubjectAccessReview"),
      (
        "spec",
        .members(
          (
            "resourceAttributes",
            .members(
              ("group", .string(resource.group)), ("resource", .string(resource.name)),
              ("verb", .string(verb)))
          ))
      ))
    let answer = try await ask(APIRequest(path, method: .post, body: .json(review)))
    guard (200...201).contains(answer.status) else {
      throw .refused(
        APIStatus(code: answer.status, retryAfter: answer.header("retry-after"), body: answer.body))
    }
    let status = try Document.answer(answer.body, SourceFile(path: path))["status"]
    guard case .bool(let isAllowed)? = status?["allowed"]?.scalar else {
      throw .unreadable("the server does not say whether it is allowed")
    }
    return isAllowed
  }
}
