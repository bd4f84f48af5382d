import Kubernetes
import Testing

@testable import Dialects

@Suite("Calico host endpoints")
struct CalicoHostEndpointTests {
  private func read(_ spec: String) -> CalicoReading { CalicoReading.spec(spec, kind: .hostEndpoint) }

  private func endpoint(_ spec: String) -> CalicoHostEndpoint? {
    if case .hostEndpoint(let endpoint)? = read(spec).objects.first { endpoint } else { nil }
  }

  @Test("every field")
  func fields() throws {
    let endpoint = try #require(
      self.endpoint(
        "{node: n1.example, interfaceName: eth0, expectedIPs: [192.0.2.1, '2001:db8::1'], profiles: [a, kns.b], ports: [{name: web, protocol: TCP, port: 80}]}"
      ))
    #expect(endpoint.node == "n1.example" && endpoint.interface == .named("eth0"))
    #expect(endpoint.expectedIPs.map(\.description) == ["192.0.2.1", "2001:db8::1"])
    #expect(endpoint.profiles == ["a", "kns.b"] && endpoint.meta.namespace == "")
    let port = try #require(endpoint.ports.first)
    #expect(port.name == "web" && port.protocol == .tcp && port.port == 80 && port.location.column == 118)
  }

  @Test("it stands for all interfaces, one, or the one with an expected address")
  func interfaces() {
    #expect(endpoint("{node: n1, interfaceName: \"*\"}")?.interface == .all)
    #expect(endpoint("{node: n1, interfaceName: bond0.1_a-b}")?.interface == .named("bond0.1_a-b"))
    #expect(endpoint("{node: n1, expectedIPs: [192.0.2.1]}")?.interface == .ofExpectedIPs)
    #expect(
      endpoint("{node: n1, interfaceName: \"\", expectedIPs: [192.0.2.1]}")?.interface == .ofExpectedIPs)
  }

  @Test(
    "it needs a node, and an interface or addresses",
    arguments: [
      ("{interfaceName: eth0}", ["4:7 a HostEndpoint needs a `node`"]),
      ("{node: \"\", interfaceName: eth0}", ["4:7 a HostEndpoint needs a `node`"]),
      ("{node: n1}", ["4:7 a HostEndpoint needs an `interfaceName` or `expectedIPs`"]),
      ("{node: n1, expectedIPs: []}", ["4:7 a HostEndpoint needs an `interfaceName` or `expectedIPs`"]),
      ("{node: n, interfaceName: eth0}", ["4:14 `spec.node` must be a string, not the boolean `n`"]),
    ])
  func missing(_ spec: String, _ errors: [String]) {
    let reading = read(spec)
    #expect(reading.rejected == 1 && reading.errors == errors)
  }

  @Test(
    "values that no host endpoint has",
    arguments: [
      (
        "interfaceName: eth0/1",
        "4:33 `spec.interfaceName` must be `*` or 1 to 15 letters, digits, `_`, `.` and `-`, not `eth0/1`"
      ),
      (
        "interfaceName: aaaaaaaaaaaaaaaa",
        "4:33 `spec.interfaceName` must be `*` or 1 to 15 letters, digits, `_`, `.` and `-`, not `aaaaaaaaaaaaaaaa`"
      ),
      ("expectedIPs: [10.0.0.0/8]", "4:32 `10.0.0.0/8` is not an address such as 192.0.2.1 or 2001:db8::1"),
      ("expectedIPs: [10.0.0.1, 10.0.0.1]", "4:42 `10.0.0.1` stands twice in `spec.expectedIPs`"),
      (
        "interfaceName: a, profiles: [A]",
        "4:47 the profile name `A` must consist of lower-case letters, digits, `-` and `.`, and start and end with a letter or digit"
      ),
      (
        "interfaceName: a, ports: [{name: Web, protocol: TCP, port: 1}]",
        "4:51 the port name `Web` must consist of lower-case letters, digits and `-`"
      ),
      (
        "interfaceName: a, ports: [{name: w, protocol: ICMP, port: 1}]",
        "4:64 `spec.ports[].protocol` must be TCP, UDP or SCTP, not ICMP"
      ),
      (
        "interfaceName: a, ports: [{name: w, protocol: TCP, port: 0}]",
        "4:75 `spec.ports[].port` must be 1 to 65535, not 0"
      ),
      ("interfaceName: a, ports: [{name: w, port: 1}]", "4:44 an entry of `ports` needs a `protocol`"),
      ("interfaceName: a, ports: [80]", "4:44 `spec.ports[]` must be a mapping, not the number `80`"),
      ("interface: a", "4:18 unknown field `interface` in HostEndpointSpec"),
    ])
  func wrong(_ fields: String, _ error: String) {
    let reading = read("{node: n1, \(fields)}")
    #expect(reading.rejected == 1 && reading.errors.first == error, "\(reading.errors)")
  }
}
