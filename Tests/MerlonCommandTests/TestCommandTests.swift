import Foundation
import Testing

@Suite("merlon test")
struct TestCommandTests {
  private static let world = """
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop, labels: {app: web}}
    spec: {containers: []}
    """
  private static let test = """
    apiVersion: merlon.dev/v1
    kind: ConnectivityTest
    metadata: {name: shop}
    deny: [internet -> shop/web]
    """
  private static let deny = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: deny, namespace: shop}
    spec: {podSelector: {}}
    """

  private func folder(_ documents: String...) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.add("all.yaml", documents.joined(separator: "\n---\n"))
    return folder
  }

  @Test("0 when all is as expected, 1 when not, 3 when there is nothing to expect or it cannot be read")
  func exitCodes() throws {
    func status(_ documents: String...) throws -> Int32 {
      try Program.run("test", "-", input: documents.joined(separator: "\n---\n")).status
    }
    #expect(try status(Self.world, Self.test, Self.deny) == 0)
    #expect(try status(Self.world, Self.test) == 1)
    #expect(try status(Self.world, Self.deny) == 3)
    let typo = Self.test.replacingOccurrences(of: "deny:", with: "dney:")
    #expect(try status(Self.world, typo, Self.deny) == 3)
    #expect(try Program.run("test", "--watch", "-o", "json", "x").status == 2)
  }

  @Test("every format says how it went", arguments: ["text", "tap", "junit", "json", "sarif", "github"])
  func formats(format: String) throws {
    let folder = try folder(Self.world, Self.test)
    let failing = try Program.run("test", "-o", format, folder.url.path)
    #expect(failing.status == 1)
    #expect(failing.output.contains("internet -"))
    #expect(failing.errors == "")
  }

  @Test("a test file of NetAssert is named beside the manifests")
  func netassert() throws {
    let folder = try folder(Self.world)
    let file = try folder.add(
      "netassert.txt",
      """
      # probes
      ---
      - name: open
        protocol: tcp
        targetPort: 80
        exitCode: 1
        src: {k8sResource: {kind: pod, name: web, namespace: shop}}
        dst: {host: {name: 198.51.100.1}}
      """)
    let result = try Program.run("test", file.path, folder.path("all.yaml"))
    #expect(result.status == 1)
    #expect(result.output.contains("shop/web -> 198.51.100.1 tcp/80 is allowed, expected denied"))
  }

  @Test("--watch runs again after a change")
  func watch() throws {
    let folder = try folder(Self.world, Self.test)
    let output = try folder.add("output.txt", "")
    let process = Process()
    process.executableURL = Program.url
    process.arguments = ["test", "--watch", folder.path("all.yaml")]
    process.standardOutput = try FileHandle(forWritingTo: output)
    try process.run()
    defer { process.terminate() }
    func wait(for text: String) throws -> Bool {
      let deadline = Date(timeIntervalSinceNow: 60)
      while Date() < deadline {
        if try String(contentsOf: output, encoding: .utf8).contains(text) { return true }
        Thread.sleep(forTimeInterval: 0.02)
      }
      return false
    }
    #expect(try wait(for: "0 passed, 1 failed\n"))
    try folder.add("all.yaml", [Self.world, Self.test, Self.deny].joined(separator: "\n---\n"))
    #expect(try wait(for: "1 passed, 0 failed\n"))
  }
}
