import FakeAPIServer
import Kubernetes
import KubernetesAPI
import Testing

@Suite("Discovery of what a server serves")
struct DiscoveryTests {
  private static func group(_ name: String, _ versions: String..., preferred: String) -> String {
    let all = versions.map { #"{"groupVersion":"\#(name)/\#($0)","version":"\#($0)"}"# }
    return
      #"{"name":"\#(name)","versions":[\#(all.joined(separator: ","))],"preferredVersion":{"groupVersion":"\#(name)/\#(preferred)"}}"#
  }

  private static func resources(_ names: (name: String, kind: String)..., verbs: String = "list")
    -> ScriptedTransport.Step
  {
    let all = names.map { #"{"name":"\#($0.name)","kind":"\#($0.kind)","verbs":["get","\#(verbs)"]}"# }
    return .status(200, #"{"kind":"APIResourceList","resources":[\#(all.joined(separator: ","))]}"#)
  }

  @Test("asks about groups of interest only, and takes the version that the server prefers")
  func versions() async throws {
    let groups = [
      Self.group("apps", "v1", preferred: "v1"),
      Self.group("metrics.k8s.io", "v1beta1", preferred: "v1beta1"),
      Self.group("cilium.io", "v2alpha1", "v2", preferred: "v2"),
    ]
    let server = ScriptedTransport([
      .status(200, #"{"kind":"APIGroupList","groups":[\#(groups.joined(separator: ","))]}"#),
      Self.resources(("ciliumnetworkpolicies", "CiliumNetworkPolicy"), ("x/status", "CiliumNetworkPolicy")),
      Self.resources(
        ("ciliumcidrgroups", "CiliumCIDRGroup"), ("ciliumnetworkpolicies", "CiliumNetworkPolicy")),
    ])
    let found = try await server.client.resources(for: [
      GroupKind(group: "cilium.io", kind: "CiliumNetworkPolicy"),
      GroupKind(group: "cilium.io", kind: "CiliumCIDRGroup"),
    ])
    #expect(server.targets == ["/apis", "/apis/cilium.io/v2", "/apis/cilium.io/v2alpha1"])
    #expect(
      found.resources.map(\.path) == [
        "/apis/cilium.io/v2/ciliumnetworkpolicies", "/apis/cilium.io/v2alpha1/ciliumcidrgroups",
      ])
    #expect(found.failures.isEmpty)
  }

  @Test(
    "of an answer that is none is an error",
    arguments: ["{}", "[]", #"{"kind":"APIGroupList","groups":{}}"#, #"{"groups":[]}"#])
  func unreadable(_ text: String) async {
    let server = ScriptedTransport([.status(200, text)])
    await #expect(throws: APIError.self) {
      try await server.client.resources(for: [GroupKind(group: "apps", kind: "Deployment")])
    }
  }

  @Test("leaves out what cannot be listed, and says which groups do not answer")
  func failures() async throws {
    let groups = [
      Self.group("a.example", "v1", preferred: "v1"), Self.group("b.example", "v1", preferred: "v1"),
      Self.group("c.example", "v1", preferred: "v1"),
    ]
    let server = ScriptedTransport(
      [
        .status(200, #"{"kind":"APIGroupList","groups":[\#(groups.joined(separator: ","))]}"#),
        Self.resources(("reviews", "Review"), verbs: "create"), .status(404),
      ] + Array(repeating: .status(503), count: 6))
    let found = try await server.client.resources(for: [
      GroupKind(group: "a.example", kind: "Review"), GroupKind(group: "b.example", kind: "B"),
      GroupKind(group: "c.example", kind: "C"),
    ])
    #expect(found.resources == [])
    #expect(found.failures.map(\.version) == ["b.example/v1", "c.example/v1"])
  }
}
