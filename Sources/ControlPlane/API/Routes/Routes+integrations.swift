internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import KubernetesAPI
internal import SourceGroups

extension Routes {
  private static let fields: Set<String> = ["server", "certificateAuthority", "tlsServerName", "token"]

  func addIntegrations(to api: RouterGroup<APIContext>) {
    api.get("integrations") { _, _ in
      let current = plane.current
      let names = current.integrationNames.sorted()
      let usable = names.compactMap { name in
        current.fixed[name].map { data(of: $0) } ?? current.integrations[name].map { data(of: $0) }
      }
      let unusable = current.unusable.filter {
        $0.kind == "integration" && current.integrations[$0.id] == nil
      }.map {
        DataValue.members(
          ("name", .string($0.id)), ("problem", .string($0.problem)), ("fix", $0.fix.map { .string($0) }))
      }
      return Response.json(
        .members(
          ("apiVersion", .string(SourceGroupPolicy.apiVersion)), ("kind", "IntegrationList"),
          ("items", .list(usable)),
          ("unusable", unusable.isEmpty ? nil : .list(unusable))))
    }
    api.post("integrations") { request, context in
      let fields = try await request.object(Self.fields.union(["name"]))
      guard let name = try fields["name"]?.text(of: "name") else {
        throw RequestError(.invalid, "an integration needs a `name`")
      }
      guard let server = try fields["server"]?.text(of: "server") else {
        throw RequestError(.invalid, "an integration needs a `server`: the URL of the API server")
      }
      let made = try await plane.createIntegration(
        name,
        IntegrationSettings(
          server: server,
          certificateAuthority: try fields["certificateAuthority"]?.optionalText(of: "certificateAuthority"),
          tlsServerName: try fields["tlsServerName"]?.optionalText(of: "tlsServerName")),
        token: try fields["token"]?.optionalText(of: "token").map { SecretText($0) }, by: context.actor)
      var headers = made.headers
      headers[.location] = "/api/v1/integrations/\(name)"
      return Response.json(data(of: made), status: .created, headers: headers)
    }
    api.get("integrations/:name") { _, context in
      if let fixed = plane.current.fixed[try context.parameter("name")] {
        return Response.json(data(of: fixed))
      }
      let integration = try integration(context)
      return Response.json(data(of: integration), headers: integration.headers)
    }
    api.patch("integrations/:name") { request, context in
      let fields = try await request.object(Self.fields)
      var patch = IntegrationPatch()
      patch.server = try fields["server"]?.text(of: "server")
      if let field = fields["certificateAuthority"] {
        patch.certificateAuthority = .some(try field.optionalText(of: "certificateAuthority"))
      }
      if let field = fields["tlsServerName"] {
        patch.tlsServerName = .some(try field.optionalText(of: "tlsServerName"))
      }
      if let field = fields["token"] {
        patch.token = try field.optionalText(of: "token").map { .set(SecretText($0)) } ?? .remove
      }
      let changed = try await plane.patchIntegration(
        try context.parameter("name"), patch, expecting: try request.expectedGeneration,
        by: context.actor)
      return Response.json(data(of: changed), headers: changed.headers)
    }
    api.delete("integrations/:name") { _, context in
      try await plane.deleteIntegration(try context.parameter("name"), by: context.actor)
      return Response.nothing
    }
    api.get("integrations/:name/status") { _, context in
      let name = try context.parameter("name")
      if plane.current.fixed[name] == nil { _ = try integration(context) }
      return Response.json(status(of: name))
    }
    api.post("integrations/:name/test") { _, context in
      let name = try context.parameter("name")
      let access = try plane.current.access(to: name) ?? integration(context).access
      let steps = await IntegrationTest(access, needed: plane.resolver.state.needed[name] ?? [], plane.clock)
        .run()
      return Response.json(
        .members(
          ("integration", .string(name)), ("ok", .bool(steps.allSatisfy { $0.problem == nil })),
          (
            "steps",
            .list(
              steps.map {
                .members(
                  ("name", .string($0.name)), ("ok", .bool($0.problem == nil)),
                  ("detail", ($0.problem ?? $0.detail).map { .string($0) }))
              })
          )))
    }
  }

  private func integration(_ context: APIContext) throws -> Integration {
    let name = try context.parameter("name")
    guard let integration = plane.current.integrations[name] else {
      let unusable = plane.current.unusable.first { $0.kind == "integration" && $0.id == name }
      throw unusable.map { RequestError(.failed, "the integration `\(name)` \($0.problem)", fix: $0.fix) }
        ?? RequestError(.missing, "there is no integration `\(name)`")
    }
    return integration
  }

  /// An integration of the server's configuration, without its secrets.
  private func data(of fixed: IntegrationAccess) -> DataValue {
    .members(
      ("apiVersion", .string(SourceGroupPolicy.apiVersion)), ("kind", "Integration"),
      ("name", .string(fixed.name)),
      ("server", .string(fixed.access.server.text)), ("configured", "by the server"),
      ("phase", .string(plane.resolver.state.integrations[fixed.name]?.phase.rawValue ?? "connecting")))
  }

  /// An integration without its secrets.
  private func data(of integration: Integration) -> DataValue {
    .members(
      ("apiVersion", .string(SourceGroupPolicy.apiVersion)), ("kind", "Integration"),
      ("name", .string(integration.name)),
      ("server", .string(integration.settings.server)),
      ("certificateAuthority", integration.settings.certificateAuthority.map { .string($0) }),
      ("tlsServerName", integration.settings.tlsServerName.map { .string($0) }),
      ("tokenConfigured", .bool(integration.token != nil)), ("generation", .integer(integration.generation)),
      ("createdAt", integration.createdAt.data), ("updatedAt", integration.updatedAt.data),
      ("phase", .string(plane.resolver.state.integrations[integration.name]?.phase.rawValue ?? "connecting")))
  }

  private func status(of name: String) -> DataValue {
    let state = plane.resolver.state
    let status = state.integrations[name] ?? IntegrationStatus()
    let clock = plane.clock
    return .members(
      ("integration", .string(name)), ("phase", .string(status.phase.rawValue)),
      ("needed", .list((state.needed[name] ?? []).map(\.rawValue).sorted().map { .string($0) })),
      (
        "resources",
        .list(
          status.reflectors.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, status in
            .members(
              ("kind", .string(kind.rawValue)), ("phase", .string(status.phase.rawValue)),
              ("since", clock.moment(status.phaseSince).data), ("hasSynced", .bool(status.hasSynced)),
              ("lastSign", status.lastSign.map { clock.moment($0).data }),
              (
                "lastError",
                status.lastError.map {
                  .members(("message", .string("\($0.error)")), ("at", clock.moment($0.at).data))
                }
              ),
              ("lists", .integer(status.counts.lists)), ("watches", .integer(status.counts.watches)),
              ("events", .integer(status.counts.events)), ("failures", .integer(status.counts.failures)))
          })
      ))
  }
}

extension Integration {
  fileprivate var headers: HTTPFields { [.eTag: "\"\(generation)\""] }
}

extension Request {
  /// The generation that If-Match names; nil when it matters not.
  fileprivate var expectedGeneration: Int? {
    get throws {
      guard let text = headers[.ifMatch], text != "*" else { return nil }
      guard let number = Int(text.trimmingQuotes) else {
        throw RequestError(.precondition, "If-Match names no generation")
      }
      return number
    }
  }
}

extension String {
  /// What stands in the quotes of an entity tag, a weak one too.
  var trimmingQuotes: String {
    let strong = hasPrefix("W/") ? dropFirst(2) : self[...]
    return strong.hasPrefix("\"") && strong.hasSuffix("\"") && strong.count >= 2
      ? String(strong.dropFirst().dropLast()) : String(strong)
  }
}

extension Node {
  /// The text of a field that is a text or null.
  fileprivate func optionalText(of field: String) throws(RequestError) -> String? {
    isNull ? nil : try text(of: field)
  }
}
