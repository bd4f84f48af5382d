import Testing

@testable import RandomWorlds

@Suite("Reference: §1.4 evaluation and its readings")
struct ReferenceReadingsTests {
  private let closed = ReferencePolicy.ingress()
  private let silent = ReferencePolicy.egress()

  @Test("both directions must allow; each is told apart")
  func directions() {
    let open = ReferenceFixture()
    #expect(open.verdict(.web, .db) == .allowed)
    let verdict = ReferenceFixture(silent).verdict(.web, .db)
    #expect(verdict == ReferenceVerdict(overall: .denied, egress: .denied, ingress: .allowed))
    let other = ReferenceFixture(closed).verdict(.web, .db)
    #expect(other == ReferenceVerdict(overall: .denied, egress: .allowed, ingress: .denied))
  }

  @Test("allows of several policies add up; there is no deny")
  func union() {
    let fixture = ReferenceFixture(closed, .ingress(.peers(.pods(["app": "web"]))))
    #expect(fixture.overall(.web, .db) == .allowed)
    #expect(fixture.overall(.other, .db) == .denied)
  }

  @Test("a pod reaches itself, by name, as self and by its address")
  func itself() {
    let fixture = ReferenceFixture(closed, silent)
    for end in [.web, .itself, .address(.v4(10, 1, 0, 1))] as [ReferenceFlow.End] {
      #expect(fixture.verdict(.web, end) == .allowed)
      #expect(fixture.overall(.web, end, .icmp, 8) == .allowed)
    }
    let template = fixture.withTemplate()
    #expect(template.overall(.api, .itself) == .allowed)
    #expect(template.overall(.api, .api) == .denied)
  }

  @Test("own node to pod is open, another node is an ordinary address; pod to own node is undefined")
  func nodes() {
    let fixture = ReferenceFixture(closed, silent)
    #expect(fixture.overall(.n1, .web) == .allowed)
    #expect(fixture.overall(.address(.v4(192, 168, 0, 1)), .web) == .allowed)
    #expect(fixture.overall(.n2, .web) == .denied)
    #expect(fixture.overall(.web, .n1) == .undefined)
    #expect(fixture.overall(.web, .n2) == .denied)
    #expect(fixture.overall(.n1, .web, .icmp, 8) == .allowed)
  }

  @Test("an unknown node may be the own one")
  func unknownNode() {
    let fixture = ReferenceFixture(closed, silent).with("shop", "web") { $0.nodeName = nil }
    #expect(fixture.overall(.n1, .web) == .undefined)
    #expect(fixture.overall(.web, .n2) == .undefined)
    #expect(fixture.withTemplate().overall(.n2, .api) == .undefined)
    #expect(fixture.overall(.web, .db) == .denied)
  }

  @Test("a hostNetwork pod is an ordinary pod, or its node")
  func hostNetwork() {
    func fixture(_ policies: ReferencePolicy...) -> ReferenceFixture {
      var fixture = ReferenceFixture().with("shop", "web") {
        $0.hostNetwork = true
        $0.status?.addresses = [.v4(192, 168, 0, 1)]
      }
      fixture.world.policies = policies
      return fixture
    }
    #expect(fixture(closed).overall(.outside, .web) == .undefined)
    #expect(fixture(closed).overall(.n1, .web) == .allowed)
    // Selected by the rule as a pod, but not as a node on another node than db's.
    #expect(fixture(.ingress(.peers(.pods([:])))).overall(.web, .db) == .undefined)
    // By its address it is in the block either way.
    #expect(fixture(.ingress(.peers(.block(.v4(192, 168, 0, 1), 32)))).overall(.web, .db) == .allowed)
    // As a node it is data/web's own one: open; as a pod it is not let in.
    var other = closed
    other.namespace = "data"
    #expect(fixture(other).overall(.web, .other) == .undefined)
    // Same choice for both directions: as a pod it may not leave, as a node nobody lets it in.
    #expect(
      fixture(silent, .ingress(.peers(.pods(["app": "web"])))).verdict(.web, .db)
        == ReferenceVerdict(overall: .denied, egress: .undefined, ingress: .undefined))
    // Named ports are a pod's, not a node's.
    #expect(fixture(.egress(.ports(.init(port: .name("http"))))).overall(.db, .web, .tcp, 8080) == .undefined)
  }

  @Test("finished pods are not policed and match nothing; their address is an external one")
  func finished() {
    let rules = ReferencePolicy.Rule.peers(.pods([:]), .anyIPv4)
    let done = ReferenceFixture(.ingress(rules), .egress(rules)).with("shop", "web") {
      $0.status?.phase = .failed
    }
    #expect(done.overall(.web, .outside) == .allowed)
    #expect(done.overall(.web, .db) == .denied)
    #expect(done.overall(.db, .web) == .denied)
    #expect(done.overall(.address(.v4(10, 1, 0, 1)), .db) == .allowed)
    #expect(
      ReferenceFixture(.ingress(.init())).with("shop", "web") { $0.status?.phase = .succeeded }
        .overall(.web, .db) == .allowed)
  }

  @Test("a pod without an address yet is policed, but no peer")
  func noAddressYet() {
    let rules = ReferencePolicy.Rule.peers(.pods([:]), .anyIPv4)
    let fixture = ReferenceFixture(.ingress(rules)).with("shop", "web") { $0.status?.addresses = [] }
    #expect(fixture.overall(.web, .db) == .denied)
    #expect(
      ReferenceFixture(closed).with("shop", "web") { $0.status?.addresses = [] }
        .overall(.outside, .web) == .denied)
  }

  @Test("an unknown address is any IPv4 address")
  func unknownAddress() {
    func overall(_ peer: ReferencePolicy.Peer) -> ReferenceVerdict.Outcome? {
      ReferenceFixture(.ingress(.peers(peer))).withTemplate().overall(.api, .db)
    }
    #expect(overall(.anyIPv4) == .allowed)
    #expect(overall(.block(.v4(10, 1, 0, 7), 32)) == .undefined)
    #expect(overall(.block(.v4(0, 0, 0, 0), 1)) == .undefined)
    #expect(overall(.block(.v4(128, 0, 0, 0), 1)) == .undefined)
    #expect(overall(.block(.v6(0, 0, last: 0), 0)) == .denied)
    #expect(overall(.pods(["app": "api"])) == .allowed)
    let high = ReferenceBlock(around: .v4(128, 0, 0, 0), prefix: 1)
    let low = ReferenceBlock(around: .v4(0, 0, 0, 0), prefix: 1)
    #expect(overall(.block(.v4(0, 0, 0, 0), 0, except: low, high)) == .denied)
    let manifest = ReferenceFixture(.ingress(.peers(.block(.v4(10, 1, 0, 1), 32))))
      .with("shop", "web") { $0.status = nil }
    #expect(manifest.overall(.web, .db) == .undefined)
  }

  @Test("dual stack: pairs of a common family; a v4-only list leaves v6 closed")
  func dualStack() {
    let six = ReferenceAddress.v6(0xfd00, 0, last: 1)
    func fixture(_ dbAddresses: ReferenceAddress...) -> ReferenceFixture {
      ReferenceFixture(.ingress(.peers(.anyIPv4)))
        .with("shop", "web") { $0.status?.addresses = [.v4(10, 1, 0, 1), six] }
        .with("shop", "db") { $0.status?.addresses = dbAddresses }
    }
    #expect(fixture(.v4(10, 1, 0, 2)).overall(.web, .db) == .allowed)
    #expect(fixture(.v4(10, 1, 0, 2), .v6(0xfd00, 0, last: 2)).overall(.web, .db) == .undefined)
    #expect(fixture(.v6(0xfd00, 0, last: 2)).overall(.web, .db) == .denied)
    #expect(fixture(.v4(10, 1, 0, 2), .v6(0xfd00, 0, last: 2)).overall(.address(six), .db) == .denied)
  }

  @Test(
    "two pods without a common family have no connection, whatever policies say; others are asked of policies"
  )
  func noCommonFamily() {
    let four = ReferenceAddress.v4(10, 1, 0, 1)
    let six = ReferenceAddress.v6(0xfd00, 0, last: 2)
    let open = ReferenceFixture()
      .with("shop", "web") { $0.status?.addresses = [four] }
      .with("shop", "db") { $0.status?.addresses = [six] }
    let denied = ReferenceVerdict(overall: .denied, egress: .denied, ingress: .denied)
    #expect(open.verdict(.web, .db) == denied && open.verdict(.db, .web) == denied)
    #expect(open.verdict(.address(four), .db) == denied)
    #expect(open.overall(.web, .address(.v6(0x2001, 0xdb8, last: 5))) == .allowed)
    #expect(open.with("shop", "web") { $0.status = nil }.overall(.web, .db) == .allowed)
    #expect(open.with("shop", "web") { $0.status?.addresses = [four, six] }.overall(.web, .db) == .allowed)
  }

  @Test("only TCP, UDP and SCTP are specified: ICMP of an isolated pod is undefined")
  func icmp() {
    let open = ReferencePolicy.Rule()
    #expect(ReferenceFixture().overall(.web, .db, .icmp, 8) == .allowed)
    for fixture in [ReferenceFixture(closed), ReferenceFixture(.ingress(open))] {
      #expect(
        fixture.verdict(.web, .db, .icmp, 8)
          == ReferenceVerdict(overall: .undefined, egress: .allowed, ingress: .undefined))
    }
  }

  @Test("one name, several numbers: the first or all; plain init containers count or not")
  func namedPorts() {
    let port = ReferenceWorld.ContainerPort(name: "http", number: 9090)
    let second = ReferenceWorld.Container(name: "second", ports: [port])
    let fixture = ReferenceFixture(.ingress(.ports(.init(port: .name("http")))))
    let twice = fixture.with("shop", "db") { $0.containers.append(second) }
    #expect(twice.overall(.web, .db, .tcp, 8080) == .allowed)
    #expect(twice.overall(.web, .db, .tcp, 9090) == .undefined)
    for (isSidecar, expected) in [(true, ReferenceVerdict.Outcome.allowed), (false, .undefined)] {
      let initial = fixture.with("shop", "db") {
        $0.containers = []
        $0.initContainers = [.init(container: second, isSidecar: isSidecar)]
      }
      #expect(initial.overall(.web, .db, .tcp, 9090) == expected)
    }
  }
}
