internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Finds out what the ends of observed flows are in a cluster.
struct ObservedEnds {
  private let cluster: Cluster
  private let parser: FlowParser
  /// Domain names that policies speak of; elsewhere only the address matters.
  private let speaksOfDomains: Bool
  /// Whether rules look at addresses, which tell replicas apart.
  private let looksAtAddresses: Bool

  init(_ cluster: Cluster) {
    self.cluster = cluster
    parser = FlowParser(cluster.world)
    var speaks = false
    var looks = false
    for rule in cluster.tiers.lazy.flatMap(\.policies).flatMap(\.rules) {
      rule.forEachCondition {
        switch $0 {
        case .domain: speaks = true
        case .addresses, .family: looks = true
        case .endpoints, .nodes, .outside, .apiServer, .special, .all, .any, .not: break
        }
      }
    }
    speaksOfDomains = speaks
    looksAtAddresses = looks
  }

  /// The connection of an entry with what its ends are called; an error says what is nothing in this cluster.
  func flow(
    _ entry: FlowLog.Entry
  ) throws(FlowLineError) -> (flow: Flow, source: String, destination: String) {
    let (source, destination) = (try find(entry.source), try find(entry.destination))
    let traffic = try FlowParser.traffic(entry.traffic)
    return (try parser.flow(from: source.end, to: destination.end, traffic), source.name, destination.name)
  }

  /// The end, and what it is called; an error says why it is nothing in this cluster.
  func find(_ end: ObservedFlow.End) throws(FlowLineError) -> (end: FlowEnd, name: String) {
    if let namespace = end.namespace { return try pod(end, in: namespace) }
    if let entity = end.entity { return try self.entity(entity, end) }
    if let domain = end.domain, speaksOfDomains { return (try parser.end(domain), domain) }
    guard let address = end.address else { throw FlowLineError("nothing is known of it") }
    return (try parser.end(address.description), address.description)
  }

  // MARK: - Pods

  /// A pod of that name, else the workload that the log names, else the one whose name the pod's begins with: pods of a log
  /// are seldom still there.
  private func pod(
    _ end: ObservedFlow.End, in namespace: String
  ) throws(FlowLineError) -> (end: FlowEnd, name: String) {
    if let pod = end.pod, !pod.hasSuffix("-*"), let found = try? parser.end("\(namespace)/pod/\(pod)") {
      let end = workload(of: found)
      return (end, name(of: end))
    }
    if let own = end.workload {
      // The log knows whose pod it is: another workload whose name begins alike is none.
      let found =
        (try? parser.end("\(namespace)/\(own.kind)/\(own.name)"))
        ?? (try? parser.end("\(namespace)/\(own.name)"))
      guard let found else { throw FlowLineError("`\(namespace)/\(own.name)` is not in the input") }
      return (found, name(of: found))
    }
    var rest = end.pod.map { $0.hasSuffix("-*") ? String($0.dropLast(2)) : $0 } ?? ""
    // `web-7b78d7c957-zkn54`, `web-7b78d7c957`, `web`; only what controllers append is cut off.
    for cuts in 0..<3 {
      let found =
        (try? parser.end("\(namespace)/\(rest)"))
        ?? Self.kinds(cuts).lazy.compactMap { try? parser.end("\(namespace)/\($0)/\(rest)") }.first
      if let found { return (found, name(of: found)) }
      guard let dash = rest.lastIndex(of: "-"), Self.isAppended(rest[rest.index(after: dash)...]) else {
        break
      }
      rest = String(rest[..<dash])
    }
    throw FlowLineError("`\(namespace)/\(end.pod ?? end.workload?.name ?? "?")` is not in the input")
  }

  /// Whose pods have so many parts after the name, where several workloads have one name.
  private static func kinds(_ cuts: Int) -> [String] {
    switch cuts {
    case 1: ["statefulset", "daemonset", "job"]
    case 2: ["deployment", "cronjob"]
    default: []
    }
  }

  /// Whether a part of a name is what controllers append: a pod's five letters, a template's hash, a number. The alphabet has
  /// no vowels (`k8s.io/apimachinery/pkg/util/rand`).
  private static func isAppended(_ part: Substring) -> Bool {
    let alphabet = "bcdfghjklmnpqrstvwxz2456789"
    let isNumber =
      !part.isEmpty && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return isNumber || ((5...10).contains(part.utf8.count) && part.allSatisfy(alphabet.contains))
  }

  /// Its workload, where policies do not tell it apart from the others of it: what one replica does, all may do.
  private func workload(of end: FlowEnd) -> FlowEnd {
    guard case .endpoint(let number, _) = end else { return end }
    let world = cluster.world
    let group = world.workloads[world.endpoints[number].workload]
    let own = world.endpoints[number]
    // What a finished pod did, the next of its workload will do.
    if own.isFinished {
      let isReplaced = group.endpoints.contains { !world.endpoints[$0].isFinished }
      return isReplaced ? .workload(own.workload) : end
    }
    let areAlike = group.endpoints.allSatisfy {
      let other = world.endpoints[$0]
      return other.labels == own.labels && other.ports == own.ports
        && other.serviceAccount == own.serviceAccount
        && other.hostNetwork == own.hostNetwork
        && (!looksAtAddresses || other.addresses == own.addresses && other.node == own.node)
    }
    return areAlike && group.endpoints.count > 1 ? .workload(world.endpoints[number].workload) : end
  }

  private func name(of end: FlowEnd) -> String {
    let world = cluster.world
    switch end {
    case .endpoint(let number, _):
      let group = world.workloads[world.endpoints[number].workload]
      return group.endpoints.count == 1
        ? world.qualifiedName(group) : world.qualifiedName(world.endpoints[number])
    case .workload(let number): return world.qualifiedName(world.workloads[number])
    case .ownedWorkload(let number):
      let owned = world.ownedWorkloads[number]
      return "\(world.namespaces[world.workloads[owned.group].namespace].name)/\(owned.name)"
    case .node(let number, _): return "node/\(world.nodes[number].name)"
    case .address(let address): return address.description
    case .domain(let name): return name
    case .entity(.apiServer): return "entity/kube-apiserver"
    case .entity(.world): return "entity/world"
    case .entity(.special(let name)): return "entity/\(name)"
    case .itself: return "self"
    case .service(let number, _): return "service/\(world.services[number].meta.qualifiedName)"
    }
  }

  // MARK: - Entities

  private func entity(
    _ entity: String, _ end: ObservedFlow.End
  ) throws(FlowLineError) -> (end: FlowEnd, name: String) {
    switch entity {
    case "world", "world-ipv4", "world-ipv6":
      if let domain = end.domain, speaksOfDomains { return (try parser.end(domain), domain) }
      guard let address = end.address else { return (try parser.end("entity/world"), "entity/world") }
      return (try parser.end(address.description), address.description)
    case "kube-apiserver", "health", "ingress", "init", "unmanaged":
      return (try parser.end("entity/\(entity)"), "entity/\(entity)")
    case "host", "remote-node":
      if let node = end.node, let found = try? parser.end("node/\(node)") { return (found, name(of: found)) }
      if let address = end.address, case .node(let number, _)? = try? parser.end(address.description) {
        return (.node(number), "node/\(cluster.world.nodes[number].name)")
      }
      throw FlowLineError("a node that is not in the input")
    default: throw FlowLineError("\(entity) is not in the input")
    }
  }
}
