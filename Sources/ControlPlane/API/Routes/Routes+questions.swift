internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import PolicyEngine
internal import SourceGroups

extension Routes {
  func addQuestions(to api: RouterGroup<APIContext>) {
    api.get("trace") { request, _ in
      guard let source = request.parameter("from"), let destination = request.parameter("to"),
        let traffic = request.parameter("port")
      else {
        throw RequestError(
          .malformed, "a trace needs `from`, `to` and `port`", fix: "?from=10.0.0.7&to=192.0.2.1&port=tcp/443"
        )
      }
      let traces = try plane.trace(from: source, to: destination, traffic, zone: request.parameter("zone"))
      if request.parameter("format") == "text" {
        return Response.text(traces.map(\.description).joined(separator: "\n"))
      }
      return Response.json(
        .members(
          ("apiVersion", .string(SourceGroupPolicy.apiVersion)), ("kind", "Trace"),
          ("traces", .list(traces.map(\.data)))))
    }
  }
}

extension Routes {
  /// What the policies of a cluster itself let through.
  func addConnectivity(to api: RouterGroup<APIContext>) {
    api.get("clusters/:name/connectivity") { request, context in
      let report = try await plane.connectivity(
        of: try context.parameters.require("name"), from: request.parameter("from"),
        to: request.parameter("to"),
        port: request.parameter("port"), namespace: request.parameter("namespace"))
      return Response.text(report, type: "application/json")
    }
  }
}

extension SourceGroupTrace {
  fileprivate var data: DataValue {
    .members(
      ("source", .string("\(source)")), ("outcome", .string(outcome.rawValue)),
      ("zone", zone.map { .string($0) }),
      ("text", .string(description)),
      ("otherZones", .list(otherZones.map { .string($0) })),
      (
        "walks",
        .list(
          walks.map { walk in
            .members(
              ("allowed", .bool(walk.isAllowed)),
              ("assumptions", .list(walk.assumptions.map { .string($0) })),
              (
                "steps",
                .list(
                  walk.steps.map { step in
                    .members(
                      ("name", .string(step.name)), ("location", .string("\(step.location)")),
                      ("memberBy", .list(step.sources.map { .string("\($0)") })),
                      (
                        "rules",
                        .list(
                          step.rules.map { rule in
                            .members(
                              ("name", .string(rule.name)), ("location", .string("\(rule.location)")),
                              ("result", .string(rule.result.rawValue)))
                          })
                      ))
                  })
              ))
          })
      ))
  }
}
