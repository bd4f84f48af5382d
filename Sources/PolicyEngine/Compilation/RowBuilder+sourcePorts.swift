internal import Kubernetes
internal import PolicyModel

/// Ports of the source, which are not known but tell rules apart.
extension RowBuilder {
  /// One source port of each kind that rules tell apart, whatever pod gives names their numbers.
  func sourcePorts(_ question: Question, _ numbers: [Int32]) -> [UInt16] {
    let restricted = numbers.map { rules[Int($0)].rule.sourcePorts }.filter(\.isRestricted)
    if restricted.isEmpty { return [] }
    let namesPeerPorts = question.direction == .ingress && restricted.contains(where: \.namesPorts)
    let kinds = namesPeerPorts ? (0..<portNames.kinds).map(Int32.init) : [question.ports]
    let matches = restricted.flatMap(\.portMatches)
    var starts: Set<UInt16> = [1]
    for ports in kinds {
      // Each by itself: in their union borders would be lost.
      for match in matches {
        for range in portNames.traffic([match], ports: ports)[match.transport].ranges {
          starts.insert(range.lowerBound)
          if range.upperBound < .max { starts.insert(range.upperBound + 1) }
        }
      }
    }
    return starts.sorted()
  }

  /// The parties by what the names of the source's ports stand for: on the subject of an egress rule, on the peers
  /// of an ingress rule.
  func bySourceNames(
    _ wanted: Traffic, _ question: Question, _ parties: PartySet
  ) -> [(ports: Int32, PartySet)] {
    if question.direction == .egress || !wanted.namesPorts { return [(question.ports, parties)] }
    let nobody = BitSet(size: parties.outside.words.count * 64)
    return (0..<portNames.kinds).map { ports in
      let facets = parties.facets.intersection(portNames.facets(ofPorts: ports))
      return (Int32(ports), PartySet(facets: facets, outside: ports == 0 ? parties.outside : nobody))
    }.filter { !$1.isEmpty }
  }

  /// The parts of some traffic with the cases in which the source's port matches; nil for all cases. Each protocol
  /// has ports of its own.
  func bySourcePort(
    _ wanted: Traffic, _ ports: Int32, _ traffic: TrafficSet, _ cases: [RowCase]
  ) -> [(TrafficSet, BitSet?)] {
    if !wanted.isRestricted { return [(traffic, nil)] }
    let matched = portNames.traffic(wanted.portMatches, ports: ports)
    return TransportProtocol.allCases.map { transport in
      var mask = BitSet(size: cases.count)
      for (index, value) in cases.enumerated() {
        guard let port = value.sourcePort else { continue }
        if matched[transport].contains(port) { mask.insert(index) }
      }
      return (TrafficSet(transport, traffic[transport]), mask)
    }.filter { !$0.0.isEmpty }
  }
}
