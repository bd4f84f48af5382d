internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import PolicyEngine
internal import SourceGroups

extension Routes {
  func addPolicy(to api: RouterGroup<APIContext>) {
    api.get("policy") { request, _ -> Response in
      guard let active = plane.current.policy else { throw RequestError(.missing, "there is no policy yet") }
      let headers: HTTPFields = [.eTag: active.revision.tag]
      if let known = request.notModified(active.revision.tag) { return known }
      switch request.parameter("format") ?? "json" {
      case "json": return Response.json(active.policy.data, headers: headers)
      case "yaml": return Response.text(active.policy.data.yaml, type: "application/yaml", headers: headers)
      case "text": return Response.text(active.revision.text, headers: headers)
      case let other:
        throw RequestError(.malformed, "`\(other.prefix(40))` is no format", fix: "use json, yaml or text")
      }
    }
    api.put("policy") { request, context in
      let expected = try request.expectedRevision
      let text = try await request.text(upTo: APILimits.policy)
      if try request.flag("dryRun") {
        let proposal = try await plane.proposal(text, expecting: expected)
        return Response.json(.members(("dryRun", true), ("findings", .list(proposal.findings.map(\.data)))))
      }
      let (appended, findings) = try await plane.putPolicy(
        text, expecting: expected, note: request.parameter("note") ?? "", by: context.actor)
      return answer(appended, findings)
    }
    api.post("policy/plan") { request, _ in
      let (proposal, plan) = try await plane.plan(try await request.text(upTo: APILimits.policy))
      return Response.json(plan.data(findings: proposal.findings))
    }
    api.get("policy/revisions") { request, _ in
      let limit = min(max(try request.number("limit") ?? 50, 1), 500)
      let range: RecordRange = try request.number("before").map { .before($0) } ?? .latest
      let revisions = try await plane.store.revisions(range, limit: limit)
      return Response.json(
        .members(
          ("apiVersion", .string(SourceGroupPolicy.apiVersion)), ("kind", "PolicyRevisionList"),
          (
            "items",
            .list(
              revisions.map { stored in
                switch stored {
                case .readable(let header): header.data
                case .unreadable(let record):
                  .members(("number", .string(record.id)), ("problem", .string(record.problem)))
                }
              })
          )))
    }
    api.get("policy/revisions/:number") { _, context in
      let revision = try await revision(context)
      return Response.text(revision.text, headers: [.eTag: revision.tag])
    }
    api.post("policy/revisions/:number/rollback") { request, context in
      guard let number = Int(try context.parameter("number")) else {
        throw RequestError(.missing, "there is no such revision")
      }
      return answer(
        try await plane.rollBack(to: number, expecting: try request.expectedRevision, by: context.actor), [])
    }
    api.get("audit") { request, _ in
      let limit = min(max(try request.number("limit") ?? 50, 1), 500)
      let range: RecordRange = try request.number("before").map { .before($0) } ?? .latest
      let entries = try await plane.store.auditTrail(range, limit: limit)
      return Response.json(
        .members(
          ("apiVersion", .string(SourceGroupPolicy.apiVersion)), ("kind", "AuditTrail"),
          ("items", .list(entries.compactMap(\.record).map(\.data)))))
    }
  }

  private func revision(_ context: APIContext) async throws -> PolicyRevision {
    guard let number = Int(try context.parameter("number")),
      let revision = try await plane.store.revision(number)
    else { throw RequestError(.missing, "there is no such revision") }
    return revision
  }

  private func answer(_ appended: AppendedRevision, _ findings: [Diagnostic]) -> Response {
    .json(
      .members(
        ("revision", appended.revision.header.data), ("changed", .bool(appended.isNew)),
        ("findings", .list(findings.map(\.data)))), headers: [.eTag: appended.revision.tag])
  }
}

extension PolicyRevision {
  /// Its entity tag.
  var tag: String { "\"\(header.number)\"" }
}

extension RevisionHeader {
  fileprivate var data: DataValue {
    .members(
      ("number", .integer(number)), ("digest", .string(digest)), ("author", .string(author)),
      ("createdAt", createdAt.data), ("note", note.isEmpty ? nil : .string(note)),
      ("origin", origin.map { .integer($0) }),
      ("active", .bool(isActive)))
  }
}

extension AuditEntry {
  fileprivate var data: DataValue {
    .members(
      ("sequence", .integer(sequence)), ("at", at.data), ("actor", .string(actor)),
      ("action", .string(action.rawValue)),
      ("subject", .string(subject)), ("change", .string(change)))
  }
}

extension SourceGroupPlan {
  fileprivate func data(findings: [Diagnostic]) -> DataValue {
    .members(
      ("effect", .string(effect.rawValue)), ("differenceCount", .integer(differenceCount)),
      (
        "differences",
        .list(
          differences.map {
            .members(
              ("source", .string($0.source)), ("destination", .string($0.destination)),
              ("traffic", .string($0.traffic)),
              ("old", $0.old.data), ("new", $0.new.data))
          })
      ),
      ("assumptions", .list(assumptions.map { .string($0) })), ("findings", .list(findings.map(\.data))))
  }
}

extension SourceGroupPlan.Decision {
  fileprivate var data: DataValue {
    .members(
      ("outcome", .string(outcome.rawValue)), ("rule", .string(rule)), ("location", .string("\(location)")))
  }
}

extension Request {
  /// What If-Match or If-None-Match ask of the policy that counts.
  fileprivate var expectedRevision: ExpectedRevision {
    get throws {
      if headers[.ifNoneMatch] == "*" { return .absent }
      guard let text = headers[.ifMatch], text != "*" else { return .any }
      guard let number = Int(text.trimmingQuotes) else {
        throw RequestError(
          .precondition, "If-Match names no revision", fix: "send the ETag of GET /api/v1/policy")
      }
      return .number(number)
    }
  }

  func flag(_ name: String) throws -> Bool {
    switch parameter(name) {
    case nil, "false": return false
    case "true": return true
    default: throw RequestError(.malformed, "`\(name)` is true or false")
    }
  }

  func number(_ name: String) throws -> Int? {
    guard let text = parameter(name) else { return nil }
    guard let number = Int(text) else { throw RequestError(.malformed, "`\(name)` is no number") }
    return number
  }
}
