import Dialects
import Kubernetes
import PolicyModel
import Testing

@Suite("What policies deny, as NetworkPolicies")
struct NetworkPolicyDenialTests {
  /// What is left of allowing `allowed` to closed pods, when `denied` is denied.
  private func written(
    _ allowed: PlainRule, _ denied: PlainRule, of subject: PlainSelector = .app("web"),
    _ surroundings: Surroundings = Surroundings()
  ) -> Written {
    Written(
      .kubernetes, [.web(closing: [.ingress], allowed), .web(name: "no", about: subject, denied)],
      surroundings)
  }

  @Test(
    "is taken away from what policies allow",
    arguments: [
      (
        PlainRule.anyone(.ingress, on: .tcp(80, 443)), PlainRule.anyone(.ingress, .deny, on: .tcp(80)),
        "- ports: - protocol: TCP port: 443"
      ),
      (
        .ingress(from: .app("api", "job")), .ingress(.deny, from: .app("job")),
        "- from: - podSelector: matchLabels: app: api"
      ),
      (
        .ingress(from: .pods(.all(in: "shop"))), .ingress(.deny, from: .app("job")),
        "- from: - podSelector: matchExpressions: - key: app operator: NotIn values: - job"
      ),
      (
        .ingress(from: .block("10.1.0.0/16")), .ingress(.deny, from: .block("10.1.2.0/24")),
        "- from: - ipBlock: cidr: 10.1.0.0/16 except: - 10.1.2.0/24"
      ),
      (
        .anyone(.ingress), .ingress(.deny, from: .block("10.1.0.0/16")),
        "- from: - ipBlock: cidr: 0.0.0.0/0 except: - 10.1.0.0/16 - ipBlock: cidr: ::/0"
      ),
      (
        .ingress(from: .app("api"), on: .tcp(80, 90)), .ingress(.deny, from: .app("api"), on: .tcp(90)),
        "- from: - podSelector: matchLabels: app: api ports: - protocol: TCP port: 80"
      ),
      (
        .ingress(from: .app("api"), on: .tcp(80)), .ingress(.deny, from: .app("job")),
        "- from: - podSelector: matchLabels: app: api ports: - protocol: TCP port: 80"
      ),
    ])
  func subtraction(allowed: PlainRule, denied: PlainRule, text: String) {
    let written = written(allowed, denied)
    #expect(ingress(written) == text)
    #expect(written.losses == [])
    #expect(written.problems == [])
  }

  private func ingress(_ written: Written) -> String? {
    written.yaml.split(separator: " ingress:").last?.words
  }

  @Test("from a part of the subject only leaves the rest as it was")
  func partOfSubject() {
    let written = Written(
      .kubernetes,
      [
        .web(name: "all", about: .all(in: "shop"), closing: [.ingress], .ingress(from: .app("api"))),
        .web(name: "no", about: .app("db"), .ingress(.deny, from: .app("api"), on: .tcp(22))),
        .web(name: "no", about: .app("db"), .anyone(.ingress, .deny)),
      ])
    #expect(written.names == ["NetworkPolicy shop/all", "NetworkPolicy shop/all-2"])
    #expect(ingress(written) == "- from: - podSelector: matchLabels: app: api")
    #expect(written.yaml.contains("- key: app\n        operator: NotIn\n        values:\n          - db"))
    #expect(written.losses == [])
  }

  @Test("of open pods closes them, and all the rest is allowed")
  func openPods() {
    let blocks = Written(.kubernetes, [.web(.egress(.deny, to: .block("169.254.169.254/32")))])
    #expect(
      blocks.yaml.words.hasSuffix(
        "policyTypes: - Egress egress: - to: - ipBlock: cidr: 0.0.0.0/0 except: - 169.254.169.254/32 - ipBlock: cidr: ::/0"
      ))
    #expect(blocks.losses == [])
    let all = Written(.kubernetes, [.web(.anyone(.egress, .deny))])
    #expect(all.spec?.hasSuffix("policyTypes:\n    - Egress\n") == true)
    let ports = Written(.kubernetes, [.web(.anyone(.ingress, .deny, on: .tcp(22)))])
    #expect(ports.yaml.contains("port: 1\n          endPort: 21\n"))
    #expect(ports.losses == ["protocols narrows"])
  }

  @Test("of pods in blocks needs to be known what addresses pods have")
  func podsInBlocks() {
    let (allowed, denied) = (PlainRule.anyone(.ingress), PlainRule.ingress(.deny, from: .app("job")))
    #expect(written(allowed, denied).losses == ["deny widens"])
    let known = written(allowed, denied, of: .app("web"), .known)
    #expect(known.losses == [])
    #expect(known.yaml.words.contains("except: - 10.0.0.0/16"))
    #expect(known.written.assumptions.count == 1)
  }

  @Test(
    "is lost where what is left cannot be said",
    arguments: [
      (PlainRule.ingress(from: .app("api")), PlainRule.ingress(.deny, from: .block("10.0.0.0/8"))),
      (.anyone(.ingress, on: .named("http", .tcp)), .anyone(.ingress, .deny, on: .tcp(80))),
      (.anyone(.ingress, on: .tcp(80)), .anyone(.ingress, .deny, on: .named("http", .tcp))),
    ])
  func lost(allowed: PlainRule, denied: PlainRule) {
    let written = written(allowed, denied)
    #expect(written.losses == ["deny widens"])
    #expect(written.problems == [])
  }
}
