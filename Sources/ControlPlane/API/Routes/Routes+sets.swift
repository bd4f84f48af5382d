internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import NIOCore
internal import SourceGroups

extension Routes {
  func addSets(to api: RouterGroup<APIContext>) {
    api.get("sets") { _, _ in
      let identities = plane.resolver.state.identities
      return Response.json(
        .members(
          ("apiVersion", .string(SourceGroupPolicy.apiVersion)), ("kind", "IdentitySetList"),
          ("version", .integer(Int(identities.version))), ("items", .list(identities.sets.map(\.summary))),
          ("overlaps", .list(await plane.resolver.overlaps().map(\.data)))))
    }
    api.get("sets/:group") { request, context in
      let id = try context.parameter("group")
      guard let set = plane.resolver.state.identities[id] else {
        throw RequestError(.missing, "the policy has no source group `\(id)`")
      }
      if try request.flag("watch") {
        return plane.resolver.setStream(
          id, since: try request.lastEvent.flatMap { IdentitySet.version($0, in: plane.resolver.epoch) },
          isAllowed: plane.mayGoOn(context)
        ).response
      }
      let tag = "\"\(set.tag(in: plane.resolver.epoch))\""
      return request.notModified(tag) ?? Response.json(set.data, headers: [.eTag: tag])
    }
    api.get("whois/:address") { _, context in
      let text = try context.parameter("address")
      guard let address = IPAddress(text) else {
        throw RequestError(.malformed, "`\(text.prefix(80))` is not an IP address")
      }
      let identities = plane.resolver.state.identities
      return Response.json(
        .members(
          ("address", .string("\(address)")), ("holders", .list(identities.whois(address).map(\.data))),
          ("writtenIn", .list(identities.groups(writing: address).map { .string($0) }))))
    }
  }
}

extension Request {
  /// The id of the last event that a client of a stream has.
  var lastEvent: String? {
    get throws { try headers[.lastEventID] ?? parameter("since") }
  }
}

extension ControlPlane {
  /// Tells whether who opened a stream may still read it: a token may end while the stream runs.
  nonisolated func mayGoOn(_ context: APIContext) -> @Sendable () async -> Bool {
    let presented = context.presented
    return {
      guard let presented, case .accepted? = try? await self.store.authenticate(presented, at: self.clock.now)
      else { return false }
      return true
    }
  }
}

extension HTTPField.Name {
  fileprivate static var lastEventID: HTTPField.Name {
    get throws {
      guard let name = HTTPField.Name("Last-Event-ID") else { throw RequestError(.failed, "no header name") }
      return name
    }
  }
}
