internal import Kubernetes
internal import PolicyModel

/// Nodes, the API server and what is outside as blocks of addresses, for dialects that know them by nothing else.
struct AddressedPeers {
  let surroundings: Surroundings
  let policy: PlainPolicy

  /// The rule about pods and blocks only. What the API server's own ports need becomes rules beside it.
  ///
  /// - Parameter keeps: peers that the dialect has words for.
  func rules(
    _ rule: PlainRule, keeping keeps: (PlainPeer) -> Bool = { _ in false }, _ notes: inout WritingNotes
  ) -> [PlainRule] {
    guard case .anyOf(let peers) = rule.peers else { return [rule] }
    var kept: [PlainPeer] = []
    var rules: [PlainRule] = []
    for peer in peers {
      switch peer {
      case _ where keeps(peer): kept.append(peer)
      case .pods, .block: kept.append(peer)
      case .nodes: kept += nodes(peer, rule, &notes)
      case .outside: kept += outside(rule, &notes)
      case .apiServer: rules += apiServer(rule, &notes)
      case .domain(let pattern):
        lose(.domainNames, "the domain \(pattern)", peer, rule, &notes)
      case .entity(let name):
        lose(.entity, "the entity \(name), which one engine knows,", peer, rule, &notes)
      }
    }
    if !kept.isEmpty { rules.insert(rule.with(peers: .anyOf(PlainRule.sorted(kept))), at: 0) }
    return rules
  }

  private func lose(
    _ name: Loss.Name, _ what: String, _ peer: PlainPeer, _ rule: PlainRule, _ notes: inout WritingNotes
  ) {
    notes.lose(
      name, .leavingOut(rule.action), "\(what) cannot be said: it is left out", of: rule, in: policy,
      peers: [peer])
  }

  private func nodes(_ peer: PlainPeer, _ rule: PlainRule, _ notes: inout WritingNotes) -> [PlainPeer] {
    let blocks = PlainPeer.blocks(surroundings.nodes)
    if blocks.isEmpty {
      notes.lose(
        .nodes, .leavingOut(rule.action), "\(peer) cannot be said: they are left out",
        fix: "say which blocks nodes have their addresses in", of: rule, in: policy, peers: [peer])
      return []
    }
    notes.lose(
      .nodes, .overstating(rule.action),
      "\(peer) cannot be said: every address of \(blocks.text) is written instead", of: rule, in: policy,
      peers: blocks + [.allNodes])
    return blocks
  }

  private func outside(_ rule: PlainRule, _ notes: inout WritingNotes) -> [PlainPeer] {
    let (pods, nodes) = (surroundings.pods, surroundings.nodes)
    if pods.isEmpty || nodes.isEmpty {
      notes.lose(
        .outside, .overstating(rule.action),
        "what is outside cannot be told from pods and nodes: every address is written",
        fix: "say which blocks pods and nodes have their addresses in", of: rule, in: policy,
        peers: [.allPods, .allNodes])
      return PlainPeer.blocks(.all)
    }
    let own = pods.union(nodes)
    notes.assume(
      "pods and nodes have their addresses in \(own), and nothing outside the cluster has one of these")
    return PlainPeer.blocks(AddressSet.all.subtracting(own))
  }

  static let sayWhereItAnswers =
    "say where it answers: cluster.apiServer in an intent, merlon.cluster.apiServer in values, cluster.apiServerAddresses and cluster.apiServerPort in merlon.yaml for existing policies"

  private func apiServer(_ rule: PlainRule, _ notes: inout WritingNotes) -> [PlainRule] {
    let endpoints = Set(surroundings.apiServer).sorted {
      ($0.port, $0.address) < ($1.port, $1.address)
    }
    if endpoints.isEmpty {
      notes.lose(
        .apiServer, .leavingOut(rule.action), "where the API server answers is not known: it is left out",
        fix: Self.sayWhereItAnswers, of: rule, in: policy, peers: [.apiServer])
      return []
    }
    notes.assume(
      "the API server answers at \(endpoints.map(\.description).joined(separator: ", ")) only, and has no other address"
    )
    let blocks = PlainRule.Peers.anyOf(
      PlainRule.sorted(
        endpoints.map { .block(CIDR($0.address, prefixLength: $0.address.family.bitWidth), except: []) }))
    if rule.direction == .ingress { return [rule.with(peers: blocks)] }
    let ports = Set(endpoints.map(\.port)).sorted().filter { port in
      !rule.traffic.intersectionOfPorts(TrafficSet(.tcp, PortSet(port))).isEmpty
    }
    if ports.isEmpty {
      let answers = Set(endpoints.map(\.port)).sorted().map(String.init).joined(separator: ", ")
      notes.lose(
        .apiServer, .leavingOut(rule.action),
        "the API server answers on port \(answers), and the rule is about \(rule.traffic): it is left out",
        fix: "write the port behind the Service: TCP \(answers)", of: rule, in: policy, peers: [.apiServer])
    }
    return ports.isEmpty ? [] : [rule.with(peers: blocks)]
  }
}

extension [PlainPeer] {
  /// The peers in words.
  var text: String { map(\.description).joined(separator: ", ") }
}

extension Surroundings {
  /// All addresses that pods get.
  var pods: AddressSet { podBlocks.reduce(.empty) { $0.union(AddressSet($1)) } }
  /// All addresses that nodes have.
  var nodes: AddressSet { nodeBlocks.reduce(.empty) { $0.union(AddressSet($1)) } }
}

extension Surroundings.Endpoint: CustomStringConvertible {
  package var description: String {
    address.family == .ipv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
  }
}
