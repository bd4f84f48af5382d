import Kubernetes
import PolicyModel
import Testing

@testable import Review

@Suite("Findings of check")
struct FindingsTests {
  /// `severity code message; fix`, notes included.
  private func findings(_ fixture: ClusterFixture) -> [String] {
    CheckReport(fixture.cluster).problems.map { problem in
      "\(problem.severity.rawValue) \(problem.code.rawValue) \(problem.message)"
        + (problem.fix.map { "; \($0)" } ?? "")
    }
  }

  private func peer(_ selector: String) -> ClusterFixture {
    .web(policy("shop/a", "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{\(selector)}]}]"))
  }

  @Test("a world without mistakes has none")
  func nothing() {
    #expect(findings(peer("podSelector: {matchLabels: {app: web}}")).isEmpty)
  }

  @Test("a selector that one letter keeps from matching is an error, with what was meant")
  func selectsNothing() {
    let fixture = ClusterFixture.web(policy("shop/a", "podSelector: {matchLabels: {app: wbe}}"))
    #expect(
      findings(fixture) == [
        "error selects-nothing NetworkPolicy shop/a selects nothing: there are no pods with app=wbe in namespace shop; did you mean `app=web`? shop/web has it"
      ])
    let location = CheckReport(fixture.cluster).problems[0].location
    #expect(location?.file.path == "world.yaml")
  }

  @Test("a misspelled key is named, too")
  func misspelledKey() {
    #expect(
      findings(.web(policy("shop/a", "podSelector: {matchLabels: {ap: web}}"))) == [
        "error selects-nothing NetworkPolicy shop/a selects nothing: there are no pods with ap=web in namespace shop; did you mean `app=web`? shop/web has it"
      ])
  }

  @Test("without such evidence it is a warning")
  func warning() {
    #expect(
      findings(.web(policy("shop/a", "podSelector: {matchLabels: {app: frontend}}"))) == [
        "warning selects-nothing NetworkPolicy shop/a selects nothing: there are no pods with app=frontend in namespace shop"
      ])
  }

  @Test("a rule's peer that matches nobody is an error when misspelled, else a warning")
  func deadPeers() {
    #expect(
      findings(peer("podSelector: {matchLabels: {app: webs}}")) == [
        "error peer-matches-nothing NetworkPolicy shop/a ingress[0] allows nobody with this peer: there are no pods with app=webs in namespace shop; did you mean `app=web`? shop/web has it"
      ])
    #expect(
      findings(peer("podSelector: {matchLabels: {app: frontend}}")) == [
        "warning peer-matches-nothing NetworkPolicy shop/a ingress[0] allows nobody with this peer: there are no pods with app=frontend in namespace shop"
      ])
  }

  @Test("a selector that finds a network set is no peer that matches nobody", arguments: [false, true])
  func networkSet(isSetThere: Bool) {
    let set = """
      apiVersion: projectcalico.org/v3
      kind: NetworkSet
      metadata: {namespace: shop, name: partners, labels: {role: partner}}
      spec: {nets: [192.0.2.0/24]}
      """
    let policy = """
      apiVersion: projectcalico.org/v3
      kind: NetworkPolicy
      metadata: {namespace: shop, name: a}
      spec: {types: [Ingress], ingress: [{action: Allow, source: {selector: role == 'partner'}}]}
      """
    let fixture = ClusterFixture(
      [namespace("shop"), deployment("shop/web", "app: web"), policy] + (isSetThere ? [set] : []),
      profile: .calico)
    let found = "warning peer-matches-nothing NetworkPolicy shop/a ingress[0] allows nobody with this peer:"
    #expect(findings(fixture).contains { $0.hasPrefix(found) } == !isSetThere)
  }

  @Test("a misspelled namespace label is an error that names the namespace")
  func namespaceNearMiss() {
    let fixture = ClusterFixture(
      namespace("shop", "team: payments"), deployment("shop/web", "app: web"),
      policy(
        "shop/a",
        "podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: payment}}}]}]"))
    #expect(
      findings(fixture).contains {
        $0.hasPrefix("error peer-matches-nothing")
          && $0.contains("did you mean `team=payments`? namespace shop has it")
      })
  }

  @Test("pods of namespaces that are not in the input may well exist: a note")
  func outsideInput() {
    let fixture = ClusterFixture.web(
      policy(
        "shop/a",
        "podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {purpose: monitoring}}}]}]"))
    #expect(findings(fixture).map { $0.prefix(4) } == ["note"])
    #expect(findings(fixture)[0].contains("nothing else of those namespaces is in it"))
  }

  @Test("pods that an operator makes from a kind of the input: a note")
  func operatorMade() {
    let fixture = ClusterFixture.web(
      "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {namespace: shop, name: k8s}",
      policy("shop/a", "podSelector: {matchLabels: {app: prometheus}}"))
    #expect(
      findings(fixture) == [
        "note selects-nothing NetworkPolicy shop/a selects nothing: there are no pods with app=prometheus in namespace shop in the input; an operator may make them from Prometheus.monitoring.coreos.com objects"
      ])
  }

  @Test("a policy on a host-network pod is a warning; without a policy there is none")
  func hostNetwork() {
    let host = pod("shop/host", "app: host", "hostNetwork: true, containers: []")
    #expect(findings(.web(host)).isEmpty)
    #expect(
      findings(.web(host, policy("shop/a", "podSelector: {}"))) == [
        "warning host-network-subject policies select shop/host, but it uses its node's network: most engines do not police it"
      ])
  }

  @Test("a namespace that is only mentioned is a note")
  func assumedNamespaces() {
    #expect(
      findings(ClusterFixture(deployment("shop/web", "app: web"))) == [
        "note assumed-namespace namespace shop assumed: no manifest defines it, so the only label is kubernetes.io/metadata.name"
      ])
    #expect(
      findings(ClusterFixture(deployment("shop/web", "app: web"), deployment("data/db", "app: db")))[0]
        .contains(
          "namespaces data, shop assumed"))
  }

  @Test("policies of kinds that are not evaluated are a warning")
  func unevaluated() {
    let antrea =
      "apiVersion: crd.antrea.io/v1beta1\nkind: ClusterNetworkPolicy\nmetadata: {name: c}\nspec: {}"
    #expect(
      findings(.web(antrea)) == [
        "warning unevaluated-policies 1 ClusterNetworkPolicy.crd.antrea.io object polices traffic too, but this version does not evaluate the kind; answers are without it"
      ])
  }
}
