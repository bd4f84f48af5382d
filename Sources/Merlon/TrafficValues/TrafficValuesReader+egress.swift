internal import Kubernetes
internal import PolicyModel

extension TrafficValuesReader {
  /// The rules for connections from the workload; nil when it is not closed for them.
  mutating func readEgress(
    _ egress: LayeredNode?, of workload: Workload, _ places: inout TrafficValues.Places
  ) -> [Rule]? {
    let field = "networkPolicy.egress"
    let known = ["enabled", "dns", "dnsNamespace", "to", "apiServer"]
    guard let egress, egress.isMapping(field, known: known, &problems) else { return nil }
    let isEnabled = enabled(egress, field)
    let dns = readDNS(egress, isEnabled: isEnabled)
    let list = egress["to"]?.last.list("\(field).to", &problems) ?? []
    var rules = list.compactMap { rule($0, .egress, "\(field).to[]", workload.namespace) }
    if egress["apiServer"]?.last.bool("\(field).apiServer", &problems) ?? false {
      rules.append(
        Rule(
          direction: .egress, peers: [.apiServer], ports: nil,
          site: CallSite(egress["apiServer"]?.location ?? egress.location)))
    }
    guard isEnabled else {
      if let first = list.first {
        problems.append(
          Diagnostic(
            .noEffect, .warning, "`\(field).to` has no effect, as `\(field).enabled` is false",
            at: first.location))
      }
      return nil
    }
    places.egress = egress["enabled"]?.location ?? egress.location
    return rules + (dns.map { [$0] } ?? [])
  }

  /// What `dns` and `dnsNamespace` allow: the pods that are known to answer, else all pods of the namespace.
  private mutating func readDNS(_ egress: LayeredNode, isEnabled: Bool) -> Rule? {
    let field = "networkPolicy.egress"
    let isAllowed = egress["dns"]?.last.bool("\(field).dns", &problems) ?? true
    let written = egress["dnsNamespace"]?.last
    let namespace = written?.string("\(field).dnsNamespace", &problems)
    let location = written?.location ?? egress.location
    if knowsDNS {
      let own = cluster.dns.pods.namespaces
      if let namespace, own != .named(namespace) {
        problems.append(
          Diagnostic(
            .invalidValue, .error,
            "`\(field).dnsNamespace` is \(namespace), and `merlon.cluster.dns` answers in \(own)",
            at: location, fix: "remove one of them"))
      }
    } else {
      let name = namespace ?? "kube-system"
      // Who would be missed where no rule is about names at all.
      let pods = isAllowed ? Selector.everything : ["k8s-app": "kube-dns"]
      cluster.dns = .init(pods: Pods(pods, .named([name]), nil, CallSite(location)))
      if isAllowed, isEnabled { noteDNS(name, location) }
    }
    return isAllowed
      ? Rule(direction: .egress, peers: [.clusterDNS], ports: nil, site: CallSite(location)) : nil
  }

  private mutating func noteDNS(_ namespace: String, _ location: SourceLocation) {
    let isOpenShift = namespace == "openshift-dns"
    problems.append(
      Diagnostic(
        .dnsReach, .warning,
        isOpenShift
          ? "the DNS rule is about port 53, and the pods of openshift-dns answer on 5353"
          : "the DNS rule lets the workload reach every pod of \(namespace) on port 53, and no DNS cache on its node",
        at: location,
        fix: "say what answers: merlon.cluster.dns: \(isOpenShift ? "openshift" : "kube-dns or node-local")"))
  }
}

extension Diagnostic.Code {
  /// A rule for DNS that is about more or less than it.
  static let dnsReach = Self(rawValue: "dns-reach")
}
