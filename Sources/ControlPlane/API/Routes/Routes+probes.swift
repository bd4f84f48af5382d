internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import KubernetesAPI
internal import SourceGroups

/// Something that must be so before the server is to be asked.
struct ReadinessCheck {
  let name: String
  /// What is missing; nil when nothing is.
  let problem: String?
  /// What is so although the server can be asked: a cluster that was followed, and is not heard of any more.
  var remark: String?
}

extension ControlPlane {
  /// In a fixed order.
  nonisolated func readiness(isServing: Bool) -> [ReadinessCheck] {
    let (current, state) = (current, resolver.state)
    var checks = [
      ReadinessCheck(name: "serving", problem: isServing ? nil : "the server is stopping"),
      ReadinessCheck(name: "store", problem: isLoaded ? nil : "what is stored has not been read yet"),
      ReadinessCheck(
        name: "policy",
        problem: current.unusable.first { $0.kind == "policy revision" }.map {
          "revision \($0.id) \($0.problem)"
        }),
    ]
    for name in state.needed.keys.sorted() {
      let problem: String? =
        if let record = current.unusable.first(where: { $0.kind == "integration" && $0.id == name }) {
          record.problem
        } else if !current.integrationNames.contains(name) {
          "there is no integration of this name"
        } else if state.unsynced.contains(name) {
          "not everything that the policy needs has been listed"
            + (state.integrations[name]?.lastError.map { ": \($0.error)" } ?? "")
        } else {
          nil
        }
      let remark = state.integrations[name].flatMap { status in
        status.isUnsure
          ? "\(status.phase.rawValue), since it had been listed\(status.lastError.map { ": \($0.error)" } ?? "")"
          : nil
      }
      checks.append(ReadinessCheck(name: "integration/\(name)", problem: problem, remark: remark))
    }
    return checks
  }
}

extension Routes {
  /// Whoever runs the process may ask without a token.
  func addProbes(to router: Router<APIContext>) {
    for path in ["livez", "healthz"] { router.get("\(path)") { _, _ in Response.text("ok\n") } }
    for path in ["ready", "readyz"] {
      router.get("\(path)") { _, _ in
        let checks = plane.readiness(isServing: isServing())
        let isReady = checks.allSatisfy { $0.problem == nil }
        return Response.json(
          .members(
            ("ready", .bool(isReady)),
            (
              "checks",
              .list(
                checks.map {
                  .members(
                    ("name", .string($0.name)), ("ok", .bool($0.problem == nil)),
                    ("detail", ($0.problem ?? $0.remark).map { .string($0) }))
                })
            )), status: isReady ? .ok : .serviceUnavailable)
      }
    }
  }
}
