internal import ArgumentParser
internal import Enforcement
internal import Kubernetes

/// Where the process is reached that writes the kernel.
struct GatewaySocket: ParsableArguments {
  @Option(
    name: .long, help: "The socket of `merlon gateway enforce`; without it that of MERLON_GATEWAY_SOCKET.",
    completion: .file())
  var socket: String?

  private static let usual = "/run/merlon/gateway.sock"

  var path: String {
    [socket, Terminal.environment("MERLON_GATEWAY_SOCKET")].compactMap(\.self).first { !$0.isEmpty }
      ?? Self.usual
  }

  /// Asks one question. Says why there is no answer, and ends the command with that.
  func ask(_ request: DataValue) throws(ExitStatus) -> Node {
    let answer: Node
    do throws(LocalSocketError) {
      var client = try EnforcementClient(path)
      answer = try client.ask(request)
    } catch {
      Terminal.writeError(
        "merlon: \(error); `merlon gateway enforce` must run, and --socket name the same file as there\n")
      throw .unreadableInput
    }
    if let refusal = EnforcementRefusal(answer) {
      Terminal.writeError("merlon: the gateway says: \(refusal)\n")
      throw .unreadableInput
    }
    return answer
  }
}
