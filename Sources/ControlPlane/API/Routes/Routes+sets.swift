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
        let since = try request.headers[.lastEventID].flatMap { UInt64($0) } ?? request.version
        return SetStream(group: id, since: since, resolver: plane.resolver).response
      }
      let headers: HTTPFields = [.eTag: "\"\(set.version)\""]
      if let seen = request.headers[.ifNoneMatch], seen.contains("\"\(set.version)\"") {
        return Response(status: .notModified, headers: headers)
      }
      return Response.json(set.data, headers: headers)
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

extension HTTPField.Name {
  fileprivate static var lastEventID: HTTPField.Name {
    get throws {
      guard let name = HTTPField.Name("Last-Event-ID") else { throw RequestError(.failed, "no header name") }
      return name
    }
  }
}

extension Request {
  fileprivate var version: UInt64? {
    get throws {
      guard let text = parameter("since") else { return nil }
      guard let version = UInt64(text) else { throw RequestError(.malformed, "`since` is no version") }
      return version
    }
  }
}
