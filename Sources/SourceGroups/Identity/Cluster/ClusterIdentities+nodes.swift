package import Kubernetes

// Events of nodes.
extension ClusterIdentities {
  /// Applies what a list says: nodes that are not in it are gone. O(nodes).
  package mutating func replaceNodes(_ listed: some Sequence<ObservedNode>, at moment: Timestamp) {
    var names: Set<NamespacedName> = []
    for node in listed {
      names.insert(node.name)
      store(node, at: moment)
    }
    for (name, slot) in nodeSlots where !names.contains(name) { dropNode(slot) }
    markSynced(.nodes)
  }

  /// Adds a node, or changes it to what it is now. O(labels + selections it may belong to).
  package mutating func apply(node: ObservedNode, at moment: Timestamp) { store(node, at: moment) }

  /// Takes a node away; nothing happens when another node has the name by now. Its pods stay until somebody says that they
  /// are gone.
  package mutating func removeNode(_ name: NamespacedName, uid: String? = nil, at moment: Timestamp) {
    guard let slot = nodeSlots[name], let record = nodes[slot], uid ?? record.node.uid == record.node.uid
    else {
      return
    }
    dropNode(slot)
  }

  /// Where the cluster says that addresses of its pods come from, with the node's UID.
  package var podBlocks: [(block: CIDR, nodeUID: String)] {
    nodeSlots.values.flatMap { slot in
      (nodes[slot]?.node).map { node in node.podBlocks.map { (block: $0, nodeUID: node.uid) } } ?? []
    }
  }

  private mutating func store(_ node: ObservedNode, at moment: Timestamp) {
    let slot = nodeSlots[node.name]
    let old = slot.flatMap { nodes[$0] }
    if old?.node == node { return }
    let place = slot ?? nodes.next
    let record = NodeRecord(node, slot: place, selections: old?.selections ?? [])
    if let old {
      book.remove(old.identity, from: old.identity.addresses)
      nodes[place] = record
    } else {
      nodeSlots[node.name] = nodes.insert(record)
    }
    book.insert(record.identity, at: record.identity.addresses)
    settleNode(place, at: moment)
  }

  private mutating func settleNode(_ slot: Slot, at moment: Timestamp) {
    guard let record = nodes[slot] else { return }
    var selected: [Slot] = []
    nodeIndex.forEachCandidate(for: record.node.labels) { selection in
      if case .nodes(let nodes) = selections[selection]?.selection, nodes.nodes.matches(record.node.labels) {
        selected.append(selection)
      }
    }
    for selection in record.selections where !selected.contains(selection) {
      place(slot, in: selection, at: moment)
    }
    nodes[slot]?.selections = selected
    for selection in selected { place(slot, record, in: selection, at: moment) }
  }

  /// Places a node in a selection that selects it by its labels.
  mutating func place(_ slot: Slot, _ record: NodeRecord, in selection: Slot, at moment: Timestamp) {
    guard case .nodes(let nodes) = selections[selection]?.selection else { return }
    let identity = record.identity(addressKinds: nodes.addressKinds)
    if identity.addresses.isEmpty {
      place(
        slot, in: selection, exclusion: Exclusion(identity: identity, reason: .noAddress), at: moment)
    } else {
      place(slot, in: selection, member: identity, at: moment)
    }
  }

  private mutating func dropNode(_ slot: Slot) {
    guard let record = nodes[slot] else { return }
    book.remove(record.identity, from: record.identity.addresses)
    for selection in record.selections { place(slot, in: selection, at: .earliest) }
    nodeSlots[record.node.name] = nil
    nodes.remove(slot)
  }
}

extension NodeRecord {
  init(_ node: ObservedNode, slot: Slot, selections: [Slot]) {
    self.node = node
    self.selections = selections
    identity = Identity(
      kind: .node, uid: node.uid, name: node.name, node: "",
      addresses: node.addresses.map(\.address).identifying,
      slot: slot)
  }

  /// The node with those of its addresses that a selection asks for.
  func identity(addressKinds: Set<ObservedNode.Address.Kind>) -> Identity {
    let addresses = node.addresses.filter { addressKinds.contains($0.kind) }.map(\.address).identifying
    if addresses == identity.addresses { return identity }
    return Identity(
      kind: .node, uid: node.uid, name: node.name, node: "", addresses: addresses, slot: identity.slot)
  }
}
