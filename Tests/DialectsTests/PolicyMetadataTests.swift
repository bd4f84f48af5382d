import Dialects
import Kubernetes
import Testing

@Suite("A policy's metadata is decoded as strictly as its spec")
struct PolicyMetadataTests {
  private func problems(_ metadata: String) -> [String] {
    let yaml =
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, \(metadata)}\nspec: {}\n"
    let options = PolicySet.readerOptions(defaultNamespace: "default")
    let manifests = ManifestReader(options: options).readSequentially([ManifestText(path: "m.yaml", yaml)])
    let policies = PolicySet(manifests, defaultNamespace: "default")
    return (manifests.diagnostics + policies.diagnostics).map {
      "\($0.severity.rawValue) \($0.code.rawValue)"
    }
  }

  @Test(
    "wrong types are errors",
    arguments: ["generation: x", "creationTimestamp: 5", "finalizers: a", "uid: 1", "managedFields: 3"])
  func types(_ metadata: String) {
    #expect(problems(metadata) == ["error wrong-type"])
  }

  @Test("unknown fields of owners, and keys of annotations outside their syntax, are errors")
  func members() {
    #expect(problems("ownerReferences: [{knd: a}]") == ["error unknown-field"])
    #expect(problems("annotations: {'a b': c}") == ["error invalid-value"])
    #expect(problems("annotations: {Example.com/A_b: c}, finalizers: [a], generation: 3").isEmpty)
  }
}
