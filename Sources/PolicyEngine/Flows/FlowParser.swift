internal import Kubernetes

/// Why a line is not a flow of this world.
package struct FlowLineError: Error, Sendable, Equatable {
  /// What is wrong, in the words of the line.
  package let message: String
  /// What to write instead, when there is one clear thing.
  package let fix: String?

  /// A problem of one line; other lines are not affected.
  package init(_ message: String, fix: String? = nil) {
    self.message = message
    self.fix = fix
  }
}

/// Reads flow lines: `SOURCE -> DESTINATION PROTOCOL/PORT`.
///
/// Ends are `namespace/name` (a pod, else a workload), `namespace/kind/name`, `node/name`,
/// `service/namespace/name`, an address, or `self` for the source itself. An address of a known pod, node or
/// Service means that one.
package struct FlowParser: Sendable {
  private let world: World
  private let index: WorldIndex

  /// Indexes the names and addresses of a world. O(endpoints), so that one parser should serve all lines.
  package init(_ world: World) {
    self.world = world
    index = WorldIndex(world)
  }

  /// Reads a whole line.
  package func parse(_ line: String) throws(FlowLineError) -> Flow {
    let expected = "expected SOURCE -> DESTINATION PROTOCOL/PORT, such as shop/web -> shop/db tcp/5432"
    let words = line.utf8.split { $0 == 0x20 || (0x09...0x0D).contains($0) }.map { String(Substring($0)) }
    guard words.count == 4, words[1] == "->" else { throw FlowLineError(expected) }
    let source = try end(words[0])
    let destination = try end(words[2])
    let traffic = try Self.traffic(words[3])
    return try flow(from: source, to: destination, traffic)
  }

  /// Checks what only a whole flow shows: `self` and Services have their places, a Service's port must exist.
  package func flow(from source: FlowEnd, to destination: FlowEnd, _ traffic: FlowTraffic)
    throws(FlowLineError) -> Flow
  {
    switch source {
    case .itself: throw FlowLineError("`self` can only be the destination")
    case .service: throw FlowLineError("a Service cannot be the source", fix: "name the pods behind it")
    case .domain: throw FlowLineError("a domain name can only be the destination", fix: "name an address")
    case .endpoint, .workload, .ownedWorkload, .node, .address, .entity: break
    }
    if case .itself = destination {
      switch source {
      case .endpoint, .workload, .ownedWorkload: break
      default: throw FlowLineError("`self` needs a pod or workload as source")
      }
    }
    if case .service(let number, _) = destination { try checkService(number, traffic) }
    return Flow(from: source, to: destination, traffic)
  }

  /// Reads one end.
  package func end(_ text: String) throws(FlowLineError) -> FlowEnd {
    if text == "self" { return .itself }
    if let address = IPAddress(text) {
      switch index.owner(of: address) {
      case .endpoint(let number): return .endpoint(number, address: address)
      case .node(let number): return .node(number, address: address)
      case .service(let number): return .service(number, address: address)
      case nil: return .address(address)
      }
    }
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
      String(Substring($0))
    }
    switch parts.count {
    case 2 where parts[0] == "node":
      guard let node = index.node(named: parts[1]) else {
        throw unknown("node `\(parts[1])`", Suggestion.nearest(to: parts[1], among: world.nodes.map(\.name)))
      }
      return .node(node)
    case 3 where parts[0] == "service" || parts[0] == "svc":
      guard let service = index.service(parts[1], parts[2]) else { throw unknownService(parts[1], parts[2]) }
      return .service(service)
    case 2 where parts[0] == "entity": return .entity(try Self.entity(parts[1]))
    case 2: return try endpoint(namespace: parts[0], name: parts[1])
    case 3: return try endpoint(namespace: parts[0], kind: parts[1], name: parts[2])
    case 1 where NameRules.domainNameProblem(text) == nil: return .domain(text)
    default:
      throw FlowLineError(
        "`\(text)` is no end of a flow",
        fix: "write namespace/name, node/name, service/namespace/name, an address or a domain name")
    }
  }

  // MARK: - Traffic

  /// Names of protocols without ports, with their numbers (IANA "Assigned Internet Protocol Numbers").
  private static let otherProtocols: [String: UInt8] = [
    "icmp": 1, "icmpv6": 58, "igmp": 2, "ipip": 4, "gre": 47, "esp": 50, "ah": 51, "vrrp": 112,
    "udplite": 136,
  ]

  /// Reads `tcp/80`, `icmp`, `icmp/8`, `icmp/3/4` (type and code), `gre`, `protocol/47`.
  package static func traffic(_ text: String) throws(FlowLineError) -> FlowTraffic {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let name = parts[0].lowercased()
    if let transport = TransportProtocol(name: name.uppercased()) {
      guard parts.count == 2, let port = number(parts[1]), port > 0 else {
        throw FlowLineError("`\(text)` needs a port from 1 to 65535, such as \(name)/80")
      }
      return .port(transport, port)
    }
    if let number = otherProtocol(name, parts.dropFirst()) { return .other(number) }
    throw FlowLineError(
      "`\(text)` is no protocol and port",
      fix: "write tcp/80, udp/53, sctp/3868, icmp/8 or protocol/47")
  }

  /// - Parameter rest: what follows the name.
  private static func otherProtocol(_ name: String, _ rest: ArraySlice<Substring>) -> OtherTraffic? {
    let numbers = rest.compactMap(number).compactMap { UInt8(exactly: $0) }
    guard numbers.count == rest.count else { return nil }
    let text = ([name] + numbers.map(String.init)).joined(separator: "/")
    if name == "protocol" {
      guard numbers.count == 1, !TransportProtocol.allCases.contains(where: { $0.number == numbers[0] })
      else { return nil }
      return OtherTraffic(text, number: numbers[0])
    }
    guard let protocolNumber = otherProtocols[name] else { return nil }
    let hasMessages = name == "icmp" || name == "icmpv6"
    switch numbers.count {
    case 0: return OtherTraffic(text, number: protocolNumber)
    case 1 where hasMessages:
      return OtherTraffic(text, number: protocolNumber, message: .init(type: numbers[0]))
    case 2 where hasMessages:
      return OtherTraffic(text, number: protocolNumber, message: .init(type: numbers[0], code: numbers[1]))
    default: return nil
    }
  }

  /// Digits only: `+80` is no port.
  private static func number(_ text: Substring) -> UInt16? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? UInt16(text) : nil
  }

  // MARK: - Endpoints

  private func endpoint(namespace: String, name: String) throws(FlowLineError) -> FlowEnd {
    if let pod = index.pod(namespace, name) { return .endpoint(pod) }
    let groups = index.workloads(namespace, name)
    if groups.count > 1 {
      let spellings = groups.map { "\(namespace)/\(world.workloads[$0].kind.lowercased())/\(name)" }
      throw FlowLineError(
        "`\(namespace)/\(name)` is \(groups.count) workloads",
        fix: "write \(spellings.joined(separator: " or "))")
    }
    if let group = groups.first { return try end(of: group) }
    guard let owned = index.ownedWorkloads(namespace, name).first else {
      if let template = index.template(ofPod: name, namespace) { return .endpoint(template) }
      throw unknownEndpoint(namespace, name)
    }
    return try end(ofOwned: owned)
  }

  private func endpoint(namespace: String, kind: String, name: String) throws(FlowLineError) -> FlowEnd {
    guard let kindName = Self.kindName(kind) else {
      throw FlowLineError(
        "`\(kind)` is no kind of endpoint",
        fix:
          "write pod, deployment, statefulset, daemonset, replicaset, replicationcontroller, job or cronjob")
    }
    if kindName == "Pod" {
      guard let pod = index.pod(namespace, name) ?? index.template(ofPod: name, namespace) else {
        throw unknownEndpoint(namespace, name, kind: kindName)
      }
      return .endpoint(pod)
    }
    let groups = index.workloads(namespace, name)
    if let group = groups.first(where: { world.workloads[$0].kind == kindName }) { return try end(of: group) }
    let owned = index.ownedWorkloads(namespace, name).first {
      world.ownedWorkloads[$0].kind.rawValue == kindName
    }
    guard let owned else { throw unknownEndpoint(namespace, name, kind: kindName) }
    return try end(ofOwned: owned)
  }

  private func end(of group: Int) throws(FlowLineError) -> FlowEnd {
    let workload = world.workloads[group]
    return try end(.workload(group), of: workload.endpoints, called: world.qualifiedName(workload))
  }

  private func end(ofOwned number: Int) throws(FlowLineError) -> FlowEnd {
    let owned = world.ownedWorkloads[number]
    let workload = world.workloads[owned.group]
    // Whoever has all pods of its owner is its owner.
    if !owned.endpoints.isEmpty, owned.endpoints == workload.endpoints { return try end(of: owned.group) }
    let name = "\(world.namespaces[workload.namespace].name)/\(owned.name)"
    return try end(.ownedWorkload(number), of: owned.endpoints, called: name)
  }

  /// One endpoint is meant itself.
  private func end(_ end: FlowEnd, of endpoints: [Int], called name: String) throws(FlowLineError) -> FlowEnd
  {
    if endpoints.isEmpty { throw FlowLineError("`\(name)` has no running pod in the input") }
    return endpoints.count == 1 ? .endpoint(endpoints[0]) : end
  }

  private static func kindName(_ text: String) -> String? {
    switch text.lowercased() {
    case "pod", "pods", "po": "Pod"
    case "deployment", "deployments", "deploy": "Deployment"
    case "statefulset", "statefulsets", "sts": "StatefulSet"
    case "daemonset", "daemonsets", "ds": "DaemonSet"
    case "replicaset", "replicasets", "rs": "ReplicaSet"
    case "replicationcontroller", "replicationcontrollers", "rc": "ReplicationController"
    case "job", "jobs": "Job"
    case "cronjob", "cronjobs", "cj": "CronJob"
    default: nil
    }
  }

  // MARK: - Entities

  /// Entities of policies that no object stands for, besides the API server and everything outside.
  private static let specialEntities = ["health", "ingress", "init", "unmanaged"]

  private static func entity(_ name: String) throws(FlowLineError) -> FlowEnd.Entity {
    switch name {
    case "kube-apiserver": return .apiServer
    case "world": return .world
    case "host", "remote-node":
      throw FlowLineError("`entity/\(name)` depends on the pod it is seen from", fix: "write node/NAME")
    case "all", "cluster", "none":
      throw FlowLineError("`entity/\(name)` is no single end", fix: "name a pod, a node or an address")
    default:
      guard specialEntities.contains(name) else {
        let known = ["kube-apiserver", "world"] + specialEntities
        throw FlowLineError(
          "`entity/\(name)` is not known",
          fix: Suggestion.nearest(to: name, among: known).map { "did you mean `entity/\($0)`?" }
            ?? "known are \(known.joined(separator: ", "))")
      }
      return .special(name)
    }
  }

  // MARK: - Services

  private func checkService(_ number: Int, _ traffic: FlowTraffic) throws(FlowLineError) {
    let service = world.services[number]
    let name = "service/\(service.meta.qualifiedName)"
    if let external = service.externalName {
      throw FlowLineError("\(name) is only another name for \(external)")
    }
    guard service.selector != nil else {
      throw FlowLineError(
        "\(name) has no selector, so its endpoints are not in the input", fix: "ask for their addresses")
    }
    guard case .port(let transport, let port) = traffic else {
      throw FlowLineError("\(name) answers on ports only")
    }
    guard let target = service.target(transport, port) else {
      let ports = service.ports.map { "\($0.transport.name.lowercased())/\($0.number)" }
      throw FlowLineError(
        "\(name) has no port \(transport.name.lowercased())/\(port)",
        fix: ports.isEmpty ? nil : "it has \(ports.joined(separator: ", "))")
    }
    let isAnswered = world.backends(of: service).contains {
      world.endpoints[$0].podPort(target, transport) != nil
    }
    if !isAnswered {
      throw FlowLineError("\(name) has no pod behind port \(transport.name.lowercased())/\(port)")
    }
  }

  // MARK: - Errors

  private func unknown(_ what: String, _ suggestion: String?) -> FlowLineError {
    FlowLineError("\(what) is not in the input", fix: suggestion.map { "did you mean `\($0)`?" })
  }

  private func unknownEndpoint(_ namespace: String, _ name: String, kind: String = "") -> FlowLineError {
    guard world.namespace(named: namespace) != nil else {
      let nearest = Suggestion.nearest(to: namespace, among: world.namespaces.map(\.name))
      return unknown("namespace `\(namespace)`", nearest)
    }
    let what = kind.isEmpty ? "pod or workload" : kind
    let others = spellings(namespace, name)
    let nearest = Suggestion.nearest(to: name, among: index.names(in: namespace)).map { "\(namespace)/\($0)" }
    return unknown("\(what) `\(namespace)/\(name)`", others.first ?? nearest)
  }

  /// The ways to name what has this name.
  private func spellings(_ namespace: String, _ name: String) -> [String] {
    let pods = index.pod(namespace, name).map { _ in ["pod"] } ?? []
    let workloads = index.workloads(namespace, name).map { world.workloads[$0].kind.lowercased() }
    let owned = index.ownedWorkloads(namespace, name).map {
      world.ownedWorkloads[$0].kind.rawValue.lowercased()
    }
    return (pods + workloads + owned).map { "\(namespace)/\($0)/\(name)" }
  }

  private func unknownService(_ namespace: String, _ name: String) -> FlowLineError {
    let names = world.services.filter { $0.meta.namespace == namespace }.map(\.meta.name)
    let nearest = Suggestion.nearest(to: name, among: names)
    return unknown("service `\(namespace)/\(name)`", nearest.map { "service/\(namespace)/\($0)" })
  }
}
