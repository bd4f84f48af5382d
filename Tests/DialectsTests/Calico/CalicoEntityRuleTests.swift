import Kubernetes
import Testing

@testable import Dialects

/// SEMANTICS.md §3.2, §3.3: which endpoints the ends of a rule are.
@Suite("Calico sources and destinations")
struct CalicoEntityRuleTests {
  private static let ignored =
    "; the API server accepts this, but Felix ignores the whole policy: traffic stays open"
  private static let dropped =
    "; the API server accepts this, but Felix drops this criterion, and the rule widens"

  @Test("selectors are kept apart, because each looks elsewhere")
  func selectors() throws {
    let reading = CalicoReading.source(
      "selector: has(a), notSelector: b == 'c', namespaceSelector: team == 'x'")
    #expect(reading.isAccepted && reading.warnings.isEmpty)
    let criteria = try #require(reading.sourceCriteria)
    #expect(criteria.selector?.description == "has(a)" && criteria.selector?.location.column == 53)
    #expect(criteria.notSelector?.description == "b == 'c'")
    guard case .matching(let namespaces)? = criteria.namespaceSelector else {
      Issue.record("\(criteria)")
      return
    }
    #expect(namespaces.description == "team == 'x'")
    #expect(criteria.serviceAccounts == nil)
  }

  @Test("an empty selector is no criterion, all() is one")
  func emptySelectors() throws {
    let empty = try #require(CalicoReading.source("selector: \"\", namespaceSelector: \"\"").sourceCriteria)
    #expect(empty.selector == nil && empty.namespaceSelector == nil)
    #expect(CalicoReading.source("selector: all()").sourceCriteria?.selector?.description == "all()")
  }

  @Test("global() stands alone in a namespaceSelector", arguments: ["global()", "global( )", " global()"])
  func global(_ text: String) throws {
    let reading = CalicoReading.source("namespaceSelector: \"\(text)\"")
    #expect(reading.isAccepted && reading.warnings.isEmpty)
    guard case .global(let location)? = reading.sourceCriteria?.namespaceSelector else {
      Issue.record("\(text)")
      return
    }
    #expect(location.column == 62)
  }

  @Test(
    "global() may stand nowhere else",
    arguments: [
      (
        "namespaceSelector: global() || has(a)",
        "4:62 `global()` cannot be combined with other selectors in `spec.ingress[].source.namespaceSelector`"
      ),
      (
        "namespaceSelector: \"!global()\"",
        "4:62 `global()` cannot be combined with other selectors in `spec.ingress[].source.namespaceSelector`"
      ),
      (
        "namespaceSelector: (global())",
        "4:62 `global()` cannot be combined with other selectors in `spec.ingress[].source.namespaceSelector`"
      ),
      (
        "selector: global()",
        "4:53 `global()` may stand in the `namespaceSelector` of a rule's source or destination only, not in `spec.ingress[].source.selector`"
      ),
    ])
  func wrongGlobal(_ source: String, _ error: String) {
    let reading = CalicoReading.source(source)
    #expect(reading.rejected == 1 && reading.errors == [error])
  }

  @Test(
    "nor in the selectors of a policy",
    arguments: ["selector", "serviceAccountSelector", "namespaceSelector"])
  func globalSubject(_ field: String) {
    let reading = CalicoReading.spec("{\(field): global()}", kind: .globalNetworkPolicy)
    #expect(reading.rejected == 1)
    #expect(
      reading.errors == [
        "4:\(10 + field.utf8.count) `global()` may stand in the `namespaceSelector` of a rule's source or destination only, not in `spec.\(field)`"
      ])
  }

  @Test("global() in a negated or a service account's selector is all(), which is said")
  func meansAll() {
    let negated = CalicoReading.source("notSelector: global()")
    #expect(
      negated.isAccepted && negated.warnings.first?.hasPrefix("4:56 `global()` means `all()` in") == true)
    #expect(CalicoReading.source("notSelector: a == 'global('").warnings.isEmpty)
    #expect(CalicoReading.source("serviceAccounts: {selector: global()}").warnings.count == 1)
  }

  @Test(
    "what is no selector is an error at its place inside the text, and what Felix does with it is said",
    arguments: [
      (
        "selector: bogus(",
        "4:58 `spec.ingress[].source.selector` is not a selector: expected `==`, `!=`, `in`, `not in`, `contains`, `starts with` or `ends with` after the label `bogus` in column 6 of `bogus(`\(ignored)"
      ),
      (
        "notSelector: \"a = 'b'\"",
        "4:59 `spec.ingress[].source.notSelector` is not a selector: expected `==`, `!=`, `in`, `not in`, `contains`, `starts with` or `ends with` after the label `a` in column 3 of `a = 'b'`\(ignored)"
      ),
      (
        "namespaceSelector: a == b",
        "4:67 `spec.ingress[].source.namespaceSelector` is not a selector: expected a string in quotes in column 6 of `a == b`\(dropped)"
      ),
      (
        "serviceAccounts: {selector: has()}",
        "4:75 `spec.ingress[].source.serviceAccounts.selector` is not a selector: expected a label in column 5 of `has()`\(dropped)"
      ),
      (
        "selector: 'a == ''b'",
        "4:53 `spec.ingress[].source.selector` is not a selector: expected a string that ends: it has no closing quote in column 6 of `a == 'b`\(ignored)"
      ),
    ])
  func unreadable(_ source: String, _ error: String) {
    let reading = CalicoReading.source(source)
    #expect(reading.rejected == 1 && reading.errors == [error])
  }

  @Test("a selector of several lines is at the start of its text; a line break is no space")
  func lineBreak() {
    let reading = CalicoReading.spec("\n  selector: |\n    has(a)\n    && has(b)")
    #expect(
      reading.errors == [
        "5:13 `spec.selector` is not a selector: expected `&&`, `||` or the end, not a line break in column 7 of `has(a)\\n&& has(b)\\n`\(Self.ignored)"
      ])
    #expect(CalicoReading.spec("\n  selector: >-\n    has(a)\n    && has(b)").isAccepted)
  }

  @Test("a policy's own selectors, when they cannot be read")
  func unreadableSubject() {
    let reading = CalicoReading.spec(
      "{selector: (, serviceAccountSelector: (, namespaceSelector: (}", kind: .globalNetworkPolicy)
    #expect(reading.rejected == 1)
    #expect(
      reading.errors.map { String($0.split(separator: ", but ")[1]) } == [
        "Felix ignores the whole policy: traffic stays open",
        "Felix drops this criterion, and the policy selects more endpoints",
        "Felix drops this criterion, and the policy selects more endpoints",
      ])
  }

  @Test("service accounts go by name and by label")
  func serviceAccounts() throws {
    let reading = CalicoReading.source("serviceAccounts: {names: [a, b.c], selector: has(x)}")
    #expect(reading.isAccepted && reading.warnings.isEmpty)
    let accounts = try #require(reading.sourceCriteria?.serviceAccounts)
    #expect(accounts.names == ["a", "b.c"] && accounts.selector?.description == "has(x)")
    #expect(accounts.location.column == 60)
  }

  @Test("service accounts without a condition restrict nothing, which is said")
  func emptyServiceAccounts() {
    let reading = CalicoReading.source("serviceAccounts: {names: [], selector: \"\"}")
    #expect(reading.isAccepted && reading.sourceCriteria?.serviceAccounts == nil)
    #expect(reading.warnings == ["4:60 `serviceAccounts` without `names` and `selector` restricts nothing"])
  }

  @Test("names that no service account can have deserve a warning; a quote breaks Felix's selector")
  func serviceAccountNames() {
    let reading = CalicoReading.source("serviceAccounts: {names: [A_b]}")
    #expect(reading.isAccepted)
    #expect(reading.warnings.first?.hasPrefix("4:69 no service account can have the name `A_b`") == true)
    let quote = CalicoReading.source("serviceAccounts: {names: [\"a'\"]}")
    #expect(quote.rejected == 1 && quote.errors.first?.hasSuffix(Self.dropped) == true)
    #expect(CalicoReading.source("serviceAccounts: {names: [a, a]}").rejected == 1)
  }

  @Test("a Service is the source of ingress or the destination of egress")
  func services() throws {
    let ingress = CalicoReading.source("services: {name: dns, namespace: kube-system}, ports: [53]")
    #expect(ingress.rejected == 1, "numeric ports need a protocol")
    let source = CalicoReading.ingress(
      "{action: Allow, protocol: UDP, source: {services: {name: dns}, ports: [53]}, destination: {ports: [1]}}"
    )
    guard source.isAccepted, case .service(let service)? = source.rule?.source.peer else {
      Issue.record("\(source.errors)")
      return
    }
    #expect(service.name == "dns" && service.namespace == nil && service.location.column == 68)
    let destination = CalicoReading.egress(
      "{action: Allow, destination: {services: {name: dns, namespace: kube-system}, ports: [], selector: \"\"}}",
      kind: .globalNetworkPolicy)
    guard destination.isAccepted, case .service(let other)? = destination.rule?.destination.peer else {
      Issue.record("\(destination.errors)")
      return
    }
    #expect(other.namespace == "kube-system")
  }

  @Test(
    "services have a name, stand alone, and at the end that is not the policy's subject",
    arguments: [
      ("source: {services: {}}", ["4:53 `services` needs a `name`"]),
      ("source: {services: {name: \"\"}}", ["4:53 `services` needs a `name`"]),
      (
        "source: {services: {name: A}}",
        [
          "4:60 `spec.ingress[].source.services.name` must consist of lower-case letters, digits, `-` and `.`, and start and end with a letter or digit, unlike `A`"
        ]
      ),
      (
        "destination: {services: {name: a}}",
        ["4:58 `services` in ingress rules belong to `source`, not to `destination`"]
      ),
      (
        "source: {services: {name: a}, selector: all()}",
        ["4:53 `services` cannot be combined with `selector`"]
      ),
      (
        "source: {services: {name: a}, notSelector: has(x), namespaceSelector: all(), nets: [10.0.0.0/8], notNets: [10.1.0.0/16], serviceAccounts: {names: [a]}}",
        [
          "4:53 `services` cannot be combined with `notSelector`, `namespaceSelector`, `serviceAccounts`, `nets`, `notNets`"
        ]
      ),
    ])
  func wrongServices(_ criteria: String, _ errors: [String]) {
    let reading = CalicoReading.ingress("{action: Allow, \(criteria)}")
    #expect(reading.rejected == 1 && reading.errors == errors)
  }

  @Test("a Service in egress rules belongs to the destination")
  func serviceOfEgress() {
    let reading = CalicoReading.egress("{action: Allow, source: {services: {name: a}}}")
    #expect(reading.rejected == 1)
    #expect(
      reading.errors == ["4:52 `services` in egress rules belong to `destination`, not to `source`"])
  }

  @Test(
    "the endpoints of a destination's Service say the ports",
    arguments: [("ports", "4:90"), ("notPorts", "4:93")])
  func servicePorts(_ list: String, _ place: String) {
    let rule = "{action: Allow, protocol: TCP, destination: {services: {name: a}, \(list): [1]}}"
    let reading = CalicoReading.egress(rule)
    #expect(reading.rejected == 1)
    #expect(
      reading.errors == [
        "\(place) `\(list)` cannot be combined with `services`, whose endpoints say the ports"
      ])
  }

  @Test("a global policy says the namespace of a Service")
  func serviceNamespace() {
    let rule = "{action: Allow, source: {services: {name: a}}}"
    #expect(CalicoReading.ingress(rule).isAccepted)
    #expect(
      CalicoReading.ingress(rule, kind: .globalNetworkPolicy).errors == [
        "4:53 `services` of a global policy needs a `namespace`"
      ])
  }
}
