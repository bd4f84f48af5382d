import Kubernetes
import KubernetesAPI
import Testing

@Suite("What is kept of objects")
struct ObservedObjectTests {
  private static func read<Object: ObservedObject>(_: Object.Type, _ json: String) throws -> Object {
    var shared = SharedTexts()
    return try Object(try Document.json(Array(json.utf8), file: SourceFile(path: "test")).root, &shared)
  }

  @Test("of a pod: who it is, whom it runs as, where, and its addresses")
  func pod() throws {
    let pod = try Self.read(
      ObservedPod.self,
      #"""
      {"metadata": {"name": "web-0", "namespace": "shop", "uid": "u1", "creationTimestamp": "2026-11-26T10:00:00Z",
        "labels": {"app": "web", "version": "1"}},
       "spec": {"nodeName": "n1", "serviceAccountName": "web", "containers": [{}]},
       "status": {"phase": "Running", "podIP": "10.244.0.5", "podIPs": [{"ip": "10.244.0.5"}, {"ip": "fd00::5"}]}}
      """#)
    #expect(
      pod
        == ObservedPod(
          name: NamespacedName(namespace: "shop", name: "web-0"), uid: "u1",
          labels: Labels(["app": "web", "version": "1"]), node: "n1", serviceAccount: "web",
          addresses: [try #require(IPAddress("10.244.0.5")), try #require(IPAddress("fd00::5"))],
          createdAt: Timestamp("2026-11-26T10:00:00Z")))
  }

  @Test(
    "of a pod that has no address yet, is finished, is being deleted, or uses its node's network",
    arguments: [
      (#""status": {"phase": "Pending"}"#, 0, ObservedPod.Phase.live, false, false),
      (#""status": {"phase": "Succeeded", "podIP": "10.0.0.1"}"#, 1, .finished, false, false),
      (#""status": {"phase": "Failed", "podIPs": null, "podIP": ""}"#, 0, .finished, false, false),
      (#""spec": {"hostNetwork": true}, "status": {"podIP": "10.0.0.1"}"#, 1, .live, false, true),
    ])
  func states(
    rest: String, addresses: Int, phase: ObservedPod.Phase, isTerminating: Bool, usesHostNetwork: Bool
  ) throws {
    let pod = try Self.read(
      ObservedPod.self, #"{"metadata": {"name": "a", "namespace": "b", "uid": "c"}, \#(rest)}"#)
    #expect(pod.addresses.count == addresses)
    #expect(pod.phase == phase)
    #expect(pod.usesHostNetwork == usesHostNetwork)
    #expect(pod.serviceAccount == "default")
    #expect(pod.labels.isEmpty)
  }

  @Test("of a pod somebody has deleted: that it is terminating")
  func terminating() throws {
    let pod = try Self.read(
      ObservedPod.self,
      #"{"metadata": {"name": "a", "namespace": "b", "uid": "c", "deletionTimestamp": "2026-11-26T10:00:00Z"}}"#
    )
    #expect(pod.isTerminating)
  }

  @Test("of a node: every address of both kinds, and the blocks of its pods")
  func node() throws {
    let node = try Self.read(
      ObservedNode.self,
      #"""
      {"metadata": {"name": "n1", "uid": "u"}, "spec": {"podCIDRs": ["10.244.1.0/24", "fd00:1::/64"]},
       "status": {"addresses": [{"type": "InternalIP", "address": "10.0.0.7"}, {"type": "InternalIP", "address": "fd00::7"},
         {"type": "ExternalIP", "address": "203.0.113.7"}, {"type": "Hostname", "address": "n1"}]}}
      """#)
    #expect(node.addresses.map(\.kind) == [.internalIP, .internalIP, .externalIP])
    #expect(node.podBlocks.map(\.description) == ["10.244.1.0/24", "fd00:1::/64"])
  }

  @Test("of a slice: its Service, and which pods its addresses are")
  func slice() throws {
    let slice = try Self.read(
      ObservedEndpointSlice.self,
      #"""
      {"metadata": {"name": "db-x", "namespace": "shop", "uid": "u", "labels": {"kubernetes.io/service-name": "db"}},
       "addressType": "IPv4", "endpoints": [
         {"addresses": ["10.244.0.6"], "targetRef": {"kind": "Pod", "name": "db-0", "namespace": "shop"}},
         {"addresses": ["192.0.2.1"], "targetRef": null}]}
      """#)
    #expect(slice.service == "db")
    #expect(slice.endpoints.map(\.pod) == [NamespacedName(namespace: "shop", name: "db-0"), nil])
  }

  @Test(
    "is refused when it cannot be read, for what is left out would count as absent",
    arguments: [
      #"{}"#, #"{"metadata": {"name": "a", "uid": "c"}}"#, #"{"metadata": {"name": "a", "namespace": "b"}}"#,
      #"{"metadata": {"namespace": "b", "uid": "c"}}"#,
      #"{"kind": "Node", "metadata": {"name": "a", "namespace": "b", "uid": "c"}}"#,
      #"{"metadata": {"name": "a", "namespace": "b", "uid": "c", "labels": {"x": 1}}}"#,
      #"{"metadata": {"name": "a", "namespace": "b", "uid": "c"}, "status": {"podIPs": [{"ip": "10.0.0"}]}}"#,
    ])
  func unreadable(json: String) {
    #expect(throws: APIError.self) { try Self.read(ObservedPod.self, json) }
  }
}
