import Kubernetes
import Testing

@Suite("Objects whose kind cannot be used are errors, never dropped")
struct UnusableKindTests {
  private func problems(_ yaml: String) -> [String] {
    ManifestReader().readSequentially([ManifestText(path: "m.yaml", yaml)]).diagnostics.map {
      "\($0.severity.rawValue) \($0.location.map { "\($0.line):\($0.column)" } ?? "-") \($0.code.rawValue)"
    }
  }

  @Test("kind in another letter case, missing, null or a number")
  func objects() {
    #expect(problems("apiVersion: v1\nKind: Pod\nmetadata: {name: a}\n") == ["error 1:1 missing-field"])
    #expect(problems("metadata: {name: a}\nspec: {}\n") == ["error 1:1 missing-field"])
    #expect(problems("apiVersion: v1\nkind:\nmetadata: {name: a}\n").count == 1)
    #expect(problems("apiVersion: v1\nkind: 5\nmetadata: {name: a}\n") == ["error 2:7 wrong-type"])
    #expect(problems("apiVersion: v1\nkind: [Pod]\nmetadata: {name: a}\n") == ["error 2:7 wrong-type"])
  }

  @Test("items that are no list, or no objects")
  func lists() {
    #expect(problems("apiVersion: v1\nkind: PodList\nitems: foo\n") == ["error 3:8 wrong-type"])
    #expect(problems("apiVersion: v1\nkind: List\nitems: [foo]\n") == ["error 3:9 wrong-type"])
  }

  @Test("documents of other makes are none of ours")
  func others() {
    #expect(
      problems(
        "apiVersion: v2\nname: chart\nversion: 1.0.0\n---\n{kind: Pod, apiVersion: v1, metadata: {name: a}}"
      ).isEmpty)
  }

  @Test("a Service's port that no server takes is an error, not TCP")
  func servicePorts() {
    let head = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  ports:\n"
    #expect(problems(head + "  - {port: 80, protocol: ICMP}\n") == ["error 6:26 invalid-value"])
    #expect(problems(head + "  - {port: 80, targetPort: 99999}\n") == ["error 6:28 invalid-value"])
    #expect(problems(head + "  - {port: 80, targetPort: http}\n").isEmpty)
  }

  @Test(
    "a protocol is TCP, UDP or SCTP wherever it stands, null is TCP, and no wrong one is taken for TCP",
    arguments: [
      ("null", nil), ("UDP", nil), ("udp", "invalid-value"), ("\"\"", "invalid-value"),
      ("ICMP", "invalid-value"),
      ("17", "wrong-type"), ("[TCP]", "wrong-type"), ("{}", "wrong-type"),
    ] as [(String, String?)])
  func protocols(_ written: String, _ code: String?) {
    func read(_ kind: String, _ spec: String) -> ManifestSet {
      let yaml = "apiVersion: v1\nkind: \(kind)\nmetadata: {name: a}\nspec:\n  \(spec)\n"
      return ManifestReader().readSequentially([ManifestText(path: "m.yaml", yaml)])
    }
    let pod = read("Pod", "containers: [{name: c, ports: [{containerPort: 80, protocol: \(written)}]}]")
    let service = read("Service", "ports: [{port: 80, protocol: \(written)}]")
    for problems in [pod.diagnostics, service.diagnostics] {
      #expect(problems.map(\.code.rawValue) == [code].compactMap { $0 })
    }
    #expect(pod.pods.first?.template.ports.isEmpty == (code != nil))
    #expect(service.services.first?.ports.isEmpty == (code != nil))
  }

  @Test("a name outside of DNS-1123 is an error at its place")
  func names() {
    #expect(
      problems("apiVersion: v1\nkind: Pod\nmetadata: {name: \"B x\"}\n") == ["error 3:18 invalid-value"])
  }
}
