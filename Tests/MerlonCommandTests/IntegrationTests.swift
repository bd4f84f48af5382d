import Foundation
import Testing

@Suite("What CI systems run")
struct IntegrationTests {
  private static let world = """
    apiVersion: v1
    kind: Namespace
    metadata: {name: shop}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop, labels: {app: web}}
    spec: {containers: []}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: web, namespace: shop}
    spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, Egress]}
    """

  /// A repository with one commit, and a working tree in which the policy is gone.
  private func repository(test: String = "") throws -> TemporaryFolder {
    try TemporaryFolder.repository(
      """
      mkdir deploy && cat > deploy/world.yaml <<'END'
      \(Self.world)
      END
      git add -A && git commit -qm one
      head -8 deploy/world.yaml > deploy/new.yaml && mv deploy/new.yaml deploy/world.yaml
      cat > deploy/test.yaml <<'END'
      \(test)
      END
      """)
  }

  private func review(_ folder: TemporaryFolder, _ environment: String) throws -> Program.Result {
    let script = Program.repository.appendingPathComponent("Integrations/review").path
    return try Program.shell(
      "cd '\(folder.url.path)' && MERLON=\"$merlon\" \(environment) '\(script)' deploy")
  }

  @Test("a change is compared with its base: annotations, a summary, and the exit code of what is forbidden")
  func comparison() throws {
    let folder = try repository()
    let open = try review(folder, "MERLON_BASE=HEAD MERLON_FORMAT=github MERLON_SUMMARY=summary.md")
    #expect(open.status == 0, "\(open.errors)")
    #expect(open.output.contains("::notice file=HEAD%3Adeploy/world.yaml,line=12,"))
    let summary = try String(contentsOf: folder.url.appendingPathComponent("summary.md"), encoding: .utf8)
    #expect(summary.hasPrefix("### Changes in who can talk to whom"))
    #expect(try review(folder, "MERLON_BASE=HEAD MERLON_FAIL_ON='removed internet'").status == 1)
    #expect(try review(folder, "MERLON_BASE=nowhere").status == 3)
    #expect(try review(folder, "").status == 0)
  }

  @Test("expectations are tested where there are some, findings counted as severe as is asked for")
  func expectations() throws {
    let test = """
      apiVersion: merlon.dev/v1
      kind: ConnectivityTest
      metadata: {name: t}
      deny: [internet -> shop/web]
      """
    #expect(try review(repository(test: test), "").status == 1)
    #expect(try review(repository(), "MERLON_LINT_FAIL_ON=note").status == 1)
  }

  @Test("the action, the hooks and the GitLab template name files and options that exist")
  func definitions() throws {
    func text(_ path: String) throws -> String {
      try String(contentsOf: Program.repository.appendingPathComponent(path), encoding: .utf8)
    }
    #expect(try text("action.yml").contains("Integrations/review"))
    for (file, command) in [
      (".pre-commit-hooks.yaml", "lint"), (".pre-commit-hooks.yaml", "test"),
      ("Integrations/gitlab.yml", "diff"),
    ] {
      #expect(try text(file).contains("merlon \(command)"))
      #expect(try Program.run(command, "--help").status == 0)
    }
  }
}
