internal import DNSForwarder
internal import DomainNames
internal import Enforcement
internal import Kubernetes
internal import NIOPosix

/// Asks the process that writes the kernel about names, and has it let addresses in.
struct GatewayNameGuard: NameGuard {
  /// Where the process is reached.
  let path: String
  /// Threads that may wait for it: those that answer clients do not.
  let threads: NIOThreadPool

  /// Clients ask again after some seconds.
  private static let patience = 2

  func judge(_ name: DomainName, askedBy source: IPAddress) async throws -> NameJudgement {
    let answer = try await ask(
      .members(("kind", "judge"), ("name", .string(name.description)), ("source", .string("\(source)"))))
    switch answer.text(of: "judgement") {
    case NameDecision.guarded.rawValue: return .forward(isGuarded: true)
    case NameDecision.open.rawValue: return .forward(isGuarded: false)
    default: return .deny
    }
  }

  func admit(_ addresses: [AnsweredAddress], for name: DomainName, to source: IPAddress) async throws {
    _ = try await ask(
      .members(
        ("kind", "admit"), ("name", .string(name.description)), ("source", .string("\(source)")),
        (
          "addresses",
          .list(
            addresses.map {
              .members(
                ("address", .string("\($0.address)")),
                ("milliseconds", .integer(Int($0.lifetime / .milliseconds(1)))))
            })
        )))
  }

  private func ask(_ request: DataValue) async throws -> Node {
    let (path, line) = (path, request.json)
    return try await threads.runIfActive {
      var client = try EnforcementClient(path, patience: Self.patience)
      let answer = try client.ask(line: line)
      if let refusal = EnforcementRefusal(answer) { throw refusal }
      return answer
    }
  }
}
