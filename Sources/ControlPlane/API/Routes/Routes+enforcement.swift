internal import Hummingbird
internal import Kubernetes
internal import KubernetesAPI
internal import SourceGroups

extension Routes {
  /// What gateways ask.
  func addEnforcement(to api: RouterGroup<APIContext>) {
    api.get("enforcement") { request, context in
      if try request.flag("watch") {
        return plane.resolver.enforcementStream(
          since: try request.lastEvent, isAllowed: plane.mayGoOn(context)
        ).response
      }
      let state = plane.resolver.state
      let tag = "\"\(state.enforcementTag(in: plane.resolver.epoch))\""
      return request.notModified(tag) ?? Response.json(state.enforcementData, headers: [.eTag: tag])
    }
    api.get("freshness") { _, _ in
      // The state of one moment: what is fresh is what this version has.
      Response.json(plane.resolver.state.freshness(plane.clock, in: plane.resolver.epoch))
    }
  }
}

extension LiveState {
  /// How long ago each kind of each integration showed that what is known is true, and which state that is.
  fileprivate func freshness(_ clock: LiveClock, in epoch: String) -> DataValue {
    let now = clock.timing.now()
    let proofs = integrations.keys.sorted().flatMap { name in
      (integrations[name]?.reflectors ?? [:]).sorted { $0.key.rawValue < $1.key.rawValue }.map {
        kind, status in
        let age = status.hasSynced ? status.lastSign.map { Swift.max(.zero, now - $0) } : nil
        return DataValue.members(
          ("integration", .string(name)), ("kind", .string(kind.rawValue)),
          ("phase", .string(status.phase.rawValue)),
          ("milliseconds", age.map { .integer(Int($0 / .milliseconds(1))) }))
      }
    }
    return .members(
      [("state", .string(enforcementTag(in: epoch)))] + enforcementNumbers + [("proofs", .list(proofs))])
  }
}
