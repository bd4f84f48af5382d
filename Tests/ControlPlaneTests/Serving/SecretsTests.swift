import FakeAPIServer
import HTTPTypes
import Kubernetes
import KubernetesAPI
import SourceGroups
import Testing

@testable import ControlPlane

@Suite("Secrets of a control plane", .timeLimit(.minutes(30)))
struct SecretsTests {
  @Test("are in no log line, no error, no answer, and not in the database, whatever happens")
  func nowhere() async throws {
    let folder = try StoreFolder()
    let path = folder.path("merlon.db")
    let store = try SQLiteStore(path: path, key: .random())
    let cluster = FakeCluster.shop(token: ServedPlane.clusterToken)
    var texts: [String] = []
    let collected = CollectedLog()
    try await ServedPlane.with(cluster, store: store) { served in
      try await served.expect(200, .put, "/api/v1/policy", as: served.admin, ServedPlane.policy())
      try await served.until { ServedPlane.members("web", $0) == ["web"] }
      // A server that repeats what it is shown.
      cluster.fail(nil, .status(401, "Unauthorized", "no: Bearer \(ServedPlane.clusterToken)"))
      cluster.rotateToken("another")
      cluster.cutWatches()
      try await served.until { $0.integrations["prod"]?.phase == .failed }
      let paths = [
        "/readyz", "/metrics", "/api/v1/stats", "/api/v1/integrations", "/api/v1/integrations/prod",
        "/api/v1/integrations/prod/status", "/api/v1/policy", "/api/v1/policy/revisions", "/api/v1/sets",
        "/api/v1/sets/web", "/api/v1/audit", "/api/v1/whois/10.244.0.5", "/api/v1/none",
      ]
      for path in paths { collected.add(try await served.call(.get, path, as: served.admin).text) }
      collected.add(try await served.call(.post, "/api/v1/integrations/prod/test", as: served.admin).text)
      collected.add(
        try await served.call(
          .patch, "/api/v1/integrations/prod", as: served.admin,
          #"{"token": "\#(ServedPlane.clusterToken)\n"}"#
        ).text)
      collected.add("\(served.plane.current)")
      var dumped = ""
      dump(served.plane.current, to: &dumped)
      collected.add(dumped)
      collected.add(served.log.text)
      for secret in [served.admin, served.reader] { #expect(!collected.text.contains(secret.revealed)) }
    }
    texts.append(collected.text)
    for file in try folder.files { texts.append(String(decoding: folder.bytes(file) ?? [], as: UTF8.self)) }
    #expect(texts.count > 1)
    for text in texts { #expect(!text.contains(FakeCluster.secret)) }
  }
}
