import ControlPlane
import FakeAPIServer
import Foundation
import Testing

@Suite("merlon apply", .timeLimit(.minutes(30)))
struct ApplyCommandTests {
  @Test("brings integrations, then the policy, and the second time changes nothing")
  func apply() async throws {
    try await TestControlPlane.serving { plane in
      // The policy stands first in the file, and needs the integration behind it.
      let file = TestControlPlane.policy() + "---\n" + plane.integration
      let first = try await plane.run("apply", "-f", "-", input: file)
      #expect(first.status == 0, "\(first.errors)")
      #expect(first.output == "integration/prod created\npolicy/egress created: revision 1\n")
      let second = try await plane.run("apply", "-f", "-", input: file)
      #expect(second.output == "integration/prod unchanged\npolicy/egress unchanged: revision 1\n")
      let third = try await plane.run("apply", "-f", "-", input: TestControlPlane.policy(port: 444))
      #expect(third.output == "policy/egress configured: revision 2\n")
    }
  }

  @Test("keeps the token of an integration that names none, and sends it nowhere but there")
  func token() async throws {
    try await TestControlPlane.serving { plane in
      let folder = try TemporaryFolder()
      try folder.add("prod.token", "s3cret-token\n")
      try folder.add("prod.yaml", plane.integration + "tokenFile: prod.token\n")
      let file = folder.path("prod.yaml")
      #expect(try await plane.run("apply", "-f", file).output == "integration/prod created\n")
      #expect(try await plane.run("apply", "-f", file).output == "integration/prod unchanged\n")
      let shown = try await plane.run("get", "integrations", "prod", "-o", "yaml")
      #expect(shown.output.contains("tokenConfigured: true") && !shown.output.contains("s3cret"))
      let again = try await plane.run("apply", "-f", "-", input: shown.output)
      #expect(again.output == "integration/prod unchanged\n", "\(again.errors)")
      #expect(plane.plane.current.integrations["prod"]?.token?.revealed == "s3cret-token")
    }
  }

  @Test("reports all that is wrong with all documents, with places, and sends nothing")
  func problems() async throws {
    try await TestControlPlane.serving { plane in
      let file = """
        kind: Integration
        name: Prod
        token: x
        ---
        apiVersion: merlon.dev/v1alpha1
        kind: SourceGroupPolicy
        metadata: {name: egress}
        spec: {defaultPolicy: open}
        ---
        kind: Integrations
        """
      let result = try await plane.run("apply", "-f", "-", input: file)
      #expect(result.status == 1)
      #expect(result.output.isEmpty)
      for place in [
        "1:1: error: ", "2:7: error: ", "3:1: error: unknown field `token`", "8:23: error: ", "10:7: error: ",
      ] {
        #expect(result.errors.contains("<stdin>:" + place), "\(place)\n\(result.errors)")
      }
      #expect(plane.plane.current.policy == nil && plane.plane.current.integrations.isEmpty)
    }
  }

  @Test("places what only the server knows in the file that the document is from")
  func serverProblems() async throws {
    try await TestControlPlane.serving { plane in
      let file = "# comment\n" + plane.integration + "---\n" + TestControlPlane.policy(integration: "prd")
      let result = try await plane.run("apply", "-f", "-", input: file)
      #expect(result.status == 1)
      #expect(result.output == "integration/prod created\n")
      let line = try #require(
        file.split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
          $0.contains("- kubernetes:")
        })
      #expect(result.errors.contains("<stdin>:\(line + 1):"), "\(result.errors)")
      #expect(
        result.errors.contains("there is no integration `prd`")
          && result.errors.contains("did you mean `prod`?"))
    }
  }

  @Test("--if-revision: another revision counts, so nothing is changed, and the exit code is 1")
  func conflict() async throws {
    try await TestControlPlane.serving { plane in
      try await plane.settled()
      let stale = try await plane.run(
        "apply", "-f", "-", "--if-revision", "7", input: TestControlPlane.policy(port: 444))
      #expect(stale.status == 1)
      #expect(stale.output.isEmpty && stale.errors.contains("fix: "), "\(stale.errors)")
      let first = try await plane.run(
        "apply", "-f", "-", "--if-revision", "0", input: TestControlPlane.policy(port: 444))
      #expect(first.status == 1)
      let current = try await plane.run(
        "apply", "-f", "-", "--if-revision", "1", "--note", "MRL-12",
        input: TestControlPlane.policy(port: 444))
      #expect(current.output == "policy/egress configured: revision 2\n")
      let revisions = try await plane.run("get", "revisions")
      #expect(revisions.output.contains("MRL-12"))
    }
  }

  @Test("--dry-run checks with the integrations of the same file, and stores nothing")
  func dryRun() async throws {
    try await TestControlPlane.serving { plane in
      let file = plane.integration + "---\n" + TestControlPlane.policy()
      let result = try await plane.run("apply", "-f", "-", "--dry-run", input: file)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output == "integration/prod created (dry run)\npolicy/egress valid (dry run)\n")
      #expect(plane.plane.current.policy == nil && plane.plane.current.integrations.isEmpty)
      let refused = try await plane.run("apply", "-f", "-", "--dry-run", input: TestControlPlane.policy())
      #expect(refused.status == 1)
      #expect(refused.errors.contains("there is no integration `prod`"))
    }
  }

  @Test("--plan says what opens and closes, with places in both documents, and ends with 1")
  func plan() async throws {
    try await TestControlPlane.serving { plane in
      try await plane.settled()
      let same = try await plane.run("apply", "-f", "-", "--plan", input: TestControlPlane.policy())
      #expect(same.status == 0)
      #expect(same.output == "policy/egress says what counts already\n")
      let other = try await plane.run("apply", "-f", "-", "--plan", input: TestControlPlane.policy(port: 444))
      #expect(other.status == 1)
      #expect(
        other.output.contains("closes a pod of prod with app=web -> 192.0.2.1 tcp/443\n"), "\(other.output)")
      #expect(other.output.contains("before: allowed by SourceGroup web rule bank (policy:14:"))
      #expect(other.output.contains("after:  denied by SourceGroupPolicy egress defaultPolicy (<stdin>:5:"))
      let more = TestControlPlane.policy().replacing(
        "addresses: [192.0.2.1]", with: "addresses: [192.0.2.1, 192.0.2.2]")
      let wider = try await plane.run("apply", "-f", "-", "--plan", input: more)
      #expect(wider.status == 1)
      #expect(
        wider.output.contains("opens  a pod of prod with app=web -> 192.0.2.2 tcp/443\n"), "\(wider.output)")
      #expect(wider.output.contains("after:  allowed by SourceGroup web rule bank (<stdin>:14:"))
      #expect(plane.plane.current.policy?.revision.header.number == 1)
    }
  }

  @Test("a document of Neuwerk is answered with the command that converts it")
  func neuwerk() async throws {
    try await TestControlPlane.serving { plane in
      let result = try await plane.run("apply", "-f", "-", input: "default_policy: deny\nsource_groups: []\n")
      #expect(result.status == 1)
      #expect(result.errors.contains("merlon convert"))
    }
  }

  @Test("3: a file that is not there, and one that is not YAML")
  func unreadable() async throws {
    try await TestControlPlane.serving { plane async throws in
      #expect(try await plane.run("apply", "-f", "/nonexistent/policy.yaml").status == 3)
      #expect(try await plane.run("apply", "-f", "-", input: "a: [").status == 3)
      #expect(try await plane.run("apply", "-f", "-", input: "# nothing\n").status == 3)
    }
  }
}
