internal import Kubernetes
internal import KubernetesAPI
internal import SourceGroups

/// Tries whether a cluster can be followed, step by step, so that it can be mended before a policy depends on it.
struct IntegrationTest {
  struct Step: Sendable {
    let name: String
    /// What was found; nil when there is nothing to say.
    var detail: String?
    /// What is wrong; nil when nothing is.
    var problem: String?
  }

  private let integration: Result<IntegrationAccess, AccessError>
  private let kinds: [ObservedKind]
  private let clock: LiveClock

  /// Clocks that differ by more make tokens and certificates invalid that are not.
  private static let mostSkew = 60

  /// - Parameter needed: what the policy needs to know; empty for what most policies need.
  init(_ integration: Result<IntegrationAccess, AccessError>, needed: Set<ObservedKind>, _ clock: LiveClock) {
    self.integration = integration
    kinds = (needed.isEmpty ? [.pods, .namespaces, .nodes] : needed).sorted { $0.rawValue < $1.rawValue }
    self.clock = clock
  }

  func run() async -> [Step] {
    let access: ClusterAccess
    do throws(AccessError) {
      access = try integration.get().access
    } catch {
      return [Step(name: "configuration", problem: error.problems.map(\.message).joined(separator: "; "))]
    }
    do throws(APIError) {
      return try await ClusterConnection.open(access) { connection async throws(APIError) in
        await steps(APIClient(connection, connection, timing: clock.timing))
      }
    } catch {
      return [Step(name: "connection", problem: "\(error)")]
    }
  }

  private func steps(_ client: APIClient) async -> [Step] {
    let version: APIAnswer
    do throws(APIError) {
      version = try await client.ask(APIRequest("/version"))
    } catch {
      return [Step(name: "connection", problem: "\(error)")]
    }
    var steps = [
      Step(name: "connection", detail: "the server answers over TLS that is trusted"), skew(version),
    ]
    for kind in kinds {
      for verb in ["list", "watch"] {
        let name = "\(verb) \(kind.resource.qualifiedName)"
        do throws(APIError) {
          let isAllowed = try await client.may(verb, kind.resource)
          steps.append(
            Step(
              name: name,
              problem: isAllowed ? nil : "whoever the token is for may not \(name) in all namespaces"))
        } catch {
          steps.append(Step(name: name, problem: "\(error)"))
          // The others would say the same.
          return steps
        }
      }
    }
    return steps
  }

  private func skew(_ answer: APIAnswer) -> Step {
    guard let text = answer.header("date"), let theirs = Timestamp(httpDate: text) else {
      return Step(name: "clock", detail: "the server does not tell its time")
    }
    let difference = theirs.seconds - clock.now.seconds
    return abs(difference) > Self.mostSkew
      ? Step(
        name: "clock",
        problem: "the server's clock is \(abs(difference)) s \(difference > 0 ? "ahead" : "behind")")
      : Step(name: "clock", detail: "the clocks agree to \(abs(difference)) s")
  }
}

extension ObservedKind {
  /// Where an API server has it.
  var resource: APIResource {
    switch self {
    case .pods: ObservedPod.resource
    case .nodes: ObservedNode.resource
    case .namespaces: ObservedNamespace.resource
    case .endpointSlices: ObservedEndpointSlice.resource
    }
  }
}
