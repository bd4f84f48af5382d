import Dialects
import Kubernetes
import PolicyModel
import Testing

/// What Cilium's policies refer to, and what is said when it is not there (SEMANTICS.md §4.2, §4.5, §4.7).
@Suite("Cilium: references")
struct CiliumReferenceTests {
  // MARK: - Clusters

  @Test(
    "a selector that keeps the local cluster out is warned of",
    arguments: [
      ("{matchLabels: {io.cilium.k8s.policy.cluster: east}}", "io.cilium.k8s.policy.cluster=east"),
      ("{matchLabels: {k8s:io.cilium.k8s.policy.cluster: east}}", "k8s:io.cilium.k8s.policy.cluster=east"),
      (
        "{matchExpressions: [{key: io.cilium.k8s.policy.cluster, operator: In, values: [east, west]}]}",
        "io.cilium.k8s.policy.cluster in (east,west)"
      ),
      (
        "{matchExpressions: [{key: io.cilium.k8s.policy.cluster, operator: NotIn, values: [default]}]}",
        "io.cilium.k8s.policy.cluster!=default"
      ),
      (
        "{matchExpressions: [{key: io.cilium.k8s.policy.cluster, operator: DoesNotExist}]}",
        "!io.cilium.k8s.policy.cluster"
      ),
    ])
  func otherCluster(_ selector: String, _ text: String) {
    let lowered = CiliumLowered.ingress("{fromEndpoints: [\(selector)]}")
    #expect(lowered.codes == ["unresolved-reference"])
    #expect(
      lowered.warnings.first?.hasSuffix(
        " the cluster of the input is taken to be named `default`: \(text) matches none of its pods") == true)
    let subject = CiliumLowered.spec("{endpointSelector: \(selector), ingress: [{}]}")
    #expect(subject.codes == ["unresolved-reference"])
  }

  @Test("the place is the requirement's")
  func place() {
    let lowered = CiliumLowered.ingress(
      "{fromEndpoints: [{matchLabels: {app: a, io.cilium.k8s.policy.cluster: east}}]}")
    #expect(lowered.warnings.first?.hasPrefix("4:80 ") == true)
  }

  @Test(
    "a selector that lets the local cluster in is not",
    arguments: [
      "{matchLabels: {io.cilium.k8s.policy.cluster: default}}",
      "{matchExpressions: [{key: io.cilium.k8s.policy.cluster, operator: In, values: [default, east]}]}",
      "{matchExpressions: [{key: io.cilium.k8s.policy.cluster, operator: NotIn, values: [east]}]}",
      "{matchExpressions: [{key: io.cilium.k8s.policy.cluster, operator: Exists}]}",
    ])
  func localCluster(_ selector: String) {
    #expect(CiliumLowered.ingress("{fromEndpoints: [\(selector)]}").warnings.isEmpty)
  }

  // MARK: - Groups and Services

  @Test(
    "groups and Services that are not in the input",
    arguments: [
      (
        "{toCIDRSet: [{cidrGroupRef: partner}]}",
        "4:52 no CiliumCIDRGroup `partner` is in the input: it is taken to have no addresses"
      ),
      (
        "{toCIDRSet: [{cidrGroupSelector: {matchLabels: {a: b}}}]}",
        "4:52 the selector matches no CiliumCIDRGroup of the input"
      ),
      (
        "{toServices: [{k8sService: {serviceName: db}}]}",
        "4:53 no Service of the input is meant by this entry: it is taken to match nothing"
      ),
      (
        "{toGroups: [{aws: {securityGroupsIds: [sg-1]}}]}",
        "4:51 which addresses a cloud's group has is known to the cloud only; the group is taken to be empty"
      ),
    ])
  func missing(_ rule: String, _ warning: String) {
    let lowered = CiliumLowered.egress(rule)
    #expect(lowered.warnings == [warning] && lowered.codes == ["unresolved-reference"])
    #expect(lowered.peers == "nobody")
  }

  @Test("a group with nearly that name is suggested")
  func suggestion() {
    let group =
      "apiVersion: cilium.io/v2\nkind: CiliumCIDRGroup\nmetadata: {name: partners}\nspec: {externalCIDRs: [192.0.2.0/24]}\n"
    let lowered = CiliumLowered.egress("{toCIDRSet: [{cidrGroupRef: partner}]}", group)
    #expect(lowered.stack.diagnostics.first?.fix == "did you mean `partners`?")
    #expect(CiliumLowered.egress("{toCIDRSet: [{cidrGroupRef: partners}]}", group).peers == "192.0.2.0/24")
  }

  @Test("toServices in a deny rule finds nothing, which is said")
  func deniedService() {
    let entry = "toServices: [{k8sService: {serviceName: db}}]"
    let lowered = CiliumLowered.spec("{endpointSelector: {}, egressDeny: [{\(entry)}]}")
    #expect(lowered.rules.isEmpty)
    #expect(
      lowered.warnings == [
        "4:57 Cilium finds the pods of `toServices` in `egress` only: here the rule denies nothing"
      ])
    let ports = CiliumLowered.spec(
      "{endpointSelector: {}, egressDeny: [{\(entry), toPorts: [{ports: [{port: \"1\", protocol: TCP}]}]}]}")
    #expect(ports.rules == ["deny egressDeny[0]: anyone | TCP 1"])
    #expect(ports.warnings.first?.hasSuffix("here the rule denies its ports to every destination") == true)
  }

  // MARK: - DNS

  private static let names = "{toFQDNs: [{matchName: a.io}]}"

  private static func dns(
    _ ports: String = "{port: \"53\", protocol: ANY}",
    rules: String = ", rules: {dns: [{matchPattern: \"*\"}]}"
  ) -> String {
    "{toPorts: [{ports: [\(ports)]\(rules)}]}"
  }

  private static func other(_ kind: String, _ namespace: String, _ selector: String, _ rule: String) -> String
  {
    "apiVersion: cilium.io/v2\nkind: \(kind)\nmetadata: {name: dns\(namespace.isEmpty ? "" : ", namespace: \(namespace)")}\nspec: {endpointSelector: \(selector), egress: [\(rule)]}\n"
  }

  @Test("names are learnt only from DNS answers that pass the proxy")
  func unlearnt() {
    let lowered = CiliumLowered.egress(Self.names)
    #expect(lowered.codes == ["unlearnt-names"])
    #expect(
      lowered.warnings.first?.hasPrefix(
        "4:39 Cilium learns the addresses of names only from DNS answers that pass its DNS proxy") == true)
  }

  @Test(
    "ports alone, other ports and empty DNS rules send nothing there",
    arguments: [
      dns(rules: ""), dns("{port: \"5353\", protocol: UDP}"),
      dns("{port: \"53\", protocol: TCP}", rules: ", rules: {dns: []}"), "{toEntities: [all]}",
    ])
  func noProxy(_ rule: String) {
    let lowered = CiliumLowered.egress("\(Self.names), \(rule)")
    #expect(lowered.codes == ["unlearnt-names"], "\(lowered.warnings)")
  }

  @Test(
    "a rule for DNS in the rule set is enough",
    arguments: [
      dns(), dns("{port: \"53\", protocol: UDP}"), dns("{port: dns, protocol: UDP}"),
      "{toEndpoints: [{matchLabels: {io.kubernetes.pod.namespace: kube-system}}], toPorts: [{ports: [{port: \"53\", protocol: ANY}], rules: {dns: [{matchPattern: \"*\"}]}}]}",
    ])
  func sameRuleSet(_ rule: String) {
    #expect(CiliumLowered.egress("\(Self.names), \(rule)").warnings.isEmpty)
  }

  @Test(
    "or in another policy that may select the same pods",
    arguments: [
      (other("CiliumNetworkPolicy", "shop", "{}", dns()), false),
      (other("CiliumNetworkPolicy", "shop", "{matchLabels: {app: web}}", dns()), false),
      (other("CiliumNetworkPolicy", "shop", "{matchLabels: {tier: front}}", dns()), false),
      (other("CiliumNetworkPolicy", "shop", "{matchLabels: {k8s:app: db}}", dns()), true),
      (other("CiliumNetworkPolicy", "data", "{}", dns()), true),
      (other("CiliumClusterwideNetworkPolicy", "", "{}", dns()), false),
      (
        other(
          "CiliumClusterwideNetworkPolicy", "", "{matchLabels: {io.kubernetes.pod.namespace: data}}", dns()),
        true
      ),
      (
        other(
          "CiliumClusterwideNetworkPolicy", "",
          "{matchExpressions: [{key: app, operator: In, values: [db, job]}]}", dns()), true
      ),
      (
        other(
          "CiliumClusterwideNetworkPolicy", "",
          "{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}", dns()), false
      ),
    ])
  func otherPolicies(_ document: String, _ isWarned: Bool) {
    let lowered = CiliumLowered.spec(
      "{endpointSelector: {matchLabels: {app: web}}, egress: [\(Self.names)]}", document)
    #expect(lowered.codes == (isWarned ? ["unlearnt-names"] : []))
  }

  @Test("domainNames of a ClusterNetworkPolicy bring DNS rules of their own")
  func domainNames() {
    let policy = """
      apiVersion: policy.networking.k8s.io/v1alpha2
      kind: ClusterNetworkPolicy
      metadata: {name: top}
      spec: {tier: Admin, priority: 1, subject: {namespaces: {}}, egress: [{action: Accept, to: [{domainNames: [example.com]}]}]}
      """
    #expect(CiliumLowered.egress(Self.names, policy).warnings.isEmpty)
    #expect(
      CiliumLowered(policy).rules == [
        "allow egress[0] (DNS): pods with k8s-app=kube-dns in all namespaces | TCP dns, UDP dns, SCTP dns, TCP dns-tcp, UDP dns-tcp, SCTP dns-tcp | DNS example.com",
        "allow egress[0]: example.com | all ports",
      ])
  }

  // MARK: - cilium#46949

  @Test("a selector that matches more than pods is warned of, with what it matches")
  func overSelects() {
    let rule =
      "{fromEndpoints: [{matchExpressions: [{key: k8s:io.kubernetes.pod.namespace, operator: NotIn, values: [data]}]}]}"
    let lowered = CiliumLowered.ingress(rule)
    #expect(lowered.codes == ["over-selects"])
    #expect(
      lowered.warnings == [
        "4:57 all that this selector says of namespaces is negative, so Cilium also matches host, remote-node, ingress with it (cilium#46949)"
      ])
    #expect(
      lowered.stack.diagnostics.first?.fix == "add {key: k8s:io.kubernetes.pod.namespace, operator: Exists}")
  }

  // MARK: - Kinds

  @Test("kinds that Cilium does not enforce are counted")
  func notEnforced() {
    let spec =
      "spec: {priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}"
    let stack = CiliumLowered(
      "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: a}\n\(spec)\n",
      "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: a}\nspec: {types: [Ingress]}\n"
    ).stack
    #expect(stack.tiers.isEmpty)
    #expect(
      stack.notEnforced.map { "\($0.count) \($0.kind.kind)" } == [
        "1 AdminNetworkPolicy", "1 GlobalNetworkPolicy",
      ])
  }
}
