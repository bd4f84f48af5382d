import Dialects
import Kubernetes
import PolicyModel
import Testing

/// SEMANTICS.md §4.3, a test for each row.
@Suite("Cilium: empty and absent")
struct CiliumEmptyListsTests {
  @Test("ingress: [{}] is default deny with nothing allowed")
  func emptyRule() {
    let reading = CiliumReading.ingress("{}")
    #expect(reading.isAccepted && reading.warnings.isEmpty)
    #expect(reading.ruleSet?.defaultDenies == [.ingress])
    #expect(reading.rule?.isInert == true)
  }

  @Test(
    "ingress: [] as only content is ignored by the agent",
    arguments: [
      "ingress: []", "ingressDeny: []", "egress: []", "egressDeny: []",
      "egress: [], ingress: [], egressDeny: [], ingressDeny: []",
    ])
  func onlyEmptyLists(_ lists: String) {
    let reading = CiliumReading.spec(lists)
    #expect(reading.rejected == 1 && reading.errors.count == 1)
    #expect(
      reading.ignored.first?.hasSuffix("a rule set without any rule closes nothing (from Cilium 1.19 on)")
        == true)
    #expect(reading.diagnostics.first?.fix == "write ingress: [{}] to close ingress and allow nothing")
  }

  @Test("ingress: [] beside rules is no rule, and neither is an absent one")
  func emptyBesideRules() {
    let empty = CiliumReading.spec("ingress: [], egress: [{}]").ruleSet
    #expect(empty?.ingress?.isEmpty == true && empty?.egress?.count == 1 && empty?.defaultDenies == [.egress])
    let absent = CiliumReading.spec("egress: [{}]").ruleSet
    #expect(absent?.ingress == nil && absent?.ingressDeny == nil && absent?.defaultDenies == [.egress])
  }

  @Test(
    "a null list is dropped by the API server, so it is absent",
    arguments: [("ingress", "4:39"), ("egress", "4:38"), ("ingressDeny", "4:43"), ("egressDeny", "4:42")])
  func nullList(_ name: String, _ place: String) {
    let alone = CiliumReading.spec("\(name): null")
    #expect(alone.isRefused("4:7 a rule set needs `ingress`, `ingressDeny`, `egress` or `egressDeny`"))
    let other = name == "ingress" ? "egress" : "ingress"
    let reading = CiliumReading.spec("\(name): null, \(other): [{}]")
    #expect(reading.isAccepted)
    #expect(
      reading.warnings == ["\(place) a null `\(name)` is dropped by the API server: it closes nothing"])
    #expect(reading.ruleSet?.defaultDenies == [other == "egress" ? .egress : .ingress])
  }

  @Test("a rule without L3 member, with toPorts, is any peer")
  func anyPeer() {
    let reading = CiliumReading.ingressPorts("{ports: [{port: \"80\", protocol: TCP}]}")
    #expect(reading.isAccepted && reading.rule?.isInert == false)
    #expect(reading.rule?.peers.text == "unwritten" && reading.rule?.traffic.text == "ports [[TCP 80]]")
  }

  @Test("a rule without L3 member and toPorts, next to others, is inert")
  func inertRule() {
    let reading = CiliumReading.spec("ingress: [{fromEntities: [all]}, {}]")
    #expect(reading.isAccepted && reading.ruleSet?.ingress?.map(\.isInert) == [false, true])
    #expect(reading.warnings == ["4:63 this rule does nothing beside the others"])
  }

  @Test("fromEndpoints: [{}] has one selector without requirements")
  func everyEndpoint() {
    let reading = CiliumReading.ingress("{fromEndpoints: [{}]}")
    #expect(reading.isAccepted && reading.rule?.peers.text == "endpoints [\"\"]")
  }

  @Test(
    "empty fromEndpoints, fromEntities, fromCIDR, fromCIDRSet and fromNodes are nobody, also with toPorts",
    arguments: ["Endpoints", "Entities", "CIDR", "CIDRSet", "Nodes"])
  func nobody(_ member: String) {
    let ports = "toPorts: [{ports: [{port: \"1\"}]}]"
    for rule in ["{from\(member): []}", "{from\(member): [], \(ports)}"] {
      let reading = CiliumReading.ingress(rule)
      #expect(reading.isAccepted && reading.rule?.peers.text == "nobody" && reading.rule?.isInert == false)
      #expect(
        reading.warnings.map { $0.drop { $0 != " " } } == [
          " an empty `from\(member)` matches nobody: the rule allows nothing"
        ])
    }
    #expect(CiliumReading.egress("{to\(member): [], \(ports)}").rule?.peers.text == "nobody")
    // Beside another member too, because there is one kind of peers only.
    let other = member == "Entities" ? "fromEndpoints: [{}]" : "fromEntities: [all]"
    let beside = CiliumReading.ingress("{\(other), from\(member): []}")
    #expect(beside.isAccepted && beside.rule?.peers.text == "nobody")
  }

  @Test(
    "empty toFQDNs, toServices and groups count as not written: with toPorts any destination (C37)",
    arguments: ["toFQDNs", "toServices", "toGroups"])
  func countsAsUnwritten(_ member: String) {
    let reading = CiliumReading.egress("{\(member): [], toPorts: [{ports: [{port: \"1\"}]}]}")
    #expect(reading.isAccepted && reading.rule?.peers.text == "unwritten")
    #expect(
      reading.warnings.map { $0.drop { $0 != " " } } == [
        " an empty `\(member)` counts as not written: the rule means every peer"
      ])
    let inert = CiliumReading.egress("{\(member): []}")
    #expect(inert.isAccepted && inert.rule?.isInert == true)
    #expect(inert.warnings.first?.hasSuffix("counts as not written: the rule does nothing") == true)
    let beside = CiliumReading.egress("{\(member): [], toEntities: [all]}")
    #expect(beside.rule?.peers.text == "entities [all]" && beside.warnings.isEmpty)
  }

  @Test("a null member is dropped and widens a rule with toPorts")
  func nullMember() {
    let reading = CiliumReading.ingress("{fromEndpoints: null, toPorts: [{ports: [{port: \"1\"}]}]}")
    #expect(reading.isAccepted && reading.rule?.peers.text == "unwritten")
    #expect(
      reading.warnings == [
        "4:56 a null `fromEndpoints` is dropped by the API server: the rule means every peer"
      ])
  }

  @Test("toPorts empty or absent is all ports and protocols, ICMP too", arguments: ["", ", toPorts: []"])
  func allPorts(_ ports: String) {
    let reading = CiliumReading.ingress("{fromEntities: [all]\(ports)}")
    #expect(reading.isAccepted && reading.warnings.isEmpty)
    #expect(reading.rule?.traffic.text == "unwritten" && reading.rule?.isInert == false)
  }

  @Test("toPorts: null is dropped, which deserves a warning")
  func nullPorts() {
    let reading = CiliumReading.ingress("{fromEntities: [all], toPorts: null}")
    #expect(reading.isAccepted && reading.rule?.traffic.text == "unwritten")
    #expect(
      reading.warnings == [
        "4:71 a null `toPorts` is dropped by the API server: the rule means every protocol and port"
      ])
  }

  @Test(
    "toPorts: [{}] allows nothing: it has an entry, and that has no ports", arguments: ["{}", "{ports: []}"])
  func noPorts(_ entry: String) {
    let reading = CiliumReading.ingressPorts(entry)
    #expect(reading.isAccepted && reading.rule?.traffic.text == "ports [[]]")
  }

  @Test("ingressDeny: [{}] denies nothing, and switches default deny on")
  func emptyDeny() {
    let reading = CiliumReading.spec("ingressDeny: [{}]")
    #expect(reading.isAccepted && reading.ruleSet?.ingressDeny?.first?.isInert == true)
    #expect(reading.ruleSet?.defaultDenies == [.ingress] && reading.ruleSet?.ingress == nil)
  }

  @Test(
    "port \"0\" is all ports of the protocol; protocol absent or ANY is TCP, UDP and SCTP; endPort ≤ port is one port",
    arguments: [
      ("port: \"0\", protocol: TCP", "TCP all ports"), ("port: \"0\"", "ANY all ports"),
      ("port: \"53\"", "ANY 53"), ("port: \"53\", protocol: ANY", "ANY 53"),
      ("port: \"53\", protocol: null", "ANY 53"), ("port: \"53\", endPort: 53", "ANY 53"),
      ("port: \"53\", endPort: 1", "ANY 53"), ("port: \"53\", endPort: 0", "ANY 53"),
      ("port: \"53\", endPort: 54", "ANY 53-54"), ("port: \"53\", endPort: null", "ANY 53"),
    ])
  func ports(_ port: String, _ meaning: String) {
    let reading = CiliumReading.ingressPorts("{ports: [{\(port)}]}")
    #expect(reading.isAccepted && reading.portRule?.ports.map(\.description) == [meaning])
  }
}
