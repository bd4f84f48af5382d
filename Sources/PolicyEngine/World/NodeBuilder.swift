internal import Kubernetes

/// Finds the nodes: those of the input, those that pods say they run on, and those that policies speak about.
struct NodeBuilder {
  /// Sorted by name.
  let nodes: [ClusterNode]
  /// For each pod of the input the index of its node; -1 for a pod that names none.
  let nodeOfPod: [Int32]
  private let numbers: [String: Int32]

  /// O(pods + nodes log nodes), and one look-up for each pod.
  ///
  /// - Parameter policyNodes: their addresses are added to what is known of them otherwise.
  init(_ manifests: ManifestSet, policyNodes: [ClusterNode]) {
    var found = manifests.nodes
    var numbers: [String: Int32] = [:]
    for (index, node) in found.enumerated() { numbers[node.name] = Int32(index) }
    var nodeOfPod: [Int32] = []
    nodeOfPod.reserveCapacity(manifests.pods.count)
    // By index: to name a pod would copy all of it.
    for index in manifests.pods.indices {
      guard let name = manifests.pods[index].template.nodeName else {
        nodeOfPod.append(-1)
        continue
      }
      if let number = numbers[name] {
        nodeOfPod.append(number)
        // What pods say of a node counts when no manifest describes it.
        if found[Int(number)].location == nil, found[Int(number)].addresses.isEmpty {
          found[Int(number)].addresses = manifests.pods[index].nodeAddresses
        }
      } else {
        numbers[name] = Int32(found.count)
        nodeOfPod.append(Int32(found.count))
        found.append(ClusterNode(name: name, addresses: manifests.pods[index].nodeAddresses))
      }
    }
    for node in policyNodes {
      if let number = numbers[node.name].map(Int.init) {
        found[number].addresses += node.addresses.filter { !found[number].addresses.contains($0) }
      } else {
        numbers[node.name] = Int32(found.count)
        found.append(node)
      }
    }
    let order = found.indices.sorted { found[$0].name < found[$1].name }
    var places = [Int32](repeating: 0, count: found.count)
    for (place, index) in order.enumerated() { places[index] = Int32(place) }
    nodes = order.map { found[$0] }
    self.nodeOfPod = nodeOfPod.map { $0 < 0 ? $0 : places[Int($0)] }
    self.numbers = numbers.mapValues { places[Int($0)] }
  }

  /// The index of a node; -1 for none, and for one that exists nowhere else.
  func number(of name: String?) -> Int32 { name.flatMap { numbers[$0] } ?? -1 }
}
