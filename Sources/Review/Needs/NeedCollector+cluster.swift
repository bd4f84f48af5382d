internal import Kubernetes
internal import PolicyEngine

extension NeedCollector {
  /// Ports on which API servers listen, behind the Service `kubernetes`.
  static let apiServerPorts: [UInt16] = [443, 6443, 8443, 16443]

  /// Workloads that use the Kubernetes API: their service account was given rights, or they are known controllers.
  mutating func addAPIServer() {
    var bindings: [AccountName: AccountBinding] = [:]
    for binding in declarations.bindings
    // Anybody may run as `default`, and such roles only admit pods.
    where binding.accountName != "default" && !Self.admitsPodsOnly(binding.role) {
      let name = AccountName(namespace: binding.accountNamespace, name: binding.accountName)
      if bindings[name] == nil { bindings[name] = binding }
    }
    let targets = Self.apiServerPorts.map { Need.Target(.apiServer, .tcp, $0) }
    let tokens = tokens
    let withoutToken = Set(
      declarations.accountsWithoutToken.map { AccountName(namespace: $0.namespace, name: $0.name) })
    for (number, group) in world.workloads.enumerated() {
      guard let first = group.endpoints.first.map({ world.endpoints[$0] }) else { continue }
      let account = AccountName(
        namespace: world.namespaces[group.namespace].name, name: first.serviceAccount)
      guard tokens[number] ?? !withoutToken.contains(account) else { continue }
      if let binding = bindings[account] {
        add(
          .apiServer, from: .workload(number), to: targets,
          "\(name(number)) uses the Kubernetes API (\(binding.object))", about: object(number),
          at: group.location)
      } else if WellKnownPods.usesKubernetesAPI(first.labels) {
        add(
          .apiServer, from: .workload(number), to: targets,
          "\(name(number)) uses the Kubernetes API (a known controller)", about: object(number),
          at: group.location)
      }
    }
  }

  private struct AccountName: Hashable {
    let namespace: String
    let name: String
  }

  /// By workload, whether its pods say that they get a token.
  private var tokens: [Int: Bool] {
    var tokens: [Int: Bool] = [:]
    for pod in declarations.pods {
      if let mounts = pod.mountsToken, let group = group(of: pod.object) { tokens[group] = mounts }
    }
    return tokens
  }

  private static func admitsPodsOnly(_ role: String) -> Bool {
    ["psp", "scc", "podsecuritypolicy"].contains { role.lowercased().contains($0) }
  }

  /// Pods whose egress somebody closed, and the pods that answer for names.
  mutating func addDNS() {
    let dns = dnsTargets()
    if dns.isEmpty { return }
    var done: Set<Int> = []
    for pod in declarations.pods where !pod.usesClusterDNS {
      // It looks up names elsewhere.
      if let group = group(of: pod.object) { done.insert(group) }
    }
    for unit in units where done.insert(unit.workload).inserted {
      // On its node's network a pod asks whom the node asks.
      guard !AssumedPods.contains(unit.location), !unit.hostNetwork else { continue }
      for transport in [TransportProtocol.udp, .tcp] {
        let targets = dns.filter { $0.transport == transport }
        guard let first = targets.first, case .workload(let group) = first.end else { continue }
        add(
          .dns, from: .workload(unit.workload), to: targets,
          "\(name(unit.workload)) looks up names at \(name(group)) over \(transport.name) \(first.port)",
          about: object(unit.workload), at: unit.location)
      }
    }
  }

  private mutating func dnsTargets() -> [Need.Target] {
    var targets: [Need.Target] = []
    for (number, service) in world.services.enumerated()
    where ClusterDNS.isService(service.meta.namespace, service.meta.name) {
      for port in service.ports where port.number == 53 {
        targets += backends.targets(of: number, port)
      }
    }
    if !targets.isEmpty { return targets }
    let facts = facts.dns
    let groups = groups { labels in
      facts.isEmpty
        ? WellKnownPods.isDNS(labels) : facts.contains { labels.isSuperset(of: $0.template.labels) }
    }
    return groups.flatMap { group -> [Need.Target] in
      let ports = world.workloads[group].endpoints.first.map { world.endpoints[$0].ports } ?? []
      let named = ports.filter { ["dns", "dns-tcp", "dns-udp"].contains($0.name) || $0.number == 53 }
      if named.isEmpty {
        return [TransportProtocol.udp, .tcp].map { Need.Target(.workload(group), $0, 53) }
      }
      return named.map { Need.Target(.workload(group), $0.transport, $0.number) }
    }
  }
}
