import Testing

@testable import Kubernetes

@Suite("Namespaces, nodes, services and workloads")
struct ClusterObjectsTests {
  private func object(_ version: String, _ kind: String, _ rest: String) -> Reading {
    Reading("apiVersion: \(version)\nkind: \(kind)\nmetadata: {name: a}\n\(rest)\n")
  }

  @Test("every namespace has its name as a label")
  func namespaceLabel() {
    let namespace = Reading("apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {team: b}}\n")
      .manifests.namespaces.first
    #expect(namespace?.labels == Labels(["team": "b", "kubernetes.io/metadata.name": "a"]))
    let lying = Reading(
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {kubernetes.io/metadata.name: b}}\n")
    #expect(lying.places == ["3:30 invalid-value"])
    #expect(lying.manifests.namespaces.first?.labels["kubernetes.io/metadata.name"] == "a")
  }

  @Test(
    "a namespace name is a DNS-1123 label", arguments: ["a.b", "A", "a_b", String(repeating: "a", count: 64)])
  func namespaceName(_ name: String) {
    #expect(
      Reading("apiVersion: v1\nkind: Namespace\nmetadata: {name: \(name)}\n").places == ["3:18 invalid-value"]
    )
    #expect(
      Reading("apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: \(name)}\n").places == [
        "3:32 invalid-value"
      ])
  }

  @Test("a node's addresses: internal ones first, names not")
  func nodeAddresses() {
    let node = object(
      "v1", "Node",
      "status: {addresses: [{type: ExternalIP, address: 203.0.113.1}, {type: Hostname, address: n}, {type: InternalIP, address: 10.0.0.1}]}"
    ).manifests.nodes.first
    #expect(node?.addresses.map(\.description) == ["10.0.0.1", "203.0.113.1"])
    #expect(
      object("v1", "Node", "status: {addresses: [{type: InternalIP, address: x}]}").places == [
        "4:50 invalid-value"
      ])
  }

  @Test("a node's labels, each with its place")
  func nodeLabels() {
    let node = Reading("apiVersion: v1\nkind: Node\nmetadata: {name: x, labels: {zone: a, gpu: \"\"}}\n")
      .manifests.nodes.first
    #expect(node?.labels == Labels(["zone": "a", "gpu": ""]))
    #expect(node?.labels.location(of: "gpu")?.description == "a.yaml:3:39")
  }

  @Test("a service account's namespace, name and labels")
  func serviceAccount() {
    let reading = Reading(
      """
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: robot, namespace: shop, labels: {team: a}}
      automountServiceAccountToken: false
      ---
      {apiVersion: v1, kind: ServiceAccount, metadata: {name: robot}}
      """)
    #expect(reading.problems.isEmpty)
    #expect(reading.manifests.serviceAccounts.map(\.meta.qualifiedName) == ["shop/robot", "default/robot"])
    let account = reading.manifests.serviceAccounts.first
    #expect(account?.meta.labels == Labels(["team": "a"]))
    #expect(account?.meta.location.description == "a.yaml:3:18")
    #expect(account?.meta.labels.location(of: "team")?.description == "a.yaml:3:51")
  }

  @Test("a service account defined twice: the last one counts")
  func sameServiceAccount() {
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, labels: {copy: \"%\"}}\n"
    let reading = Reading(
      ["1", "2"].map { account.split(separator: "%").joined(separator: $0) }.joined(separator: "---\n"))
    #expect(reading.places == ["7:18 duplicate-object"])
    #expect(reading.manifests.serviceAccounts.map { $0.meta.labels["copy"] } == ["2"])
  }

  @Test("a service's ports aim at a number, a name, or its own port")
  func servicePorts() {
    let service = object(
      "v1", "Service",
      """
      spec:
        clusterIPs: [10.96.0.1, "fd00::1"]
        selector: {app: a}
        ports: [{port: 80}, {port: 81, targetPort: 8080}, {port: 53, targetPort: dns, protocol: UDP, name: d}, {port: 82, targetPort: 0}]
      """
    ).manifests.services.first
    #expect(service?.ports.map(\.target) == [.number(80), .number(8080), .name("dns"), .number(82)])
    #expect(service?.ports.map(\.transport) == [.tcp, .tcp, .udp, .tcp])
    #expect(service?.clusterIPs.map(\.description) == ["10.96.0.1", "fd00::1"])
    #expect(service?.selector == Labels(["app": "a"]) && service?.isHeadless == false)
  }

  @Test("headless services, external names, and services without a selector")
  func serviceTypes() {
    #expect(
      object("v1", "Service", "spec: {clusterIP: None, selector: {}}").manifests.services.first?.isHeadless
        == true)
    #expect(object("v1", "Service", "spec: {selector: {}}").manifests.services.first?.selector == nil)
    let external = object("v1", "Service", "spec: {type: ExternalName, externalName: example.com}").manifests
      .services.first
    #expect(external?.externalName == "example.com")
    #expect(object("v1", "Service", "spec: {ports: [{port: 0}]}").places == ["4:23 invalid-value"])
  }

  @Test("a workload's template; replicas 0 makes no pods")
  func deployment() {
    let reading = object(
      "apps/v1", "Deployment",
      "spec: {replicas: 0, template: {metadata: {labels: {a: b}}, spec: {hostNetwork: true}}}")
    let workload = reading.manifests.workloads.first
    #expect(workload?.template.labels == Labels(["a": "b"]) && workload?.template.hostNetwork == true)
    #expect(workload?.isScaledToZero == true && workload?.meta.namespace == "default")
  }

  @Test("how many pods a StatefulSet has, and the number of its first; neither may be negative")
  func replicas() {
    func workload(_ fields: String) -> (workload: Workload?, places: [String]) {
      let reading = object("apps/v1", "StatefulSet", "spec: {\(fields), template: {}}")
      return (reading.manifests.workloads.first, reading.places)
    }
    let counted = workload("replicas: 3, ordinals: {start: 5}").workload
    #expect(counted?.replicas == 3 && counted?.firstOrdinal == 5)
    let plain = workload("replicas: null").workload
    #expect(plain?.replicas == nil && plain?.firstOrdinal == 0)
    #expect(workload("replicas: -1").places == ["4:18 invalid-value"])
    #expect(workload("ordinals: {start: 9999999999}").places == ["4:26 invalid-value"])
  }

  @Test("a CronJob's template lies deeper; a Job puts its name on its pods")
  func jobs() {
    let cron = object(
      "batch/v1", "CronJob", "spec: {jobTemplate: {spec: {template: {metadata: {labels: {a: b}}}}}}")
    #expect(cron.manifests.workloads.first?.template.labels == Labels(["a": "b"]))
    let job = object("batch/v1", "Job", "spec: {template: {metadata: {labels: {a: b}}}}").manifests.workloads
      .first
    #expect(job?.template.labels == Labels(["a": "b", "job-name": "a", "batch.kubernetes.io/job-name": "a"]))
  }

  @Test(
    "workloads without a template are errors",
    arguments: [
      ("Deployment", "", "3:18 missing-field Deployment `a` without `spec`"),
      ("Deployment", "spec: {}", "3:18 missing-field Deployment `a` without `spec.template`"),
      ("Deployment", "spec: {template: null}", "3:18 missing-field Deployment `a` without `spec.template`"),
      ("StatefulSet", "spec: null", "3:18 missing-field StatefulSet `a` without `spec`"),
    ])
  func missingTemplates(_ kind: String, _ spec: String, _ problem: String) {
    #expect(object("apps/v1", kind, spec).problems == [problem])
  }
}
