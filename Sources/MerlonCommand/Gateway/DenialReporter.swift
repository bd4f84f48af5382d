internal import Enforcement
internal import Kubernetes
internal import KubernetesAPI

/// Tells a control plane what a gateway denies. What cannot be told is told later, as far as the gateway keeps it.
struct DenialReporter: Sendable {
  let client: ControlPlaneClient
  let path: String
  /// What the gateway is called there.
  let gateway: String
  let timing: Timing
  let notice: @Sendable (String) -> Void

  private static let pause = Duration.seconds(2)

  /// Reports until the task is cancelled, or the control plane does not want reports of this token.
  func run() async {
    var last = 0
    while !Task.isCancelled {
      do throws(ControlPlaneFailure) {
        last = try await report(after: last)
      } catch {
        if error.code == 403 {
          notice("denials are not reported: the token may only read; make one of the role gateway")
          return
        }
      }
      do { try await timing.sleep(Self.pause) } catch { return }
    }
  }

  /// - Returns: the number of the last denial that was told.
  private func report(after last: Int) async throws(ControlPlaneFailure) -> Int {
    let answer: Node
    do throws(LocalSocketError) {
      var client = try EnforcementClient(path)
      answer = try client.ask(.members(("kind", "denied"), ("after", .integer(last))))
    } catch {
      return last
    }
    let denials = answer["denials"]?.elements ?? []
    // A gateway that began anew counts from one again.
    guard let newest = denials.last?.number(of: "number") else {
      return answer.number(of: "newest") < last ? 0 : last
    }
    let report = DataValue.members(
      ("gateway", .string(gateway)), ("denials", .list(denials.map { DataValue($0) })))
    _ = try await client.data(
      .controlPlane("denials", .post, body: .json(report)))
    return newest
  }
}
