import Kubernetes
import SourceGroups

/// Whom selections select, computed from scratch by looking at every object: no index, no events, no memory but for since when.
///
/// Written from the rules, not from the engine, with which it shares the types of objects only.
struct NaiveCluster {
  var pods: [NamespacedName: ObservedPod] = [:]
  var nodes: [NamespacedName: ObservedNode] = [:]
  var namespaces: [String: ObservedNamespace] = [:]
  var slices: [NamespacedName: ObservedEndpointSlice] = [:]
  var selections: Set<ClusterSelection> = []
  private var since: [ClusterSelection: [String: Int]] = [:]

  /// Lines, sorted: members with UID, node, addresses and since when, and exclusions with reasons.
  struct Result: Equatable {
    var members: [String] = []
    var exclusions: [String] = []
  }

  /// Looks at everything, at a moment: members that were none before are so since then.
  mutating func results(at seconds: Int) -> [ClusterSelection: Result] {
    var results: [ClusterSelection: Result] = [:]
    var nextSince: [ClusterSelection: [String: Int]] = [:]
    for selection in selections {
      var result = Result()
      for candidate in candidates(selection) {
        if !candidate.addresses.isEmpty {
          let key = candidate.object + candidate.distinction
          let start = since[selection]?[key] ?? seconds
          nextSince[selection, default: [:]][key] = start
          let addresses = Set(candidate.addresses).sorted().map(\.description)
          result.members.append("\(candidate.object) on \(candidate.node) \(addresses) since \(start)")
        }
        if let reason = candidate.reason { result.exclusions.append("\(candidate.object) \(reason)") }
      }
      results[selection] = Result(members: result.members.sorted(), exclusions: result.exclusions.sorted())
    }
    since = nextSince
    return results
  }

  private struct Candidate {
    /// Name and UID.
    var object: String
    var node: String
    /// What tells objects of one name and UID apart: the addresses of endpoints that are no pods.
    var distinction = ""
    var addresses: [IPAddress] = []
    var reason: String?
  }

  private func candidates(_ selection: ClusterSelection) -> [Candidate] {
    switch selection {
    case .pods(let pods): self.pods.values.filter { selects(pods, $0) }.map { candidate($0, pods) }
    case .nodes(let nodes):
      self.nodes.values.filter { holds(nodes.nodes, $0.labels) }.map { node in
        let addresses = node.addresses.filter { nodes.addressKinds.contains($0.kind) }.map(\.address)
        return Candidate(
          object: "\(node.name)#\(node.uid)", node: "", addresses: addresses,
          reason: addresses.isEmpty ? "has no address of its own yet" : nil)
      }
    case .serviceEndpoints(let service): endpoints(of: service)
    }
  }

  private func selects(_ selection: PodSelection, _ pod: ObservedPod) -> Bool {
    if let accounts = selection.serviceAccounts, !accounts.contains(pod.serviceAccount) { return false }
    if !selection.namespaces.all.isEmpty {
      guard let namespace = namespaces[pod.name.namespace] else { return false }
      var labels = Dictionary(uniqueKeysWithValues: namespace.labels.entries.map { ($0.key, $0.value) })
      labels["kubernetes.io/metadata.name"] = namespace.name.name
      guard holds(selection.namespaces, Labels(labels)) else { return false }
    }
    return holds(selection.pods, pod.labels)
  }

  private func holds(_ requirements: Requirements, _ labels: Labels) -> Bool {
    for requirement in requirements.all {
      let value = labels[requirement.key]
      switch requirement.operator {
      case .isIn(let values): if value == nil || !values.contains(value ?? "") { return false }
      case .isNotIn(let values): if let value, values.contains(value) { return false }
      case .exists: if value == nil { return false }
      case .doesNotExist: if value != nil { return false }
      }
    }
    return true
  }

  private func candidate(_ pod: ObservedPod, _ selection: PodSelection) -> Candidate {
    var candidate = Candidate(object: "\(pod.name)#\(pod.uid)", node: pod.node)
    if pod.phase == .finished {
      candidate.reason = "finished"
    } else if pod.usesHostNetwork {
      if selection.includesHostNetwork { candidate.addresses = pod.addresses }
      if !selection.includesHostNetwork {
        candidate.reason = "has its node's addresses"
      } else if pod.addresses.isEmpty {
        candidate.reason = "has no address of its own yet"
      }
    } else if pod.addresses.isEmpty {
      candidate.reason = "has no address of its own yet"
    } else {
      for address in Set(pod.addresses).sorted() {
        if let winner = winner(of: address), winner.name != pod.name {
          candidate.reason = candidate.reason ?? "\(address) belongs to \(winner.name)"
        } else {
          candidate.addresses.append(address)
        }
      }
    }
    return candidate
  }

  /// Of the live pods that have an address of their own: one that stays, the newest, the greatest UID.
  private func winner(of address: IPAddress) -> ObservedPod? {
    func rank(_ pod: ObservedPod) -> (Int, Int, String) {
      (pod.isTerminating ? 0 : 1, pod.createdAt?.seconds ?? -1, pod.uid)
    }
    return pods.values
      .filter { $0.addresses.contains(address) && $0.phase == .live && !$0.usesHostNetwork }
      .max { rank($0) < rank($1) }
  }

  private func endpoints(of service: NamespacedName) -> [Candidate] {
    let mine = slices.values
      .filter { $0.service == service.name && $0.name.namespace == service.namespace }
      .sorted { $0.name < $1.name }
    var candidates: [Candidate] = []
    for pod in Set(mine.flatMap(\.endpoints).compactMap(\.pod)) {
      let parts = mine.flatMap { slice in slice.endpoints.filter { $0.pod == pod }.map { (slice, $0) } }
      let known = pods[pod]
      var candidate = Candidate(
        object: "\(pod)#\(known?.uid ?? parts[0].0.uid)", node: known?.node ?? "")
      let addresses = Set(parts.flatMap(\.1.addresses)).sorted()
      if known?.phase == .finished {
        candidate.reason = "finished"
      } else if known?.usesHostNetwork == true {
        candidate.reason = "has its node's addresses"
      } else if addresses.isEmpty {
        candidate.reason = "has no address of its own yet"
      } else {
        for address in addresses {
          if let winner = winner(of: address), winner.name != pod {
            candidate.reason = candidate.reason ?? "\(address) belongs to \(winner.name)"
          } else {
            candidate.addresses.append(address)
          }
        }
      }
      candidates.append(candidate)
    }
    for address in Set(mine.flatMap(\.endpoints).filter { $0.pod == nil }.flatMap(\.addresses)) {
      let uid =
        mine.first { $0.endpoints.contains { $0.pod == nil && $0.addresses.contains(address) } }?.uid ?? ""
      candidates.append(
        Candidate(object: "\(service)#\(uid)", node: "", distinction: "\(address)", addresses: [address]))
    }
    return candidates
  }
}
