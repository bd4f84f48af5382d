import Testing

@testable import Kubernetes

@Suite("Endpoints and EndpointSlices")
struct ServiceEndpointsTests {
  private func endpoints(_ rest: String) -> Reading {
    Reading("apiVersion: v1\nkind: Endpoints\nmetadata: {name: db, namespace: shop}\n\(rest)\n")
  }

  private func slice(_ rest: String) -> Reading {
    Reading(
      "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: db-x7, namespace: shop, labels: {kubernetes.io/service-name: db}}\n\(rest)\n"
    )
  }

  /// `address` or `address?` when it is not ready, then the ports.
  private func texts(_ reading: Reading) -> [String] {
    reading.manifests.serviceEndpoints.flatMap(\.subsets).map { subset in
      let addresses = subset.addresses.map { "\($0.address)\($0.isReady ? "" : "?")" }
      let ports = subset.ports.map { "\($0.name ?? "-") \($0.transport.name) \($0.number)" }
      return "\(addresses.joined(separator: " ")) | \(ports.joined(separator: ", "))"
    }
  }

  @Test("Endpoints bear their Service's name; each subset has its own ports")
  func endpoints() throws {
    let reading = endpoints(
      """
      subsets:
        - addresses: [{ip: 10.0.0.1, nodeName: n1, targetRef: {kind: Pod, name: db-0}}, {ip: "fd00::1"}]
          notReadyAddresses: [{ip: 10.0.0.2}]
          ports: [{name: sql, port: 5432, protocol: TCP}, {name: "", port: 53, protocol: UDP}]
        - addresses: [{ip: 192.0.2.7}]
          ports: [{port: 8080}]
      """)
    #expect(reading.problems.isEmpty)
    let object = try #require(reading.manifests.serviceEndpoints.first)
    #expect(object.kind == .endpoints && object.serviceName == "db" && object.meta.namespace == "shop")
    #expect(
      texts(reading) == [
        "10.0.0.1 fd00::1 10.0.0.2? | sql TCP 5432, - UDP 53", "192.0.2.7 | - TCP 8080",
      ])
  }

  @Test("an EndpointSlice names its Service in a label; no condition means ready")
  func endpointSlice() throws {
    let reading = slice(
      """
      addressType: IPv4
      endpoints:
        - {addresses: [10.0.0.1], conditions: {ready: true, serving: true}, nodeName: n1}
        - {addresses: [10.0.0.2, 10.0.0.3], conditions: {ready: false}}
        - {addresses: [10.0.0.4], conditions: {ready: null}}
        - {addresses: [10.0.0.5]}
      ports: [{name: sql, port: 5432, protocol: TCP}, {name: "", port: 53, protocol: UDP}, {port: 80}]
      """)
    #expect(reading.problems.isEmpty)
    let object = try #require(reading.manifests.serviceEndpoints.first)
    #expect(object.kind == .endpointSlice && object.serviceName == "db" && object.meta.name == "db-x7")
    #expect(
      texts(reading) == [
        "10.0.0.1 10.0.0.2? 10.0.0.3? 10.0.0.4 10.0.0.5 | sql TCP 5432, - UDP 53, - TCP 80"
      ])
  }

  @Test("a slice without the label belongs to no Service")
  func strayedSlice() throws {
    let reading = Reading(
      "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: a}\naddressType: IPv6\nendpoints: [{addresses: [\"fd00::1\"]}]\n"
    )
    #expect(try #require(reading.manifests.serviceEndpoints.first).serviceName == nil)
    #expect(texts(reading) == ["fd00::1 | "])
  }

  @Test("slices of names have no addresses; ports without a number are no ports")
  func namesAndNumbers() {
    #expect(
      texts(slice("addressType: FQDN\nendpoints: [{addresses: [db.example.com]}]\nports: [{port: 80}]")) == [
        " | - TCP 80"
      ])
    let open = slice("addressType: IPv4\nports: [{name: any}, {name: none, port: null}]")
    #expect(open.problems.isEmpty && texts(open) == [" | "])
  }

  @Test("nothing behind the Service", arguments: ["", "subsets: []", "subsets: null"])
  func empty(_ text: String) {
    let reading = endpoints(text)
    #expect(reading.problems.isEmpty && reading.manifests.serviceEndpoints.map(\.subsets.count) == [0])
  }

  @Test(
    "what no server takes is an error at its place",
    arguments: [
      ("subsets: {}", "4:10 wrong-type"), ("subsets: [a]", "4:11 wrong-type"),
      ("subsets: [{addresses: [{ip: db}]}]", "4:29 invalid-value"),
      ("subsets: [{addresses: [{hostname: a}]}]", "4:24 missing-field"),
      ("subsets: [{notReadyAddresses: 1}]", "4:31 wrong-type"),
      ("subsets: [{ports: [{port: 0}]}]", "4:27 invalid-value"),
      ("subsets: [{ports: [{port: \"80\"}]}]", "4:27 wrong-type"),
      ("subsets: [{ports: [{port: 80, protocol: ICMP}]}]", "4:41 invalid-value"),
    ])
  func wrongEndpoints(_ text: String, _ place: String) {
    #expect(endpoints(text).places == [place])
  }

  @Test(
    "what no server takes in a slice is an error at its place",
    arguments: [
      ("endpoints: [{addresses: [db.example.com]}]", "4:26 invalid-value"),
      ("endpoints: [{addresses: 10.0.0.1}]", "4:25 wrong-type"),
      ("endpoints: [{addresses: [], conditions: {ready: \"yes\"}}]", "4:49 wrong-type"),
      ("ports: [80]", "4:9 wrong-type"),
    ])
  func wrongSlices(_ text: String, _ place: String) {
    #expect(slice(text).places == [place])
  }

  @Test("both kinds may share a name; the same object twice counts once")
  func identities() {
    let names = ["Endpoints", "EndpointSlice", "Endpoints"].map {
      "{apiVersion: \($0 == "Endpoints" ? "v1" : "discovery.k8s.io/v1"), kind: \($0), metadata: {name: a}}\n"
    }
    let reading = Reading(names.joined(separator: "---\n"))
    #expect(reading.places == ["5:52 duplicate-object"])
    #expect(reading.manifests.serviceEndpoints.map(\.kind) == [.endpointSlice, .endpoints])
  }
}
