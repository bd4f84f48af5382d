import Dialects
import Kubernetes
import Testing

@testable import Review

@Suite("Translations between dialects")
struct TranslationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let from: WritableDialect
    let text: String
    /// Names of losses by the dialect to write; none for those that are not named.
    var losses: [WritableDialect: Set<String>] = [:]
    /// A text that must be in the result of each.
    var has: [WritableDialect: String] = [:]
    /// What `cluster` of the settings says.
    var facts = "{}"

    var testDescription: String { name }
  }

  private static func calico(_ spec: String, kind: String = "NetworkPolicy", name: String = "p") -> String {
    let namespace = kind == "NetworkPolicy" ? ", namespace: shop" : ""
    return
      "apiVersion: projectcalico.org/v3\nkind: \(kind)\nmetadata: {name: \(name)\(namespace)}\nspec: \(spec)\n---\n"
  }

  private static func cilium(_ spec: String) -> String {
    "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: \(spec)\n"
  }

  private static let apiServer =
    "{endpointSelector: {}, egress: [{toEntities: [kube-apiserver], toPorts: [{ports: [{port: '6443', protocol: TCP}]}]}]}"

  static let cases = [
    Case(
      name: "Calico: rules that allow, and the usual denial at the end", from: .calico,
      text: calico(
        "{selector: app == 'web', types: [Ingress], ingress: [{action: Allow, protocol: TCP, source: {selector: app == 'api'}, destination: {ports: [80]}}, {action: Deny}]}"
      ), losses: [.clusterNetworkPolicy: ["outside-ingress"]], has: [.kubernetes: "app: api"]),
    Case(
      name: "Calico: a denial before what is allowed, by order", from: .calico,
      text: calico(
        "{order: 10, selector: all(), types: [Ingress], ingress: [{action: Deny, protocol: TCP, source: {selector: app == 'bad'}, destination: {ports: [80]}}]}",
        name: "first")
        + calico(
          "{order: 20, selector: all(), types: [Ingress], ingress: [{action: Allow, protocol: TCP, source: {selector: has(app)}, destination: {ports: [80, 443]}}]}",
          name: "second"), losses: [.clusterNetworkPolicy: ["outside-ingress"]]),
    Case(
      name: "Calico: alternatives in a selector become several peers", from: .calico,
      text: calico(
        "{selector: \"app in {'a', 'b'} || tier == 'db'\", types: [Egress], egress: [{action: Allow, protocol: UDP, destination: {nets: [203.0.113.0/24], notNets: [203.0.113.7/32], ports: ['53:54']}}]}"
      )),
    Case(
      name: "Calico: a Log rule loses nothing of what flows", from: .calico,
      text: calico(
        "{selector: app == 'web', types: [Egress], egress: [{action: Log}, {action: Allow, protocol: TCP}]}"),
      losses: [.kubernetes: ["log"], .clusterNetworkPolicy: ["log"], .cilium: ["log"], .calico: ["log"]]),
    Case(
      name: "Cilium: allowed and denied entities, blocks and ports", from: .cilium,
      text: cilium(
        "{endpointSelector: {matchLabels: {app: web}}, ingress: [{fromEndpoints: [{matchLabels: {app: api}}], toPorts: [{ports: [{port: '80', protocol: TCP}]}]}], egress: [{toCIDRSet: [{cidr: 203.0.113.0/24, except: [203.0.113.7/32]}]}]}"
      ), losses: [.clusterNetworkPolicy: ["outside-ingress"]]),
    Case(
      name: "Cilium: a name outside", from: .cilium,
      text: cilium(
        "{endpointSelector: {}, egress: [{toFQDNs: [{matchName: api.example.com}], toPorts: [{ports: [{port: '443', protocol: TCP}]}]}, {toEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: kube-system}}], toPorts: [{ports: [{port: '53', protocol: UDP}], rules: {dns: [{matchPattern: '*'}]}}]}]}"
      ),
      losses: [
        .kubernetes: ["domain-names", "application-rules"], .calico: ["domain-names", "application-rules"],
        .clusterNetworkPolicy: ["domain-names", "application-rules"], .cilium: ["application-rules"],
      ]),
    Case(
      name: "Cilium: the API server, of which nobody says where it answers", from: .cilium,
      text: cilium(apiServer),
      losses: [
        .kubernetes: ["api-server"], .clusterNetworkPolicy: ["api-server"], .calico: ["api-server"],
      ], has: [.calico: "name: kubernetes"]),
    Case(
      name: "Cilium: the API server, of which the facts say where it answers", from: .cilium,
      text: cilium(apiServer),
      has: [.kubernetes: "10.0.0.5/32", .clusterNetworkPolicy: "10.0.0.5/32", .calico: "10.0.0.5/32"],
      facts:
        "{podCIDRs: [10.244.0.0/16], nodeCIDRs: [10.0.0.0/24], apiServerAddresses: [10.0.0.5], apiServerPort: 6443}"
    ),
    Case(
      name:
        "Cilium: a denial of everybody, to other engines but for probes and for an API server that may be the own node",
      from: .cilium,
      text: cilium(
        "{endpointSelector: {}, ingressDeny: [{toPorts: [{ports: [{port: '80', protocol: TCP}]}]}]}"),
      losses: [.clusterNetworkPolicy: ["outside-ingress"]]),
    Case(
      name: "AdminNetworkPolicy and BaselineAdminNetworkPolicy become ClusterNetworkPolicies",
      from: .clusterNetworkPolicy,
      text: """
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: AdminNetworkPolicy
        metadata: {name: guard}
        spec:
          priority: 7
          subject: {namespaces: {matchLabels: {team: a}}}
          ingress:
            - {action: Deny, from: [{namespaces: {matchLabels: {team: b}}}], ports: [{portNumber: {port: 22, protocol: TCP}}, {portRange: {start: 80, end: 80}}]}
            - {action: Pass, from: [{namespaces: {}}]}
        ---
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: BaselineAdminNetworkPolicy
        metadata: {name: default}
        spec:
          subject: {namespaces: {}}
          egress: [{action: Deny, to: [{namespaces: {}}]}]

        """,
      losses: [.kubernetes: ["tiers"], .cilium: ["tiers"]], has: [.clusterNetworkPolicy: "priority: 7"]),
  ]

  @Test("mean the same, but for what is named", arguments: cases, WritableDialect.allCases)
  func translation(_ example: Case, _ dialect: WritableDialect) throws {
    let manifests = ManifestReader(options: PolicySet.readerOptions(defaultNamespace: "default"))
      .readSequentially([ManifestText(path: "p.yaml", example.text)])
    let settings = Settings(SettingsText(ManifestText(path: "merlon.yaml", "cluster: \(example.facts)")))
    let translation = Translation(
      ClusterInput(manifests, defaultNamespace: "default", settings: settings), from: example.from,
      to: dialect)
    #expect(translation.problems.filter { $0.severity == .error } == [])
    let names = Set(translation.written.losses.map(\.name.rawValue))
    #expect(names == example.losses[dialect] ?? [], "\(translation.written.losses.map(\.message))")
    let proof = try translation.prove()
    #expect(proof.holds, "\(proof.text(.plain))\n\(translation.written.objects.yaml)")
    if let text = example.has[dialect] { #expect(translation.written.objects.yaml.contains(text)) }
  }
}
