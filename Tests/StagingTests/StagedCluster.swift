internal import Dialects
internal import Kubernetes
internal import Nftables
internal import NftablesSemantics
internal import PolicyEngine
internal import PolicyModel
internal import Staging

/// A cluster as a staging network whose kernel is the interpreter of programs.
struct StagedCluster {
  let world: World
  let tiers: [Tier]
  let profile: EngineProfile
  let pods: StagedPods
  let policies: StagedPolicies
  private let interpreter: ProgramInterpreter

  init(
    _ world: World, _ tiers: [Tier], _ profile: EngineProfile, denial: StagedPolicies.Denial = .silent
  ) {
    self.world = world
    self.tiers = tiers
    self.profile = profile
    pods = StagedPods(world, tiers: tiers)
    policies = StagedPolicies(tiers: tiers, world: world, pods: pods, profile: profile, denial: denial)
    interpreter = ProgramInterpreter(policies.program)
  }

  init(yaml: String, _ profile: EngineProfile = .kubernetes, denial: StagedPolicies.Denial = .silent) {
    self.init(Self.reader.readSequentially([ManifestText(path: "world.yaml", yaml)]), profile, denial: denial)
  }

  /// Reads files and folders.
  init(paths: [String], _ profile: EngineProfile = .kubernetes) async {
    self.init(await Self.reader.read(paths: paths), profile, denial: .silent)
  }

  private static let reader = ManifestReader(options: PolicySet.readerOptions(defaultNamespace: "default"))

  private init(_ manifests: ManifestSet, _ profile: EngineProfile, denial: StagedPolicies.Denial) {
    let set = PolicySet(manifests, defaultNamespace: "default")
    let stack = set.stack(profile)
    self.init(
      World(
        manifests, policies: stack.tiers.flatMap(\.policies), policyNamespaces: set.namespaces,
        policyNodes: set.nodes(profile)), stack.tiers, profile, denial: denial)
  }

  /// What the program does with the packet that opens the connection.
  func outcome(_ flow: StagedFlow, sourcePort: UInt16 = 40_000) -> NftablesSemantics.Outcome? {
    guard let source = pods.pods[flow.source].address(flow.family),
      let destination = pods.pods[flow.destination].address(flow.family)
    else { return nil }
    let content: TracedPacket.Content =
      switch flow.traffic {
      case .port(.tcp, let port): .tcp(sourcePort: sourcePort, destinationPort: port)
      case .port(.udp, let port): .udp(sourcePort: sourcePort, destinationPort: port)
      case .port(.sctp, let port): .sctp(sourcePort: sourcePort, destinationPort: port)
      case .other(let traffic):
        if let message = traffic.message {
          .icmp(type: message.type, code: message.code)
        } else {
          .other(traffic.number)
        }
      }
    return interpreter.outcome(of: .opening(source, destination, content), at: .forward)
  }

  /// What the engine says.
  var expected: ExpectedAnswers {
    ExpectedAnswers(tiers: tiers, world: world, pods: pods, profile: profile)
  }

  /// What policies tell apart: all of it, or every second flow, or third, and so on, so as to be about so many.
  func asked(atMost limit: Int) -> [StagedFlow] {
    var all: [StagedFlow] = []
    AskedFlows(tiers: tiers, world: world, pods: pods).forEachSource { all += $1 }
    return stride(from: 0, to: all.count, by: max(1, all.count / limit)).map { all[$0] }
  }

  /// The interpreter's answers beside the engine's.
  func comparison(limit: Int) -> (comparison: StagingComparison, faults: Set<String>) {
    var comparison = StagingComparison()
    var faults: Set<String> = []
    let expected = expected
    for flow in asked(atMost: limit) {
      let engine = expected.outcome(flow)
      for sourcePort: UInt16 in [1, 40_000] {
        guard let outcome = outcome(flow, sourcePort: sourcePort) else { continue }
        faults.formUnion(outcome.faults)
        comparison.add(flow, engine: engine, kernelAllows: outcome.isAccepted)
      }
    }
    return (comparison, faults)
  }

  /// `shop/web[1] 10.0.0.1 -> shop/db 10.0.0.2 tcp 80`
  func text(_ flow: StagedFlow) -> String {
    func end(_ number: Int) -> String {
      let pod = pods.pods[number]
      let name = world.qualifiedName(world.endpoints[pod.endpoint])
      return "\(name)[\(pod.replica)] \(pod.address(flow.family)?.description ?? "-")"
    }
    return "\(end(flow.source)) -> \(end(flow.destination)) \(flow.traffic)"
  }
}
