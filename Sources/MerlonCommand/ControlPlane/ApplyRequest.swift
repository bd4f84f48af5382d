internal import Kubernetes
internal import KubernetesAPI
internal import SourceGroups

/// What is to be brought to a control plane.
struct ApplyRequest {
  enum Purpose {
    case apply
    /// Check, and change nothing.
    case dryRun
    /// Compare, and change nothing.
    case plan
  }

  private let integrations: [IntegrationDocument]
  private let policy: PolicyDocument?
  private let purpose: Purpose
  private let ifRevision: Int?
  private let note: String?

  /// What became of it.
  struct Report: Sendable {
    /// For standard output.
    var lines: [String] = []
    var problems: [Diagnostic] = []
    var status = ExitStatus.ok
  }

  init(_ documents: [AppliedDocument], purpose: Purpose, ifRevision: Int?, note: String?) {
    integrations = documents.compactMap { if case .integration(let document) = $0 { document } else { nil } }
    policy = documents.compactMap { if case .policy(let document) = $0 { document } else { nil } }.first
    self.purpose = purpose
    self.ifRevision = ifRevision
    self.note = note
  }

  /// Integrations first, as the policy may need them; without all of them it is not sent.
  ///
  /// - Throws: when the control plane cannot be reached, or does not let anybody in.
  nonisolated(nonsending) func run(
    _ client: ControlPlaneClient
  ) async throws(ControlPlaneFailure) -> Report {
    var report = Report()
    for integration in integrations {
      do throws(ControlPlaneFailure) {
        report.lines.append(try await apply(integration, client, &report))
      } catch {
        guard error.status == .findings else { throw error.after(report) }
        report.problems += error.problems
        report.status = .findings
      }
    }
    if let policy, report.problems.isEmpty {
      do throws(ControlPlaneFailure) {
        switch purpose {
        case .plan: try await plan(policy, client, &report)
        case .apply, .dryRun: try await put(policy, client, &report)
        }
      } catch {
        guard error.status == .findings else { throw error.after(report) }
        report.problems += error.problems
        report.status = .findings
      }
    } else if policy != nil {
      report.problems.append(
        Diagnostic(.refused, .error, "the policy is not sent, as an integration is refused", at: nil))
    }
    return report
  }
}

extension ControlPlaneFailure {
  /// The same where a part was done before it.
  fileprivate func after(_ report: ApplyRequest.Report) -> ControlPlaneFailure {
    let done = report.lines.map { Diagnostic(.refused, .error, "done before that: \($0)", at: nil) }
    return ControlPlaneFailure(report.problems + problems + done, status, code: code)
  }
}

// MARK: - Integrations

extension ApplyRequest {
  /// Makes an integration what its document says; the line about it.
  private nonisolated(nonsending) func apply(
    _ integration: IntegrationDocument, _ client: ControlPlaneClient, _ report: inout Report
  ) async throws(ControlPlaneFailure) -> String {
    let line = "integration/\(integration.name)"
    let path = "integrations/\(integration.name)"
    // Problems of an integration are about its document.
    let place: (String) -> SourceLocation? = { _ in integration.location }
    guard let current = try await self.current(path, client) else {
      switch purpose {
      case .dryRun: return line + " created (dry run)"
      case .plan:
        report.status = .findings
        return line + " would be created"
      case .apply:
        _ = try await client.ask(
          .controlPlane("integrations", .post, body: .json(integration.created)), place: place)
        return line + " created"
      }
    }
    let differences = integration.differences(from: current)
    let words = differences.isEmpty ? "" : ": \(differences.joined(separator: ", "))"
    switch purpose {
    case .dryRun: return line + (differences.isEmpty ? " unchanged" : " configured") + words + " (dry run)"
    case .plan:
      if differences.isEmpty { return line + " unchanged" }
      report.status = .findings
      return line + " would be configured" + words
    case .apply:
      let generation = current.text(of: "generation")
      let changed = try await client.data(
        .controlPlane(
          path, .patch, body: .init(integration.patch, type: "application/json"),
          headers: [("if-match", "\"\(generation)\"")]), place: place)
      // A token that is the same is seen by nobody but the server.
      return line + (changed.text(of: "generation") == generation ? " unchanged" : " configured" + words)
    }
  }

  /// The integration that is there; nil when there is none.
  private nonisolated(nonsending) func current(
    _ path: String, _ client: ControlPlaneClient
  ) async throws(ControlPlaneFailure) -> Node? {
    do throws(ControlPlaneFailure) {
      return try await client.data(.controlPlane(path))
    } catch {
      if error.code == 404 { return nil }
      throw error
    }
  }
}

// MARK: - The policy

extension ApplyRequest {
  private var condition: [(name: String, value: String)] {
    guard let ifRevision else { return [] }
    return [ifRevision == 0 ? ("if-none-match", "*") : ("if-match", "\"\(ifRevision)\"")]
  }

  private nonisolated(nonsending) func put(
    _ policy: PolicyDocument, _ client: ControlPlaneClient, _ report: inout Report
  ) async throws(ControlPlaneFailure) {
    let line = "policy/\(policy.policy.name)"
    var query = note.map { [(name: "note", value: $0)] } ?? []
    if purpose == .dryRun { query.append(("dryRun", "true")) }
    let request = APIRequest.controlPlane(
      "policy", .put, query: query, body: .init(policy.text, type: "application/yaml"), headers: condition)
    let answer: Node
    do throws(ControlPlaneFailure) {
      answer = try await client.data(request) { policy.place($0) }
    } catch {
      guard purpose == .dryRun, let rest = problems(of: error, but: policy) else { throw error }
      report.lines.append(line + " valid (dry run)")
      report.problems += rest
      return
    }
    report.problems += findings(of: answer, policy)
    if purpose == .dryRun {
      report.lines.append(line + " valid (dry run)")
      return
    }
    let revision = answer["revision"]?.number(of: "number") ?? 0
    let word = !answer.isTrue("changed") ? "unchanged" : revision == 1 ? "created" : "configured"
    report.lines.append(line + " \(word): revision \(revision)")
  }

  /// What remains of a refusal when the integrations of the same request are there; nil when it remains one.
  private func problems(of failure: ControlPlaneFailure, but policy: PolicyDocument) -> [Diagnostic]? {
    let promised = Set(integrations.map { "there is no integration `\($0.name)`" })
    let rest = failure.problems.filter { $0.code != .unknownIntegration || !promised.contains($0.message) }
    return failure.code == 422 && !rest.contains { $0.severity == .error } ? rest : nil
  }

  private nonisolated(nonsending) func plan(
    _ policy: PolicyDocument, _ client: ControlPlaneClient, _ report: inout Report
  ) async throws(ControlPlaneFailure) {
    let request = APIRequest.controlPlane(
      "policy/plan", .post, body: .init(policy.text, type: "application/yaml"))
    let answer = try await client.data(request) { policy.place($0) }
    report.problems += findings(of: answer, policy)
    report.lines += PlanText(answer, of: policy).lines
    if answer.text(of: "effect") == SourceGroupPlan.Effect.different.rawValue { report.status = .findings }
  }

  private func findings(of answer: Node, _ policy: PolicyDocument) -> [Diagnostic] {
    var findings: [Diagnostic] = []
    for node in answer["findings"]?.elements ?? [] {
      let finding = Diagnostic(node) { policy.place($0) }
      if !findings.contains(finding) { findings.append(finding) }
    }
    return findings
  }
}
