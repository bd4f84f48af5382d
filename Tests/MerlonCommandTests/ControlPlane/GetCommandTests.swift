import FakeAPIServer
import Foundation
import Testing

@Suite("merlon get", .timeLimit(.minutes(30)))
struct GetCommandTests {
  @Test("integrations: a table, wide with how kinds are followed, names, and data")
  func integrations() async throws {
    try await TestControlPlane.serving { plane in
      try await plane.settled()
      let table = try await plane.run("get", "integrations")
      let lines = table.output.split(separator: "\n")
      #expect(lines.count == 2)
      #expect(lines[0].hasPrefix("NAME  SERVER"))
      #expect(lines[1].hasPrefix("prod  \(plane.cluster.url)  synced  none"), "\(table.output)")
      #expect(try await plane.run("get", "integration", "prod", "-o", "name").output == "integration/prod\n")
      let wide = try await plane.run("get", "integrations", "prod", "-o", "wide")
      #expect(wide.output.contains("GENERATION") && wide.output.contains("\npods "), "\(wide.output)")
      let json = try await plane.run("get", "integrations", "-o", "json")
      let data = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
      #expect(data?["kind"] as? String == "IntegrationList")
    }
  }

  @Test("integrations NAME --test: each step, and 1 when one fails")
  func integrationTest() async throws {
    let cluster = FakeCluster.shop()
    try await TestControlPlane.serving(cluster) { plane in
      try await plane.settled()
      let good = try await plane.run("get", "integrations", "prod", "--test")
      #expect(good.status == 0, "\(good.errors)")
      #expect(good.output.hasPrefix("STEP") && good.output.contains("\nlist pods   ok\n"), "\(good.output)")
      cluster.forbid("/api/v1/pods")
      let bad = try await plane.run("get", "integrations", "prod", "--test")
      #expect(bad.status == 1)
      #expect(
        bad.output.contains("\nlist pods   failed  whoever the token is for may not list pods"),
        "\(bad.output)")
    }
  }

  @Test(
    "policy: what it means as YAML that can be applied, what was applied with its comments, the revision aside"
  )
  func policy() async throws {
    try await TestControlPlane.serving { plane in
      try await plane.settled()
      let yaml = try await plane.run("get", "policy")
      #expect(yaml.errors == "merlon: revision 1\n")
      let again = try await plane.run("apply", "-f", "-", input: yaml.output)
      #expect(again.output == "policy/egress unchanged: revision 1\n", "\(again.errors)")
      let text = "# why\n" + TestControlPlane.policy(port: 444)
      _ = try await plane.run("apply", "-f", "-", input: text)
      #expect(try await plane.run("get", "policy", "-o", "text").output == text)
      #expect(try await plane.run("get", "policy", "-o", "name", "-q").output == "policy/egress\n")
      #expect(try await plane.run("get", "revisions", "1").output == TestControlPlane.policy())
    }
  }

  @Test("sets: the groups, and of one its sources and members")
  func sets() async throws {
    try await TestControlPlane.serving { plane in
      try await plane.settled()
      let list = try await plane.run("get", "sets")
      #expect(list.output.hasPrefix("GROUP  MEMBERS  EXCLUDED  STATE"))
      #expect(list.output.contains("\nweb    1"), "\(list.output)")
      let one = try await plane.run("get", "sets", "web")
      #expect(one.output.hasPrefix("SOURCE"))
      #expect(one.output.contains("\nMEMBER    KIND  ADDRESSES   INTEGRATION"), "\(one.output)")
      #expect(one.output.contains("\nshop/web  pod   10.244.0.5  prod"))
      let missing = try await plane.run("get", "sets", "wbe")
      #expect(missing.status == 2)
      #expect(missing.errors.contains("`wbe`"))
    }
  }

  @Test("sets GROUP --watch: who is there, who joins and who leaves, as it happens")
  func watch() async throws {
    let cluster = FakeCluster.shop()
    try await TestControlPlane.serving(cluster) { plane in
      try await plane.settled()
      let program = try RunningProgram(["get", "sets", "web", "--watch"], environment: plane.environment)
      #expect(await program.line() == "+ pod shop/web 10.244.0.5 (prod)")
      cluster.put(
        .pods, "shop/web-2",
        FakeCluster.pod("web", "10.244.0.9").replacing(#""name":"web""#, with: #""name":"web-2""#)
          .replacing("uid-web", with: "uid-web-2"))
      #expect(await program.line() == "+ pod shop/web-2 10.244.0.9 (prod)")
      cluster.remove(.pods, "shop/web-2")
      #expect(await program.line() == "- pod shop/web-2 10.244.0.9 (prod)")
    }
  }

  @Test("revisions and audit: the newest first; rollback makes a new one")
  func revisions() async throws {
    try await TestControlPlane.serving { plane in
      try await plane.settled()
      _ = try await plane.run("apply", "-f", "-", input: TestControlPlane.policy(port: 444))
      let back = try await plane.run("rollback", "policy", "1")
      #expect(back.output == "policy rolled back to revision 1: revision 3\n", "\(back.errors)")
      let names = try await plane.run("get", "revisions", "-o", "name", "--limit", "2")
      #expect(names.output == "revision/3\nrevision/2\n")
      let rest = try await plane.run("get", "revisions", "-o", "name", "--before", "2")
      #expect(rest.output == "revision/1\n")
      let audit = try await plane.run("get", "audit")
      #expect(audit.output.hasPrefix("ENTRY"))
      #expect(audit.output.contains("policy.append") && audit.output.contains("integration.create"))
      #expect(try await plane.run("rollback", "policy", "9").status == 2)
    }
  }

  @Test("delete: not while the policy needs it")
  func delete() async throws {
    try await TestControlPlane.serving { plane in
      try await plane.settled()
      let refused = try await plane.run("delete", "integration", "prod")
      #expect(refused.status == 1)
      #expect(refused.errors.contains("the policy takes members from `prod`"))
      _ = try await plane.run(
        "apply", "-f", "-",
        input:
          "apiVersion: merlon.dev/v1alpha1\nkind: SourceGroupPolicy\nmetadata: {name: none}\nspec: {defaultPolicy: deny}\n"
      )
      #expect(try await plane.run("delete", "integration", "prod").output == "integration/prod deleted\n")
    }
  }
}
