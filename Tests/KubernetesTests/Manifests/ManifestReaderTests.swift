import Testing

@testable import Kubernetes

@Suite("Reading manifests")
struct ManifestReaderTests {
  private let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"

  @Test("every kind is filed, whatever its order; other kinds are counted")
  func kinds() {
    let template = "spec: {template: {metadata: {labels: {app: x}}}}"
    let cronTemplate = "spec: {jobTemplate: {spec: {template: {}}}}"
    let objects = [
      ("v1", "Namespace", ""), ("v1", "Pod", ""), ("apps/v1", "Deployment", template),
      ("apps/v1", "StatefulSet", template),
      ("apps/v1", "DaemonSet", template), ("apps/v1", "ReplicaSet", template),
      ("v1", "ReplicationController", template),
      ("batch/v1", "Job", template), ("batch/v1", "CronJob", cronTemplate), ("v1", "Node", ""),
      ("v1", "Service", ""), ("v1", "ServiceAccount", ""), ("v1", "Endpoints", ""),
      ("discovery.k8s.io/v1", "EndpointSlice", ""),
      ("v1", "ConfigMap", ""), ("cert-manager.io/v1", "Certificate", ""),
      ("serving.knative.dev/v1", "Service", ""),
    ]
    let text = objects.map { "apiVersion: \($0)\nkind: \($1)\nmetadata: {name: a}\n\($2)\n" }.joined(
      separator: "---\n")
    let set = Reading(text).manifests
    #expect(set.diagnostics.isEmpty)
    #expect(set.workloads.map(\.kind) == WorkloadKind.allCases)
    #expect([set.namespaces.count, set.pods.count, set.nodes.count, set.services.count] == [1, 1, 1, 1])
    #expect([set.serviceAccounts.count, set.serviceEndpoints.count] == [1, 2])
    #expect(set.documents == 17)
    #expect(
      set.passedOver.keys.sorted().map(\.description) == [
        "Certificate.cert-manager.io", "ConfigMap", "Service.serving.knative.dev",
      ])
  }

  @Test(
    "a known kind in a group or version that no API server has is an error, and not read",
    arguments: [
      ("v1", "Deployment", "apps/v1"), ("batch/v1", "Deployment", "apps/v1"), ("apps/v1", "Pod", "v1"),
      ("apps/v1", "CronJob", "batch/v1"), ("apps/v2", "Deployment", "apps/v1"), ("v7", "Pod", "v1"),
      ("extensions/v1beta1", "StatefulSet", "apps/v1"), ("a/b/v1", "Pod", "v1"),
      ("apps/", "DaemonSet", "apps/v1"), ("apps/v1", "ServiceAccount", "v1"),
      ("v1", "EndpointSlice", "discovery.k8s.io/v1"),
    ])
  func wrongVersion(_ version: String, _ kind: String, _ right: String) {
    let reading = Reading(
      "apiVersion: \(version)\nkind: \(kind)\nmetadata: {name: a}\nspec: {template: {}}\n")
    #expect(reading.problems == ["1:13 invalid-value no API server serves `\(version)` \(kind)"])
    #expect(reading.manifests.diagnostics.map(\.fix) == ["write apiVersion: \(right)"])
    #expect(reading.manifests.workloads.isEmpty && reading.manifests.pods.isEmpty)
  }

  @Test(
    "versions that only older API servers have are read, with a warning",
    arguments: [
      ("extensions/v1beta1", "Deployment", "1.16"), ("apps/v1beta1", "StatefulSet", "1.16"),
      ("apps/v1beta2", "DaemonSet", "1.16"), ("extensions/v1beta1", "ReplicaSet", "1.16"),
      ("batch/v1beta1", "CronJob", "1.25"),
    ])
  func retiredVersion(_ version: String, _ kind: String, _ release: String) {
    let reading = Reading(
      "apiVersion: \(version)\nkind: \(kind)\nmetadata: {name: a}\n"
        + "spec: {template: {}, jobTemplate: {spec: {template: {}}}}\n")
    let served = kind == "CronJob" ? "batch/v1" : "apps/v1"
    #expect(
      reading.problems == [
        "1:13 legacy-form only API servers before \(release) serve `\(version)` \(kind); it is read as \(served)"
      ])
    #expect(reading.manifests.diagnostics.map(\.severity) == [.warning])
    #expect(reading.manifests.workloads.map(\.kind.rawValue) == [kind])
  }

  @Test("a misspelled kind of a known group is an error; kinds of other APIs are not judged")
  func misspelledKind() {
    #expect(
      Reading("apiVersion: apps/v1\nkind: Deploymnt\nmetadata: {name: a}\n").problems == [
        "2:7 invalid-value `apps/v1` has no kind `Deploymnt`: did you mean `Deployment`?"
      ])
    #expect(
      Reading("apiVersion: v1\nkind: pod\nmetadata: {name: a}\n").problems == [
        "2:7 invalid-value `v1` has no kind `pod`: did you mean `Pod`?"
      ])
    #expect(Reading("apiVersion: v1\nkind: PodTemplate\nmetadata: {name: a}\n").problems.isEmpty)
    #expect(
      Reading("apiVersion: apps.example.com/v2\nkind: Deployment\nmetadata: {name: a}\n").problems.isEmpty)
  }

  @Test("a Deployment without apiVersion is an error; a values file with a kind is not an object")
  func withoutVersion() {
    #expect(
      Reading("kind: Deployment\nmetadata: {name: a}\n").problems == [
        "1:7 invalid-value Deployment without `apiVersion`"
      ])
    #expect(Reading("kind: Deployment\nreplicas: 2\n").problems.isEmpty)
  }

  @Test("lists hold objects; typed lists name the kind of their items")
  func lists() {
    let reading = Reading(
      """
      apiVersion: v1
      kind: List
      items:
        - {apiVersion: v1, kind: Pod, metadata: {name: a}}
        - null
        - apiVersion: v1
          kind: PodList
          items: [{metadata: {name: b}}, {apiVersion: v1, kind: Pod, metadata: {name: c}}]
        - {apiVersion: v1, kind: NodeList, items: null}
        - {apiVersion: apps/v1, kind: DeploymentList, items: [{metadata: {name: d}, spec: {template: {}}}]}
      """)
    #expect(reading.problems.isEmpty)
    #expect(reading.podNames == ["a", "b", "c"])
    #expect(reading.manifests.workloads.map(\.meta.name) == ["d"])
    #expect(reading.manifests.documents == 4)
  }

  @Test("a List whose items are no list is an error")
  func wrongList() {
    #expect(Reading("apiVersion: v1\nkind: List\nitems: {a: b}\n").places == ["3:8 wrong-type"])
  }

  @Test("JSON is recognised by name and by its first character")
  func json() {
    let text = #"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}"#
    for path in ["a.json", "a.yaml", "<stdin>"] {
      #expect(Reading(text, path: path).podNames == ["a"])
      #expect(Reading("\u{FEFF} \n\(text)\n\(text)", path: path).places == ["3:58 duplicate-object"])
    }
  }

  @Test("what starts like JSON may be YAML's flow style")
  func flowStyle() {
    let reading = Reading("{apiVersion: v1, kind: Pod, metadata: {name: a}}\n---\n\(pod)---\n{\"a\": [}\n")
    #expect(reading.podNames == ["a"])
    #expect(reading.places == ["7:8 syntax", "5:18 duplicate-object"])
  }

  @Test("a document that is only text is no manifest")
  func onlyText() {
    #expect(
      Reading("just text\n").problems == [
        "1:1 syntax not a manifest: the document is only the text `just text`"
      ])
    #expect(Reading("\"x\"", path: "a.json").places == ["1:1 syntax"])
  }

  @Test("all problems of all files are reported, in order, and hide no object")
  func allProblems() {
    let reading = Reading([
      ("a.yaml", Array("\(pod)  x: [\n".utf8)),
      ("b.yaml", Array("\(pod)---\nkind: Pod\napiVersion: v1\n".utf8)),
      ("c.json", Array("{".utf8)),
    ])
    #expect(reading.podNames == ["a"])
    #expect(
      reading.manifests.diagnostics.compactMap { $0.location?.description } == [
        "a.yaml:4:3", "b.yaml:5:1", "c.json:1:2",
      ])
  }

  @Test("duplicate keys are errors in objects that count, and no business of ours elsewhere")
  func duplicateKeys() {
    #expect(Reading("\(pod)spec: {hostNetwork: true, hostNetwork: false}\n").places == ["4:27 duplicate-key"])
    #expect(Reading("apiVersion: v1\nkind: ConfigMap\ndata: {a: b, a: c}\n").problems.isEmpty)
  }

  @Test("two objects of one identity: the last counts; two kinds of one name are two")
  func sameObjectTwice() {
    let deployment = { (kind: String, label: String) in
      "apiVersion: apps/v1\nkind: \(kind)\nmetadata: {name: a}\nspec: {template: {metadata: {labels: {v: \(label)}}}}\n"
    }
    let reading = Reading(
      [deployment("Deployment", "one"), deployment("StatefulSet", "x"), deployment("Deployment", "two")]
        .joined(separator: "---\n"))
    #expect(
      reading.manifests.workloads.map { "\($0.kind) \($0.template.labels["v"] ?? "")" } == [
        "statefulSet x", "deployment two",
      ])
    #expect(
      reading.problems == [
        "13:18 duplicate-object Deployment `default/a` is defined twice; the last one counts"
      ])
    #expect(reading.manifests.diagnostics.first?.related.first?.location.line == 3)
  }

  @Test(
    "Helm templates are recognised: render first",
    arguments: [
      "metadata:\n  name: {{ .Release.Name }}\nkind: Pod\napiVersion: v1\n",
      "{{- if .Values.x }}\nkind: Pod\n{{- end }}\n",
      "kind: Pod\napiVersion: v1\nmetadata:\n  labels:\n    {{- include \"x\" . | nindent 4 }}\n",
      "kind: Pod\napiVersion: v1\nmetadata: {name: a, labels: {app: \"{{ .Chart.Name }}\"}}\n",
      "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: a}\nspec: {replicas: \"{{ .Values.n }}\", template: {}}\n",
    ])
  func templates(_ text: String) {
    let reading = Reading(text)
    #expect(reading.manifests.diagnostics.map(\.code) == [.renderFirst])
    #expect(
      reading.manifests.diagnostics.first?.fix == "render first: helm template RELEASE CHART | merlon check -"
    )
    #expect(reading.manifests.isIncomplete)
  }

  @Test("a template breaks at many places; one message a file says it")
  func templateOnce() {
    let text = "{{- if .Values.x }}\nkind: Pod\n---\nkind: {{ .Values.kind }}\n{{ end }}\n"
    let reading = Reading([("a.yaml", Array(text.utf8)), ("b.yaml", Array(text.utf8))])
    #expect(reading.manifests.diagnostics.compactMap { $0.location?.file.path } == ["a.yaml", "b.yaml"])
  }

  @Test("braces in the text of a rendered manifest are no template")
  func bracesInText() {
    let annotated =
      "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations: {x: \"{{ $labels.pod }}\"}\n"
    #expect(Reading(annotated).problems.isEmpty)
    #expect(Reading(annotated + "  labels: {a: y}\n").places == ["6:15 wrong-type"])
  }

  @Test("the parallel reader answers what the sequential one does")
  func parallel() async {
    let text =
      (0..<3000).map {
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p\($0 % 2900), labels: {a: b}}\nspec: {x: \"\(String(repeating: "y", count: 200))\"}\n"
      }
      .joined(separator: "---\n") + "---\nkind: [\n"
    let texts = [ManifestText(path: "a.yaml", text), ManifestText(path: "b.yaml", pod)]
    let parallel = await ManifestReader().read(texts)
    let sequential = ManifestReader().readSequentially(texts)
    #expect(parallel.pods.map(\.meta.qualifiedName) == sequential.pods.map(\.meta.qualifiedName))
    #expect(parallel.diagnostics == sequential.diagnostics && parallel.diagnostics.count == 101)
    #expect(parallel.files == 2 && parallel.documents == sequential.documents)
  }
}
