internal import Kubernetes
internal import PolicyModel

/// The ways in which pods may declare the port names that policies mention: none of them, and all for one protocol.
struct SymbolicPortNames {
  /// Each is what one pod declares.
  let variants: [[ContainerPort]]

  init(_ policies: [Policy]) {
    var names: Set<String> = []
    var transports: Set<TransportProtocol> = []
    var numbers: Set<UInt16> = []
    for rule in policies.flatMap(\.rules) {
      for match in rule.traffic.portMatches + rule.sourcePorts.portMatches {
        names.formUnion(match.names)
        if !match.names.isEmpty { transports.insert(match.transport) }
        for case .range(let range) in [match.ports] + match.exceptions {
          numbers.formUnion([range.lowerBound, range.upperBound])
        }
      }
    }
    var own: [String: UInt16] = [:]
    var next: UInt16 = 20_000
    for name in names.sorted() {
      while numbers.contains(next) { next += 1 }
      own[name] = next
      next += 1
    }
    // Whoever asks for a name of one protocol must not get that of another.
    if !transports.isEmpty { transports.formUnion([.tcp, .udp]) }
    variants =
      [[]]
      + TransportProtocol.allCases.filter(transports.contains).map { transport in
        own.sorted { $0.key < $1.key }.map {
          ContainerPort(name: $0.key, transport: transport, number: $0.value)
        }
      }
  }
}
