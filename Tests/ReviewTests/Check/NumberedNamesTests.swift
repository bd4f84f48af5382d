import Dialects
import Kubernetes
import PolicyModel
import Review
import Testing

@Suite("Names that differ by a number are meant to differ")
struct NumberedNamesTests {
  private func severity(pod: String, policy: String) -> [Diagnostic.Severity] {
    let yaml = """
      apiVersion: v1
      kind: Pod
      metadata: {name: p, labels: {app: \(pod)}}
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: a}
      spec: {podSelector: {matchLabels: {app: \(policy)}}}
      """
    let options = PolicySet.readerOptions(defaultNamespace: "default")
    let manifests = ManifestReader(options: options).readSequentially([ManifestText(path: "m.yaml", yaml)])
    let cluster = Cluster(manifests, defaultNamespace: "default", profile: .kubernetes)
    return CheckReport(cluster).problems.filter { $0.code == .selectsNothing }.map(\.severity)
  }

  @Test("blue-1 and blue-2 are two things; blue and bleu are one, misspelled")
  func numbers() {
    #expect(severity(pod: "blue-1", policy: "blue-2") == [.warning])
    #expect(severity(pod: "redis", policy: "redis2") == [.warning])
    #expect(severity(pod: "blue", policy: "bleu") == [.error])
  }
}
