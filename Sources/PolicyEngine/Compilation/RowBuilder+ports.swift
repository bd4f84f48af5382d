internal import Kubernetes
internal import PolicyModel

/// Ports of the destination, which names stand for.
extension RowBuilder {
  /// What a rule matches, by the parties whose port names make it so.
  mutating func traffic(
    of number: Int32, _ question: Question, _ parties: PartySet
  ) -> [(TrafficAlgebra.Number, PartySet)] {
    if let known = trafficOfRules[Int(number)] { return [(known, parties)] }
    let rule = rules[Int(number)].rule
    guard rule.traffic.isRestricted else {
      trafficOfRules[Int(number)] = .all
      return [(.all, parties)]
    }
    let matches = rule.traffic.portMatches
    if !rule.traffic.namesPorts {
      let traffic = sets.number(of: portNames.traffic(matches, ports: 0))
      trafficOfRules[Int(number)] = traffic
      return [(traffic, parties)]
    }
    if question.direction == .ingress {
      return [(sets.number(of: portNames.traffic(matches, ports: question.ports)), parties)]
    }
    // Names are the destination's: pods give them numbers, nobody else does.
    let none = BitSet(size: parties.facets.words.count * 64)
    var byTraffic = [
      (
        sets.number(of: portNames.traffic(matches, ports: 0)),
        PartySet(facets: none, outside: parties.outside)
      )
    ]
    for ports in 0..<portNames.kinds {
      let reached = parties.facets.intersection(portNames.facets(ofPorts: ports))
      if reached.isEmpty { continue }
      let traffic = sets.number(of: portNames.traffic(matches, ports: Int32(ports)))
      if let place = byTraffic.firstIndex(where: { $0.0 == traffic }) {
        byTraffic[place].1.facets.formUnion(reached)
      } else {
        byTraffic.append(
          (traffic, PartySet(facets: reached, outside: BitSet(size: parties.outside.words.count * 64))))
      }
    }
    return byTraffic
  }
}
