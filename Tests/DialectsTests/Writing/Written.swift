import Dialects
import Kubernetes
import PolicyModel

/// What a dialect makes of policies, in a form that a test can compare.
struct Written {
  let written: WrittenPolicies
  /// What the strict reader says of the text.
  let diagnostics: [Diagnostic]
  let rejected: Int
  let policies: PolicySet

  init(
    _ dialect: WritableDialect, _ policies: [PlainPolicy], _ surroundings: Surroundings = Surroundings()
  ) {
    written = dialect.write(policies, surroundings)
    let manifests = ManifestReader(options: PolicySet.readerOptions(defaultNamespace: "default"))
      .readSequentially([ManifestText(path: "w.yaml", written.objects.yaml)])
    let set = PolicySet(manifests, defaultNamespace: "default")
    diagnostics = manifests.diagnostics + set.diagnostics
    rejected = set.rejected
    self.policies = set
  }

  var yaml: String { written.objects.yaml }

  /// `Kind namespace/name` of each object.
  var names: [String] {
    written.objects.map {
      $0.namespace.isEmpty ? "\($0.kind) \($0.name)" : "\($0.kind) \($0.namespace)/\($0.name)"
    }
  }

  /// Each loss as `deny widens`, once.
  var losses: [String] {
    Set(written.losses.map { "\($0.name.rawValue) \($0.effect.words)" }).sorted()
  }

  /// What a reader refuses or warns of, but for fields that only some clusters have: these are a loss, or the cluster
  /// is said to have them.
  var problems: [String] {
    diagnostics.filter { ![.experimentalChannel, .versionDependent].contains($0.code) }.map {
      "\($0.severity): \($0.message)"
    }
      + (rejected == 0 ? [] : ["\(rejected) rejected"])
  }

  /// The `spec` of the only object as YAML.
  var spec: String? {
    guard written.objects.count == 1 else { return nil }
    return yaml.split(separator: "spec:\n", maxSplits: 1).last.map(String.init)
  }
}

extension StringProtocol {
  /// YAML with single spaces between its words, and without quotes.
  var words: String { split(whereSeparator: \.isWhitespace).joined(separator: " ").filter { $0 != "\"" } }
}

extension Loss.Effect {
  var words: String {
    let parts = (contains(.widens) ? ["widens"] : []) + (contains(.narrows) ? ["narrows"] : [])
    return parts.isEmpty ? "nothing" : parts.joined(separator: " and ")
  }
}

// MARK: - Short forms

extension PlainPolicy {
  /// A policy `shop/web` of the pods with app=web of the namespace `shop`.
  static func web(
    name: String = "web", about subject: PlainSelector = .app("web"), closing: Set<Direction> = [],
    stage: Stage = .normal, rank: Int = 0, _ rules: PlainRule...
  ) -> PlainPolicy {
    PlainPolicy(
      identity: PolicyIdentity(kind: "Policy", namespace: "shop", name: name), stage: stage, rank: rank,
      subject: subject, isolates: closing, rules: rules, location: .nowhere)
  }
}

extension PlainRule {
  static func ingress(
    _ action: RuleAction = .allow, from peers: PlainPeer..., on traffic: PlainTraffic = .any
  ) -> PlainRule {
    PlainRule(
      direction: .ingress, action: action, peers: .anyOf(peers), traffic: traffic, location: .nowhere)
  }

  static func egress(
    _ action: RuleAction = .allow, to peers: PlainPeer..., on traffic: PlainTraffic = .any
  ) -> PlainRule {
    PlainRule(direction: .egress, action: action, peers: .anyOf(peers), traffic: traffic, location: .nowhere)
  }

  static func anyone(
    _ direction: Direction, _ action: RuleAction = .allow, on traffic: PlainTraffic = .any
  ) -> PlainRule {
    PlainRule(direction: direction, action: action, peers: .anyone, traffic: traffic, location: .nowhere)
  }
}

extension PlainSelector {
  static func app(_ names: String..., in namespace: String = "shop") -> PlainSelector {
    PlainSelector(namespaces: .named([namespace]), pods: [LabelTerm("app", .isIn(names))])
  }

  static func all(in namespaces: String...) -> PlainSelector {
    PlainSelector(namespaces: .named(namespaces))
  }

  static func team(_ name: String) -> PlainSelector {
    PlainSelector(namespaces: .matching([LabelTerm("team", .isIn([name]))]))
  }
}

extension PlainPeer {
  static func app(_ names: String..., in namespace: String = "shop") -> PlainPeer {
    .pods(PlainSelector(namespaces: .named([namespace]), pods: [LabelTerm("app", .isIn(names))]))
  }

  static func block(_ cidr: String, except holes: String...) -> PlainPeer {
    .block(.read(cidr), except: holes.map(CIDR.read))
  }
}

extension PlainTraffic {
  static func tcp(_ ports: UInt16...) -> PlainTraffic {
    PlainTraffic(ports: TrafficSet(.tcp, PortSet(ports)))
  }
  static func udp(_ ports: UInt16...) -> PlainTraffic {
    PlainTraffic(ports: TrafficSet(.udp, PortSet(ports)))
  }
  static let allTCP = PlainTraffic(.tcp, 1...65535)
  static func named(_ name: String, _ transports: TransportProtocol...) -> PlainTraffic {
    PlainTraffic(names: Set(transports.map { NamedPort($0, name) }))
  }
}

extension CIDR {
  /// A CIDR of a test; text that is none is the whole of IPv4.
  static func read(_ text: String) -> CIDR {
    ParsedCIDR(text)?.cidr ?? CIDR(IPAddress(.ipv4, bits: 0), prefixLength: 0)
  }
}

extension Surroundings {
  /// Namespaces `shop` and `pay` of teams a and b, pods in 10.0.0.0/16, nodes in 192.168.0.0/24, and an API server
  /// there.
  static var known: Surroundings {
    var known = Surroundings()
    known.namespaces = [("shop", "a"), ("pay", "b"), ("lab", "a")].map {
      Namespace(name: $0, labels: Labels(["team": $1]), location: nil)
    }
    known.podBlocks = [.read("10.0.0.0/16")]
    known.nodeBlocks = [.read("192.168.0.0/24")]
    known.apiServer = [Endpoint(address: IPAddress(.ipv4, bits: 0xC0A8_0001), port: 6443)]
    return known
  }
}
