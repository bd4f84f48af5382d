import KubernetesAPI
import Testing

@Suite("Requests to an API server")
struct APIRequestTests {
  @Test("values of the query are percent-encoded")
  func query() {
    let request = APIRequest("/api/v1/pods", query: [("limit", "500"), ("labelSelector", "app in (a, ü)")])
    #expect(request.target == "/api/v1/pods?limit=500&labelSelector=app%20in%20%28a%2C%20%C3%BC%29")
  }
}
