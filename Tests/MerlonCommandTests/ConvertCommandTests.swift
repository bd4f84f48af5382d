import Foundation
import Kubernetes
import SourceGroups
import Testing

@Suite("merlon convert")
struct ConvertCommandTests {
  private static let document = """
    default_policy: deny
    source_groups:
      - id: payments
        priority: 10
        sources:
          cidrs: [10.1.0.0/16]
          kubernetes:
            - {integration: prod, pod_selector: {namespace: shop, match_labels: {app: payments}}}
        rules:
          - {id: bank, priority: 1, action: allow, match: {dst_ips: [192.0.2.1], proto: tcp, dst_ports: [443]}}
          - {id: dns, priority: 2, action: allow, match: {dst_cidrs: [10.9.0.0/16], proto: udp, dst_ports: [53]}}

    """

  @Test("writes a policy that is read without problems, and says what changes with its place")
  func convert() throws {
    let result = try Program.run(["convert", "--name", "egress", "-"], input: Self.document)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("<stdin>:8:"))
    #expect(
      result.output == """
        apiVersion: merlon.dev/v1alpha1
        kind: SourceGroupPolicy
        metadata:
          name: egress
        spec:
          defaultPolicy: deny
          sourceGroups:
            - id: payments
              priority: 10
              sources:
                - cidrs:
                    - "10.1.0.0/16"
                - kubernetes:
                    integration: prod
                    pods:
                      namespaceSelector:
                        matchLabels:
                          kubernetes.io/metadata.name: shop
                      podSelector:
                        matchLabels:
                          app: payments
                      includeHostNetwork: true
              rules:
                - id: bank
                  action: allow
                  to:
                    addresses:
                      - "192.0.2.1"
                  traffic:
                    - protocol: TCP
                      port: 443
                - id: dns
                  action: allow
                  to:
                    cidrs:
                      - "10.9.0.0/16"
                  traffic:
                    - protocol: UDP
                      port: 53

        """)
    let reading = SourceGroupPolicy.read(ManifestText(path: "converted.yaml", result.output))
    #expect(reading.diagnostics.isEmpty, "\(reading.diagnostics)")
    #expect(reading.policy?.name == "egress")
    #expect(reading.policy?.groups.map(\.id) == ["payments"])
  }

  @Test("1: a rule that is left out is told, and the rest is written")
  func loss() throws {
    let document = Self.document.replacing(
      "match: {dst_ips: [192.0.2.1], proto: tcp, dst_ports: [443]}", with: "match: {dns_hostname: '[a-z]+'}")
    let result = try Program.run(["convert", "-"], input: document)
    #expect(result.status == 1)
    #expect(
      result.errors.contains("is left out") && result.errors.contains("[conversion-lost]"), "\(result.errors)"
    )
    #expect(result.output.contains("id: dns") && !result.output.contains("id: bank"))
  }

  @Test("1: nothing is written when something that denies cannot be said")
  func refusal() throws {
    let document = Self.document.replacing(
      "action: allow, match: {dst_ips: [192.0.2.1], proto: tcp, dst_ports: [443]}",
      with: "action: deny, match: {dns_hostname: '[a-z]+'}")
    let result = try Program.run(["convert", "-"], input: document)
    #expect(result.status == 1)
    #expect(result.output.isEmpty && result.errors.contains("nothing is written"))
  }

  @Test("3: a file that is not there; 2: a name that is none")
  func usage() throws {
    #expect(try Program.run("convert", "/nonexistent/neuwerk.yaml").status == 3)
    #expect(try Program.run("convert", "--name", "No Name", "-").status == 2)
  }
}
