internal import Kubernetes
internal import KubernetesAPI
internal import PolicyEngine
internal import PolicyModel
package import SourceGroups

extension ControlPlane {
  /// Whether a connection may be opened at the moment, and why.
  ///
  /// - Parameters:
  ///   - source: an address, or `integration/namespace/pod`.
  ///   - destination: an address or a domain name.
  ///   - traffic: `tcp/443`, `icmp/8`.
  ///   - zone: where packets of the source come in; nil for anywhere that no source is bound to.
  package nonisolated func trace(
    from source: String, to destination: String, _ traffic: String, zone: String?
  ) throws(RequestError) -> [SourceGroupTrace] {
    guard let active = current.policy else { throw RequestError(.missing, "there is no policy yet") }
    let identities = resolver.state.identities
    let end: ResolvedSourceGroups.Destination =
      IPAddress(destination).map { .address($0) } ?? .domain(destination)
    let groups = ResolvedSourceGroups(active.policy, identities)
    var traces: [SourceGroupTrace] = []
    do throws(FlowLineError) {
      let flow = try FlowParser.traffic(traffic)
      var addresses = try addresses(of: source, identities)
      if case .address(let address) = end, addresses.count > 1 {
        addresses.removeAll { $0.family != address.family }
      }
      for address in addresses { traces.append(try groups.trace(from: address, to: end, flow, zone: zone)) }
    } catch {
      throw RequestError(.invalid, error.message, fix: error.fix)
    }
    return traces
  }

  private nonisolated func addresses(
    of source: String, _ identities: IdentitySnapshot
  ) throws(FlowLineError) -> [IPAddress] {
    if let address = IPAddress(source) { return [address] }
    let parts = source.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3 else {
      throw FlowLineError(
        "`\(source)` is neither an address nor a pod", fix: "write 10.0.0.7, or integration/namespace/pod")
    }
    let name = NamespacedName(namespace: parts[1], name: parts[2])
    guard let identity = identities.pod(named: name, of: parts[0]), !identity.addresses.isEmpty else {
      throw FlowLineError("no pod `\(name)` with an address is known of `\(parts[0])`")
    }
    return identity.addresses
  }

  /// What an operator looks at first.
  nonisolated var statistics: DataValue {
    let (current, state) = (current, resolver.state)
    return .members(
      ("policyRevision", current.policy.map { .integer($0.revision.header.number) }),
      ("setsVersion", .integer(Int(state.identities.version))),
      ("sets", .integer(state.identities.sets.count)),
      (
        "members",
        .integer(
          state.identities.sets.reduce(0) { $0 + $1.sources.reduce(0) { $0 + $1.content.members.count } })
      ),
      ("unresolvedSets", .list(state.identities.sets.filter(\.isUnresolved).map { .string($0.id) })),
      (
        "integrations",
        .list(
          state.integrations.sorted { $0.key < $1.key }.map { name, status in
            .members(
              ("name", .string(name)), ("phase", .string(status.phase.rawValue)),
              ("lastSign", status.lastSign.map { clock.moment($0).data }))
          })
      ),
      (
        "unusable",
        .list(
          current.unusable.map {
            .members(("kind", .string($0.kind)), ("id", .string($0.id)), ("problem", .string($0.problem)))
          })
      ))
  }
}
