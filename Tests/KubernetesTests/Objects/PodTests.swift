import Testing

@testable import Kubernetes

@Suite("Pods")
struct PodTests {
  private func pod(_ rest: String) -> Reading {
    Reading("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n\(rest)\n")
  }

  @Test("ports of containers and of sidecars count; each knows where it comes from")
  func ports() {
    let reading = pod(
      """
      spec:
        initContainers:
          - {name: setup, ports: [{name: once, containerPort: 1}]}
          - {name: mesh, restartPolicy: Always, ports: [{name: admin, containerPort: 15000}]}
        containers:
          - {name: main, ports: [{name: http, containerPort: 80}, {containerPort: 53, protocol: UDP}, {name: "", containerPort: 9}]}
          - {name: other, ports: null}
          - {name: none}
      """)
    #expect(reading.problems.isEmpty)
    #expect(
      reading.manifests.pods.first?.template.ports == [
        ContainerPort(name: "http", number: 80), ContainerPort(name: nil, transport: .udp, number: 53),
        ContainerPort(name: nil, number: 9),
        ContainerPort(name: "once", number: 1, origin: .initContainer),
        ContainerPort(name: "admin", number: 15000, origin: .sidecar),
      ])
  }

  @Test(
    "wrong ports",
    arguments: [
      ("{containerPort: 0}", "4:46 invalid-value"), ("{containerPort: 65536}", "4:46 invalid-value"),
      ("{containerPort: \"80\"}", "4:46 wrong-type"), ("{containerPort: 80.5}", "4:46 wrong-type"),
      ("{containerPort: 80, protocol: tcp}", "4:60 invalid-value"),
      ("{containerPort: 80, name: HTTP}", "4:56 invalid-value"),
      ("80", "4:30 wrong-type"),
    ])
  func wrongPorts(_ port: String, _ place: String) {
    #expect(pod("spec: {containers: [{ports: [\(port)]}]}").places == [place])
  }

  @Test("hostNetwork, nodeName and serviceAccountName")
  func spec() throws {
    let template = try #require(
      pod("spec: {hostNetwork: true, nodeName: n1, serviceAccountName: s}").manifests.pods.first?.template)
    #expect(template.hostNetwork && template.nodeName == "n1" && template.serviceAccountName == "s")
    let empty = try #require(pod("spec: {hostNetwork: null, nodeName: \"\"}").manifests.pods.first?.template)
    #expect(!empty.hostNetwork && empty.nodeName == nil && empty.serviceAccountName == "default")
    #expect(pod("spec: {hostNetwork: \"true\"}").places == ["4:21 wrong-type"])
    #expect(pod("spec: []").places == ["4:7 wrong-type"])
  }

  @Test(
    "addresses: unknown without status, none without an IP, else one of each family",
    arguments: [
      ("", .unknown), ("status: {}", .unknown), ("status: {phase: Pending}", .none),
      ("status: {podIP: \"\"}", .none),
      ("status: {podIP: 10.0.0.1}", .known(["10.0.0.1"].compactMap { IPAddress($0) })),
      (
        "status: {podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: \"fd00::1\"}]}",
        .known(["10.0.0.1", "fd00::1"].compactMap { IPAddress($0) })
      ),
    ] as [(String, Pod.Addresses)])
  func addresses(_ status: String, _ addresses: Pod.Addresses) {
    #expect(pod(status).manifests.pods.first?.addresses == addresses)
  }

  @Test("an address that is none is an error at its place")
  func wrongAddress() {
    #expect(
      pod("status: {podIPs: [{ip: 10.0.0}]}").problems == ["4:24 invalid-value `10.0.0` is not an IP address"]
    )
  }

  @Test(
    "Succeeded and Failed pods are finished",
    arguments: [("Running", false), ("Pending", false), ("Succeeded", true), ("Failed", true)])
  func phases(_ phase: String, _ isFinished: Bool) {
    #expect(pod("status: {phase: \(phase)}").manifests.pods.first?.isFinished == isFinished)
  }

  @Test("the controller is the owner that manages the pod")
  func controller() {
    let reading = Reading(
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: a
        ownerReferences:
          - {kind: Node, name: n1}
          - {kind: ReplicaSet, name: rs, controller: true}
      """)
    #expect(reading.manifests.pods.first?.meta.controller == OwnerReference(kind: "ReplicaSet", name: "rs"))
  }

  @Test("wrong labels are reported once, and the pod stays")
  func wrongLabels() {
    let reading = Reading("apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {a: y, b c: d, e: f}}\n")
    #expect(reading.places == ["3:33 wrong-type", "3:36 invalid-value"])
    #expect(reading.manifests.pods.first?.template.labels == Labels(["e": "f"]))
    #expect(reading.manifests.pods.first?.template.labels.location(of: "e")?.description == "a.yaml:3:44")
  }
}
