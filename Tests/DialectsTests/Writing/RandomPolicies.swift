import Dialects
import Kubernetes
import PolicyModel

/// Random plain policies over few names, so that they often meet; what no dialect should see is among them.
struct RandomPolicies {
  private var random: SplitMix64

  /// Whether only what every dialect can say is made: the normal stage about pods, blocks and ports.
  private let isCommon: Bool

  init(seed: UInt64, isCommon: Bool = false) {
    random = SplitMix64(seed: seed)
    self.isCommon = isCommon
  }

  private mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: values.indices, using: &random)] }
  private mutating func chance(_ parts: Int) -> Bool { Int.random(in: 0..<parts, using: &random) == 0 }
  private mutating func some<T>(_ range: ClosedRange<Int>, _ make: (inout RandomPolicies) -> T) -> [T] {
    (0..<Int.random(in: range, using: &random)).map { _ in make(&self) }
  }

  mutating func policies() -> [PlainPolicy] { some(1...6) { $0.policy() } }

  mutating func surroundings() -> Surroundings {
    if chance(2) { return Surroundings() }
    var known = Surroundings.known
    if chance(3) { known.channel = .experimental }
    if chance(3) { known.podBlocks = [] }
    if chance(3) { known.apiServer = [] }
    if chance(3) { known.nodeBlocks.append(.read("fd00:1::/64")) }
    return known
  }

  private mutating func policy() -> PlainPolicy {
    let stage = isCommon ? .normal : pick([PlainPolicy.Stage.normal, .normal, .normal, .admin, .baseline])
    return PlainPolicy(
      identity: PolicyIdentity(
        kind: "Policy", namespace: pick(["", "shop", "pay"]), name: pick(["web", "Web", "a_b", "x.y", ""])),
      stage: stage, rank: pick([-3, 0, 1, 7, 7, 500, 1000, 5000]), subject: selector(),
      isolates: pick([[], [.ingress], [.egress], [.ingress, .egress]]), rules: some(0...5) { $0.rule(stage) },
      location: SourceLocation(file: SourceFile(path: "p"), line: UInt32(pick([1, 2, 3])), column: 1))
  }

  private mutating func rule(_ stage: PlainPolicy.Stage) -> PlainRule {
    PlainRule(
      direction: pick([.ingress, .egress]),
      action: stage == .normal ? pick([.allow, .allow, .deny]) : pick([.allow, .deny, .pass]),
      peers: chance(4) ? .anyone : .anyOf(some(1...4) { $0.peer() }), traffic: traffic(),
      location: SourceLocation(file: SourceFile(path: "p"), line: UInt32(pick([4, 5, 6])), column: 1))
  }

  private mutating func test() -> LabelTerm.Test {
    switch Int.random(in: 0..<(isCommon ? 6 : 9), using: &random) {
    case 0...2: LabelTerm.Test(.isIn(pick([["a"], ["b"], ["a", "b"], ["not valid"], []])))
    case 3: LabelTerm.Test(.isNotIn(pick([["a"], ["b", "c"], [], ["é"]])))
    case 4: LabelTerm.Test(.exists)
    case 5: LabelTerm.Test(.doesNotExist)
    case 6: LabelTerm.Test(.contains(pick(["a", "'", ""])), isNegated: chance(2))
    case 7: LabelTerm.Test(.startsWith("a"), isNegated: chance(2))
    default: LabelTerm.Test(.endsWith("a"), isNegated: chance(2))
    }
  }

  private mutating func term() -> LabelTerm {
    if isCommon { return LabelTerm(pick(["app", "team"]), test()) }
    return LabelTerm(
      pick([
        "app", "team", "host", "app.kubernetes.io/name", "pod-template-hash", "pcns.x", "bad key",
        "io.kubernetes.pod.namespace", Namespace.nameLabel,
        "example.com/a-key-that-is-nearly-as-long-as-keys-of-labels-can-be", "projectcalico.org/name",
      ]), test())
  }

  private mutating func selector() -> PlainSelector {
    PlainSelector(
      namespaces: chance(2)
        ? .named(pick([["shop"], ["pay"], ["shop", "lab"]])) : .matching(some(0...2) { $0.term() }),
      pods: some(0...2) { $0.term() }, serviceAccounts: !isCommon && chance(6) ? [test()] : [],
      serviceAccountLabels: !isCommon && chance(8) ? [term()] : [])
  }

  private mutating func block() -> PlainPeer {
    .block(
      .read(
        pick([
          "10.0.0.0/8", "10.0.0.0/16", "0.0.0.0/0", "::/0", "fd00::/8", "203.0.113.0/24", "::fffe:0:0/95",
          "192.168.0.1/32",
        ])),
      except: some(0...3) {
        .read(
          $0.pick(["10.1.0.0/16", "10.0.0.0/8", "128.0.0.0/1", "0.0.0.0/1", "::fffe:0:0/96", "fd00:1::/64"]))
      })
  }

  private mutating func peer() -> PlainPeer {
    switch Int.random(in: 0..<(isCommon ? 7 : 12), using: &random) {
    case 0...4: return .pods(selector())
    case 5...6: return block()
    case 7: return .nodes(some(0...1) { $0.term() }, pick([.anywhere, .own, .other]))
    case 8:
      let text = pick(["example.com", "*.example.com", "api.example.org"])
      return DomainPattern(networkPolicyAPI: text).map { .domain($0) } ?? .outside
    case 9: return .outside
    case 10: return .apiServer
    default: return .entity(pick(["health", "ingress", "none", "what"]))
    }
  }

  private mutating func traffic() -> PlainTraffic {
    if chance(3) { return .any }
    let ranges = some(0...3) { random -> (TransportProtocol, ClosedRange<UInt16>) in
      let first = random.pick([UInt16(1), 53, 80, 443, 6443, 65535])
      return (random.pick(TransportProtocol.allCases), first...random.pick([first, .max]))
    }
    var ports = TrafficSet(unsorted: ranges)
    if isCommon, !ports.isEmpty { return PlainTraffic(ports: ports) }
    if chance(10) { ports = ports.union(TrafficSet(.tcp, PortSet((1...120).map { UInt16($0 * 3) }))) }
    return PlainTraffic(
      ports: ports,
      names: Set(
        some(0...1) { .init($0.pick(TransportProtocol.allCases), $0.pick(["http", "dns", "Not Valid!"])) }),
      messages: Set(
        some(0...1) {
          .init(
            $0.pick([.ipv4, .ipv6]), type: $0.pick([0, 8, 255]), code: $0.pick([nil, 3]),
            isNegated: $0.chance(2))
        }), protocols: chance(4) ? [0, 1, 47, 136] : [])
  }
}
