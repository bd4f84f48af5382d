import Merlon
import Testing

@Suite("Reading traffic values")
struct TrafficValuesReadingTests {
  typealias Values = ControllerValues

  /// A tree `networkPolicy` that cannot be meant.
  struct Wrong: Sendable, CustomTestStringConvertible {
    let name: String
    let tree: String
    /// Where the first error is, and parts of its text.
    let place: String
    let message: String
    var fix: String?

    var testDescription: String { name }
  }

  static let wrong = [
    Wrong(
      name: "a key that is no port", tree: "metrcs: {from: []}", place: "14:3",
      message: "unknown field `metrcs` in networkPolicy: did you mean `metrics`?"),
    Wrong(
      name: "a field of a port", tree: "metrics: {form: []}", place: "14:13", message: "did you mean `from`?"),
    Wrong(
      name: "an engine", tree: "engine: celium", place: "14:11",
      message: "must be one of calico, cilium, clusterNetworkPolicy, kubernetes, not `celium`",
      fix: "did you mean `cilium`?"),
    Wrong(
      name: "a peer in the place of a rule",
      tree: "egress: {enabled: true, to: [{ipBlock: {cidr: 10.0.0.0/8}}]}",
      place: "14:33", message: "`networkPolicy.egress.to[]` is a rule, and `ipBlock` is part of a peer",
      fix: "write - to: […] with the peer in it"),
    Wrong(
      name: "a rule in the place of a peer", tree: "gate: {from: [{from: []}]}", place: "14:18",
      message: "`networkPolicy.gate.from[]` is a peer, and `from` is part of a rule"),
    Wrong(
      name: "a peer that is nobody", tree: "gate: {from: [{}]}", place: "14:17",
      message: "a peer needs a `podSelector`, a `namespaceSelector` or an `ipBlock`"),
    Wrong(
      name: "a block", tree: "gate: {from: [{ipBlock: {cidr: 10.0.0.0/33}}]}", place: "14:34",
      message: "`10.0.0.0/33` is not a CIDR"),
    Wrong(
      name: "a switch", tree: "egress: {enabled: \"true\"}", place: "14:21",
      message: "`networkPolicy.egress.enabled` must be true or false"),
  ]

  @Test("what cannot be meant is an error with its place", arguments: wrong)
  func errors(_ wrong: Wrong) throws {
    let problems = #expect(throws: Problems.self) { try Values.read(wrong.tree) }
    let first = try #require(problems?.all.first { $0.severity == .error })
    #expect(first.location == "values.yaml:\(wrong.place)")
    #expect(first.message.contains(wrong.message), "\(first)")
    if let fix = wrong.fix { #expect(first.fix == fix) }
  }

  @Test("all errors come at once")
  func allErrors() {
    let problems = #expect(throws: Problems.self) {
      try Values.read("engine: x\nmetrics: {from: 1}\negress: {dnz: true}")
    }
    #expect(problems?.all.filter { $0.severity == .error }.count == 3)
  }

  /// Values that are written and count for nothing.
  static let unused = [
    ("mcp: {from: [{podSelector: {}}]}", "`networkPolicy.mcp.from` has no effect, as `mcp.enabled` is false"),
    (
      "egress: {to: [{}]}",
      "`networkPolicy.egress.to` has no effect, as `networkPolicy.egress.enabled` is false"
    ),
    (
      "cilium: {egress: [{toEntities: [world]}]}",
      "`networkPolicy.cilium.egress` has no effect, as `networkPolicy.egress.enabled` is false"
    ),
    ("enabled: null", "`networkPolicy.enabled` is missing, which is false: nothing is rendered"),
  ]

  @Test("what has no effect is a warning", arguments: unused)
  func warnings(_ tree: String, _ message: String) throws {
    let text = Values.text(tree).split(separator: "\n")
      .filter { !tree.contains("enabled: null") || $0 != "  enabled: true" }.joined(separator: "\n")
    let values = try TrafficValues(yaml: text, workload: Values.description)
    #expect(values.check().contains { $0.severity == .warning && $0.message == message })
  }

  @Test("values of another engine are noted, not dropped in silence")
  func otherEngine() throws {
    let values = try Values.read("cilium: {ingress: [{fromEntities: [world]}]}")
    let message = "the rules of `networkPolicy.cilium` are not used for the engine calico"
    #expect(values.check(.calico).contains { $0.severity == .note && $0.message == message })
    #expect(!values.check(.cilium).contains { $0.message.contains("are not used") })
  }

  @Test("ports that anyone may connect to are named")
  func openPorts() throws {
    let values = try Values.read("gate: {from: [{podSelector: {}}]}")
    let note = try #require(values.check().first { $0.code == "open-port" })
    #expect(note.message.contains("`metrics`, `webhook`"))
  }

  @Test("ports have the names that a chart gives them, and conditions of the same name")
  func ports() throws {
    let text = """
      merlon: {workload: {name: dns, namespace: net, labels: {app: dns}}}
      ports: {names: udp/53, admin: 8080, off: 1}
      off: {enabled: false}
      networkPolicy:
        enabled: true
        engine: cilium
        admin: {from: [{podSelector: {}}]}
      """
    let values = try TrafficValues(yaml: text)
    #expect(values.dialect == .cilium)
    let dns = Workload("dns", in: "net", labels: ["app": "dns"])
    let cluster = try values.intent.evaluate()
    #expect(cluster.allows(Values.anybody, to: dns, .udp(53)))
    #expect(cluster.denies(Values.anybody, to: dns, .tcp(53)))
    #expect(cluster.denies(Values.anybody, to: dns, .tcp(8080)))
    #expect(cluster.allows(Pods.all(in: "net"), to: dns, .tcp(8080)))
    #expect(cluster.denies(Pods.all(in: "net"), to: dns, .tcp(1)))
  }

  @Test("whom the values are for must be said", arguments: ["name", "namespace", "labels"])
  func workload(_ field: String) throws {
    var description = Values.description
    switch field {
    case "name": description.name = nil
    case "namespace": description.namespace = nil
    default: description.release = nil
    }
    let problems = #expect(throws: Problems.self) {
      try TrafficValues(yaml: Values.text(""), workload: description)
    }
    #expect(problems?.all.first { $0.severity == .error }?.fix?.contains("merlon.workload.\(field)") ?? false)
  }

  @Test("everything that is not said of the workload is named at once")
  func nothingSaid() {
    let problems = #expect(throws: Problems.self) {
      try TrafficValues(yaml: Values.text("engine: x"), workload: WorkloadDescription())
    }
    let errors = problems?.all.filter { $0.severity == .error }.map(\.code)
    #expect(errors == ["missing-field", "missing-field", "missing-field", "invalid-value"])
  }

  @Test("later files override earlier ones as Helm merges them, and manifests say what pods are really like")
  func files() async throws {
    let folder = try Folder()
    defer { folder.remove() }
    let defaults = try folder.write("values.yaml", Values.text("metrics: {from: [{podSelector: {}}]}"))
    let own = try folder.write(
      "own.yaml",
      """
      mcp: {enabled: true}
      ports: {gate: null}
      merlon: {workload: {name: controller, manifests: [rendered.yaml]}}
      networkPolicy: {engine: calico, metrics: {from: [{podSelector: {matchLabels: {app: prometheus}}}]}}
      """)
    func manifest(_ kind: String, _ name: String) -> String {
      """
      apiVersion: \(kind == "Job" ? "batch/v1" : "apps/v1")
      kind: \(kind)
      metadata: {name: \(name), namespace: stages}
      spec:
        \(kind == "Job" ? "backoffLimit: 2" : "selector: {matchLabels: {app: controller}}")
        template:
          metadata: {labels: {app: controller}}
          spec:
            containers: [{name: c, image: i, ports: [{name: metrics, containerPort: 8080}]}]

      """
    }
    _ = try folder.write(
      "rendered.yaml", manifest("Deployment", "controller") + "---\n" + manifest("Job", "cleanup"))
    let values = try await TrafficValues.read(paths: [defaults, own])
    #expect(values.dialect == .calico)
    let controller = Workload("controller", in: "stages", labels: ["app": "controller"])
    let cluster = try values.intent.evaluate()
    #expect(cluster.allows(Values.anybody, to: controller, .tcp(8084)))
    #expect(cluster.denies(Values.anybody, to: controller, .tcp(8082)))
    #expect(cluster.denies(Pods(["app": "other"], in: "stages"), to: controller, .tcp(8080)))
    #expect(cluster.allows(Pods(["app": "prometheus"], in: "stages"), to: controller, .tcp(8080)))
    let shared = try #require(values.check().first { $0.code == "shared-labels" })
    #expect(shared.message.contains("stages/controller is true of stages/cleanup"))
    #expect(values.check().contains { $0.message.contains("declares no port 8084, which `ports.mcp` is") })
  }
}
