import Kubernetes
import PolicyModel
import Testing

@testable import Review

@Suite("Rows to domain names")
struct NamedEndTests {
  private let fixture = ClusterFixture.web(
    clusterPolicy(
      "names",
      "egress: [{name: dns, action: Accept, to: [{domainNames: ['*.example.com', example.org]}], protocols: [{tcp: {destinationPort: {number: 443}}}]}, {action: Accept, to: [{networks: [203.0.113.0/24]}]}]"
    ),
    policy("shop/web", "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]"))

  private func rows(_ filter: ConnectivityFilter) -> [String] {
    fixture.connectivity(.csv, filter).split(separator: "\n").dropFirst().map(String.init)
  }

  @Test("a name has a row where more is open to it than to every address")
  func moreThanAddresses() {
    let web = rows(ConnectivityFilter(source: EndPattern("shop/web")))
    #expect(
      web == [
        "shop/web,203.0.113.0/24,allowed,all", "shop/web,*.example.com,allowed,TCP 443",
        "shop/web,example.org,allowed,TCP 443",
      ])
    let db = rows(ConnectivityFilter(source: EndPattern("shop/db")))
    #expect(!db.contains { $0.contains("example") })
  }

  @Test("a name that is asked for is answered in full, whoever mentions it")
  func askedName() {
    func to(_ name: String) -> [String] {
      rows(ConnectivityFilter(destination: EndPattern(name)))
    }
    #expect(
      to("api.example.com") == [
        "shop/db,api.example.com,allowed,all", "shop/web,api.example.com,allowed,TCP 443",
        "shop/web,api.example.com,undefined,\"TCP 1-442,444-65535 UDP all SCTP all\"",
      ])
    #expect(
      to("other.test") == [
        "shop/db,other.test,allowed,all", "shop/web,other.test,undefined,all",
      ])
  }

  @Test("the rule behind a row to a name is named")
  func explained() {
    let text = fixture.connectivity(
      explains: true, ConnectivityFilter(source: EndPattern("shop/web")))
    #expect(
      text.contains(
        "shop/web -> *.example.com  TCP 443\n    egress: allowed by ClusterNetworkPolicy names egress[0] \"dns\""
      ))
  }

  @Test("every form and picture has the names")
  func forms() {
    for format in ConnectivityFormat.allCases {
      #expect(fixture.connectivity(format).contains("*.example.com"), "\(format)")
    }
    #expect(fixture.exposure(of: "shop/web").contains("egress *.example.com: TCP 443"))
    #expect(fixture.connectivity(.csv, by: .namespace).contains("shop,*.example.com,allowed,TCP 443"))
  }

  @Test("a name as the source, and an entity that no policy mentions, are told")
  func unknown() {
    func problems(_ filter: ConnectivityFilter) -> [String] {
      ConnectivityReport(fixture.cluster, filter: filter).unknownNames.map(\.message)
    }
    #expect(
      problems(ConnectivityFilter(source: EndPattern("api.example.com"))) == [
        "nothing is sent from `api.example.com`: a domain name can only be the destination"
      ])
    #expect(
      problems(ConnectivityFilter(destination: EndPattern("entity/health"))) == [
        "no policy of the input speaks of `entity/health`"
      ])
  }
}
