import Foundation
import Testing

@Suite(
  "merlon stage",
  .enabled(if: StagedExample.isPossible, "needs nft, and a system that lets one make namespaces"))
struct StageCommandTests {
  @Test("asks what policies tell apart, and says what arrived")
  func agreement() throws {
    let result = try Program.run("stage", "-o", "json", "-", input: StagedExample.world)
    #expect(result.status == 0, "\(result.errors)")
    let data = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(data["pods"] as? Int == 2)
    #expect(data["differences"] as? [[String: String]] == [])
    // To db four ports in three protocols: 5432 and its neighbours, and another. One is open; what becomes of an echo request
    // is left to engines. To web, which nothing closes, any port and an echo request.
    #expect(data["denied"] as? Int == 11)
    #expect(data["undefined"] as? Int == 1)
    #expect(data["allowed"] as? Int == 1 + 3 + 1)
  }

  @Test("prints rules that nft takes")
  func rules() throws {
    let printed = try Program.run("stage", "--print", "-", input: StagedExample.world)
    #expect(printed.status == 0)
    let checked = try Program.run(
      ["-Urn", "/usr/sbin/nft", "-c", "-f", "-"], input: printed.output,
      at: URL(fileURLWithPath: "/usr/bin/unshare"))
    #expect(checked.status == 0, "\(checked.errors)")
  }

  @Test(
    "needs no rights",
    .enabled(if: getuid() == 0, "only root can become somebody else to try it"))
  func unprivileged() throws {
    let result = try Program.run(
      ["--reuid", "65534", "--regid", "65534", "--clear-groups", Program.url.path, "stage", "-"],
      input: StagedExample.world, at: URL(fileURLWithPath: "/usr/bin/setpriv"))
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("as merlon says"))
  }
}

private enum StagedExample {
  static let world = """
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop, labels: {app: web}}
    spec: {containers: []}
    status: {podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}], phase: Running}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: db, namespace: shop, labels: {app: db}}
    spec: {containers: []}
    status: {podIP: 10.0.0.2, podIPs: [{ip: 10.0.0.2}], phase: Running}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: db, namespace: shop}
    spec:
      podSelector: {matchLabels: {app: db}}
      ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]
    """

  static let isPossible = (try? Program.run("stage", "-o", "json", "-", input: world))?.status == 0
}
