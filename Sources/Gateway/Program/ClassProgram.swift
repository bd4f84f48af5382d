internal import Nftables
internal import SourceGroups

/// The chain of a class of senders, with those that only it uses.
struct ClassProgram: Sendable {
  let chains: [Chain]

  init(_ senderClass: SenderClass, _ name: ChainName, in document: DocumentProgram) {
    var (rules, others): ([Rule], [Chain]) = ([], [])
    for denial in senderClass.denials {
      guard let target = document.staleDenials[denial.source] else { continue }
      let stale = Match.lookup([.family], .noneOf, GatewayTable.lease(denial.lease))
      rules += Self.places(denial.zone, document.settings).map { place in
        Rule([stale] + place, [.countIn(target.counter)], .goto(target.chain))
      }
    }
    for step in senderClass.steps {
      let ways = step.ways.compactMap { way in
        document.groupChains[.init(group: step.group, extent: way.extent)].map { (way, $0) }
      }
      if ways.count < 2 {
        rules += ways.flatMap { Self.rules($0, document.settings) { .jump($0) } }
      } else {
        // Only one of them may be taken, and each goes back to where this chain was jumped to from.
        let chooser = ChainName("ways", hash: StableHash(name.text, step.group).value)
        others.append(
          Chain(chooser, ways.flatMap { Self.rules($0, document.settings) { .goto($0) } }))
        rules.append(Rule([], [], .jump(chooser)))
      }
    }
    chains = [Chain(name, rules + [Rule([], [], document.last)])] + others
  }

  private static func rules(
    _ way: (SenderClass.Way, ChainName), _ settings: GatewaySettings, _ verdict: (ChainName) -> Verdict
  ) -> [Rule] {
    let running = way.0.lease.map { [Match.lookup([.family], .oneOf, GatewayTable.lease($0))] } ?? []
    return places(way.0.zone, settings).map { Rule(running + $0, [], verdict(way.1)) }
  }

  /// The ways to come in through a zone. Answers leave through it: the kernel knows where they go, and not where the
  /// packets came in that they answer.
  private static func places(_ zone: String?, _ settings: GatewaySettings) -> [[Match]] {
    guard let zone else { return [[]] }
    let devices = (settings.zones[zone] ?? []).sorted().map { Interval.one(.interface($0)) }
    if devices.isEmpty { return [] }
    return [
      [.direction(.original), .field(.inputInterface, .oneOf, devices)],
      [.direction(.reply), .field(.outputInterface, .oneOf, devices)],
    ]
  }
}
